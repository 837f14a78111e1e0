"""Parts of a page that are rendered once: what they may see, and what makes another part of them."""

from dataclasses import replace

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

from assessments.templatetags import kept
from indicators import editions
from indicators.models import Edition

PART = (
    "{% load i18n kept %}"
    '{% kept node=node %}{% translate "Save" %} {{ node.code }} {{ node.name }}{{ other }}{% endkept %}'
)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    kept._rendered.cache_clear()


@pytest.fixture
def node(edition: Edition) -> editions.IndicatorNode:
    return editions.standard_of(edition).indicators["2.1"]


def test_it_is_rendered_once_and_sees_only_what_it_is_given(node: editions.IndicatorNode) -> None:
    template = Template(PART)
    first = template.render(Context({"node": node, "other": "a person's own"}))
    second = template.render(Context({"node": node, "other": "another's"}))
    assert first == second == f"บันทึก 2.1 {node.name}"
    assert kept._rendered.cache_info().misses == 1


def test_another_language_has_its_own(node: editions.IndicatorNode) -> None:
    template = Template(PART)
    found = []
    for language in ("th", "en", "th"):
        with override(language):
            found.append(template.render(Context({"node": node})))
    assert found == [f"บันทึก 2.1 {node.name}", f"Save 2.1 {node.name}", f"บันทึก 2.1 {node.name}"]


def test_a_changed_edition_has_its_own(node: editions.IndicatorNode) -> None:
    template = Template(PART)
    changed = replace(node, name="ชื่อใหม่")
    assert template.render(Context({"node": node})) == f"บันทึก 2.1 {node.name}"
    assert template.render(Context({"node": changed})) == "บันทึก 2.1 ชื่อใหม่"


def test_values_that_only_look_alike_have_their_own() -> None:
    template = Template("{% load kept %}{% kept value=value %}[{{ value }}]{% endkept %}")
    assert [template.render(Context({"value": value})) for value in (1, True, "1", None)] == [
        "[1]",
        "[True]",
        "[1]",
        "[None]",
    ]


@pytest.mark.parametrize("value", [[], {}, object(), (1, [])])
def test_what_may_change_is_refused(value: object) -> None:
    template = Template("{% load kept %}{% kept value=value %}{% endkept %}")
    with pytest.raises(TypeError, match="kept: value is a"):
        template.render(Context({"value": value}))


def test_it_takes_named_values_only() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% load kept %}{% kept value %}{% endkept %}")
