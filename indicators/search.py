"""Finding words in an edition: indicators and areas, with the places where they stand.

Thai is written without spaces between words, so a word is looked for anywhere in a text, spaces, letter case
and the script of digits aside, องค์การ and องค์กร alike. Several words (parted by spaces) must all be found in
the same indicator or area.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indicators import rules
from indicators.editions import AreaNode, EditionNode, IndicatorNode
from indicators.thai import excerpt, found_parts, searched

Parts = list[tuple[str, bool]]
MOST_PLACES = 2


@dataclass(frozen=True, slots=True)
class Place:
    """One text that holds a searched word: what it is, and its pieces with whether each is to be marked."""

    label: str | Promise
    parts: Parts


@dataclass(frozen=True, slots=True)
class Hit:
    """An indicator or an area that holds all the words. `name` is marked; `places` are other texts, at most two."""

    node: IndicatorNode | AreaNode
    name: Parts
    places: list[Place]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, the best first."""

    indicators: list[Hit]
    areas: list[Hit]

    @property
    def number(self) -> int:
        return len(self.indicators) + len(self.areas)


def search(edition: EditionNode, query: str) -> Found:
    """The indicators and areas of an edition that hold every word of the query; nothing for an empty one."""
    words = list(dict.fromkeys(filter(None, (searched(word) for word in query.split()))))
    return Found(
        indicators=_hits(words, ((node, node.name, _texts_of(node)) for node in edition.indicators.values())),
        areas=_hits(words, ((area, area.name, _texts_of_area(area)) for area in edition.areas.values())),
    )


Text = tuple[str | Promise, str]


def _hits(words: list[str], nodes: Iterable[tuple[IndicatorNode | AreaNode, str, list[Text]]]) -> list[Hit]:
    """Those that hold all words: a code that is the query itself first, then by how many words the name holds."""
    ranked = []
    for order, (node, name, texts) in enumerate(nodes):
        squeezed = [searched(text) for _label, text in texts]
        named = searched(name)
        held = [word == node.code or word in named or any(word in text for text in squeezed) for word in words]
        if not words or not all(held):
            continue
        places = [
            Place(label, excerpt(found_parts(text, words)))
            for (label, text), letters in zip(texts, squeezed, strict=True)
            if any(word in letters for word in words)
        ]
        in_name = sum(word in named for word in words)
        ranked.append(
            (node.code not in words, -in_name, order, Hit(node, found_parts(name, words), places[:MOST_PLACES]))
        )
    return [hit for *_rank, hit in sorted(ranked, key=lambda entry: entry[:3])]


def _texts_of(node: IndicatorNode) -> list[Text]:
    texts: list[Text] = [
        (_("Criterion"), node.criterion_detail or node.criterion),
        (_("Standard"), node.standard_name),
        *((_("What counts"), text) for text in node.counts),
        *((_("How to do it"), text) for text in node.guidance),
        *((_("Evidence"), text) for text in node.evidence),
        *((_("Note of the handbook"), text) for text in node.remarks),
        (_("How it is read"), node.ruling),
        *((_("What you enter"), field.label) for field in node.fields),
    ]
    if isinstance(node.rule, rules.Rule):
        texts += [(_("Score table"), band.text) for band in node.rule.bands]
    return texts


def _texts_of_area(area: AreaNode) -> list[Text]:
    return [
        *((_("Rationale"), text) for text in area.rationale),
        *((_("Definition"), f"{entry['term']} {entry['meaning']}") for entry in area.definitions),
        *((_("Objective"), text) for text in area.objectives),
        *((_("Goal"), text) for text in area.goals),
        *((_("Standard"), standard.name) for standard in area.standards),
    ]
