"""What is done with less work gives what Django gives."""

import hashlib
import inspect
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.template import Context, Engine, VariableDoesNotExist
from django.template.base import Variable
from django.templatetags import i18n
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from pmj_standards import quick
from pmj_standards.quick import WIDGETS, Renderer

QUICK = Engine(libraries={"i18n": "pmj_standards.quick"}, builtins=["pmj_standards.quick"])
PLAIN = Engine(libraries={"i18n": "django.templatetags.i18n"})

LITTLE = [
    '{% translate "Save" %}',
    "{% trans 'Save' %}",
    '{% translate "Save"|upper %}',
    "{% translate word %}",
    '{% translate "Save" as word %}[{{ word }}]',
    '{% translate "Save" noop %}',
    '{% translate "Save" context "other" %}',
    '{% translate "100% <b>" %}',
    "{% blocktranslate %}One plain sentence of 100%{% endblocktranslate %}",
    "{% blocktranslate trimmed with when=word|upper %}Saved\n  {{ when }}{% endblocktranslate %}",
    "{% blocktranslate with time=word %}Saved {{ time }}{% endblocktranslate %}",
    "{% blocktranslate %}{{ word }} {{ number }} {{ missing }}{% endblocktranslate %}",
    "{% blocktranslate asvar said %}{{ word }}{% endblocktranslate %}[{{ said }}]",
    "{% blocktranslate count days=number %}{{ days }} day left{% plural %}{{ days }} days left{% endblocktranslate %}",
    "{% autoescape off %}{% blocktranslate %}{{ word }}{% endblocktranslate %}{% endautoescape %}",
    "{% url 'home' %}",
    "{% url 'answer_detail' 7 '2.1' %}",
    "{% url 'answer_detail' number word %}",
    "{% url 'answer_detail' pk=7 code='2.1' %}",
    "{% url 'home' as place %}[{{ place }}]",
    "{% url 'nowhere' as place %}[{{ place }}]",
    "{% autoescape off %}{% url 'answer_detail' 7 'a&b' %}{% endautoescape %}{% url 'answer_detail' 7 'a&b' %}",
]


def text(engine: Engine, source: str) -> str:
    template = engine.from_string("{% load i18n %}" + source)
    return "|".join(template.render(Context({"word": "Check <it>", "number": 3})) for _ in range(2))


@pytest.mark.parametrize("source", LITTLE)
def test_tags_give_what_django_gives(source: str) -> None:
    for language in ("th", "en", "th"):
        with override(language):
            assert text(QUICK, source) == text(PLAIN, source)


def test_one_literal_is_said_in_the_language_of_the_page() -> None:
    template = QUICK.from_string('{% load i18n %}{% translate "Save" %}')
    found = []
    for language in ("th", "en", "th"):
        with override(language):
            found.append(template.render(Context()))
    assert found == ["บันทึก", "Save", "บันทึก"]


class Thing:
    plain = "a<b"

    def method(self) -> str:
        return "called"

    def asks(self, other: str) -> str:
        return other

    def destroys(self) -> str:
        return "never"

    destroys.alters_data = True  # type: ignore[attr-defined]

    @property
    def broken(self) -> str:
        raise AttributeError("inner")

    @property
    def gone(self) -> str:
        error = ValueError("gone")
        error.silent_variable_failure = True  # type: ignore[attr-defined]
        raise error


THINGS: dict[str, Any] = {
    "text": "<&\"'>",
    "safe": mark_safe("<b>"),
    "number": 12345,
    "yes": True,
    "none": None,
    "exact": Decimal("1234.50"),
    "real": 2.5,
    "day": date(2026, 11, 22),
    "moment": datetime(2026, 11, 22, 20, 0, tzinfo=UTC),
    "lazy": gettext_lazy("Save"),
    "list": ["<x>", {"key": "deep"}],
    "dict": {"key": "<k>", "items": "own", "1": "one", "thing": Thing()},
    "thing": Thing(),
    "name": SimpleNamespace(space=SimpleNamespace(text="inner")),
    "kind": Thing,
    "call": lambda: "called",
    "field": forms.Form(),
}
PATHS = [
    *THINGS,
    *("list.0", "list.1.key", "list.9", "dict.key", "dict.items", "dict.1", "dict.values", "dict.missing"),
    *("dict.thing.plain", "thing.plain", "thing.method", "thing.asks", "thing.destroys", "thing.missing"),
    *(
        "thing.gone",
        "name.space.text",
        "kind.plain",
        "text.upper",
        "field.fields",
        "missing",
        "missing.more",
        "autoescape",
    ),
]


