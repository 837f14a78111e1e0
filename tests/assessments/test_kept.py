"""Parts of a page that are rendered once: what they may see, and what makes another part of them."""

from dataclasses import dataclass, field, replace

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


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    figures: tuple[int, ...] = ()
    more: list[int] | None = None


@dataclass
class Loose:
    name: str = "x"
    more: list[int] = field(default_factory=list)


def test_a_row_that_cannot_change_is_a_key_by_all_that_is_in_it() -> None:
    template = Template("{% load kept %}{% kept row=row %}{{ row.name }}{{ row.figures }}{% endkept %}")
    rows = [Row("a", (1, 2)), Row("a", (1, 2)), Row("a", (1, 3)), Row("b", (1, 2))]
    found = [template.render(Context({"row": row})) for row in rows]
    assert found == ["a(1, 2)", "a(1, 2)", "a(1, 3)", "b(1, 2)"]
    assert kept._rendered.cache_info().misses == 3


@pytest.mark.parametrize("row", [Loose(), Row("a", more=[1])])
def test_a_row_that_may_change_is_refused(row: object) -> None:
    template = Template("{% load kept %}{% kept row=row %}{{ row.name }}{% endkept %}")
    with pytest.raises(TypeError, match="may change"):
        template.render(Context({"row": row}))
