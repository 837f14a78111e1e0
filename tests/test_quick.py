"""What is done with less work gives what Django gives."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.template import Context, Engine
from django.utils.safestring import mark_safe
from django.utils.translation import override

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