def found(look: Callable[[Variable, Context], Any], path: str) -> Any:
    context = Context(THINGS)
    with context.bind_template(PLAIN.from_string("")):
        try:
            return look(Variable(path), context)
        except (VariableDoesNotExist, AttributeError) as error:
            return type(error)


@pytest.mark.parametrize("path", [*PATHS, "thing.broken"])
def test_a_variable_is_found_as_django_finds_it(path: str) -> None:
    ours, theirs = found(quick.lookup, path), found(quick.django_lookup, path)
    # Each new instance and each list of a dict's values is another object.
    assert type(ours) is type(theirs)
    assert ours == theirs or path in {"kind", "dict.values", "thing.plain"}


@pytest.mark.parametrize("name", THINGS)
def test_a_value_stands_on_the_page_as_django_writes_it(name: str) -> None:
    for language in ("th", "en"):
        for autoescape in (True, False):
            context = Context(autoescape=autoescape)
            with override(language):
                assert str(quick.shown(THINGS[name], context)) == str(quick.django_shown(THINGS[name], context))


def test_what_is_replaced_is_what_was_compared() -> None:
    """Django changed one of these: compare ours with it, then put the new number here."""
    replaced = (quick.django_lookup, quick.django_shown, i18n.BlockTranslateNode.render, i18n.TranslateNode.render)
    source = "".join(inspect.getsource(each) for each in replaced)
    assert hashlib.sha256(source.encode()).hexdigest()[:16] == "bfc44245a32257c7"


class Everything(forms.Form):
    text = forms.CharField(initial='a "b" <c>')
    empty = forms.CharField(widget=forms.TextInput({"data-x": True, "data-y": False, "title": "<&>"}), disabled=True)
    number = forms.IntegerField(widget=forms.HiddenInput, initial=1234)
    long = forms.CharField(widget=forms.Textarea({"rows": 2}), initial="\n<one>\n two\n")
    nothing = forms.CharField(widget=forms.Textarea)
    safe = forms.CharField(initial=mark_safe("<b>&amp;</b>"))
    tick = forms.BooleanField(initial=True)
    other = forms.BooleanField(widget=forms.CheckboxInput({"class": "x"}))
    ticks = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple({"class": "y"}), choices=[("1", "one <1>"), ("2", "two")], initial=["2"]
    )
    rows = forms.ChoiceField(widget=forms.RadioSelect, choices=[("", "none"), ("1", "one"), (2, "two")], initial=2)
    chosen = forms.ChoiceField(
        choices=[("", "–"), ("1", "<one>"), ("group & co", [(2, "two"), (3, mark_safe("<b>three</b>"))])], initial=2
    )
    several = forms.MultipleChoiceField(choices=[("1", "one"), ("2", "two")], initial=["1", "2"])
    empty_choice = forms.ChoiceField(choices=[])
    day = forms.DateField()


BOUND: list[dict[str, Any] | None] = [None, {}, {"text": "<x>", "tick": "on", "ticks": ["1", "2"], "rows": "1"}]


@pytest.mark.parametrize("data", BOUND)
def test_widgets_give_what_djangos_templates_give(data: dict[str, Any] | None) -> None:
    quick, plain = Everything(data, renderer=Renderer()), Everything(data, renderer=TemplatesSetting())
    for name in quick.fields:
        assert str(quick[name]) == str(plain[name])
        pairs = zip(quick[name].subwidgets, plain[name].subwidgets, strict=True)
        assert all(ours.tag() == theirs.tag() for ours, theirs in pairs)
        assert str(quick[name].as_hidden()) == str(plain[name].as_hidden())


def test_every_plain_widget_is_one_of_djangos() -> None:
    for name in WIDGETS:
        assert TemplatesSetting().get_template(name)
