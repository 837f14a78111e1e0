"""The centre's standard phrases. Read only."""

from assessments.models import Phrase


def all_phrases() -> list[Phrase]:
    """In the centre's own order. One query."""
    return list(Phrase.objects.select_related("by").order_by("position", "pk"))


def phrase_texts() -> list[str]:
    """What is offered beside the boxes. One query."""
    return list(Phrase.objects.order_by("position", "pk").values_list("text", flat=True))


def phrase_of(key: int) -> Phrase | None:
    return Phrase.objects.filter(pk=key).first()
