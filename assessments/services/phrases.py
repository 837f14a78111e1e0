"""The centre's standard phrases for its reasons and questions: added, changed, moved, deleted and put back."""

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Phrase, User
from assessments.services.base import Refused, refuse_without, unless_taken
from assessments.workflow import Right
from indicators.thai import clean

# So many are kept: more nobody finds anything in.
MOST_PHRASES = 100


@transaction.atomic
def add_phrase(*, by: User, text: str, position: int | None = None) -> Phrase:
    """Keep a phrase, as the last or where it stood before it was deleted; raises Refused."""
    refuse_without(Right.REVIEW, by)
    text = _checked(text)
    if Phrase.objects.count() >= MOST_PHRASES:
        raise Refused(_("At most %(number)s phrases are kept: delete one first.") % {"number": MOST_PHRASES})
    if position is None:
        position = (Phrase.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    else:
        Phrase.objects.filter(position__gte=position).update(position=F("position") + 1)
    with unless_taken(Phrase.objects.filter(text=text), _("This phrase is kept already.")):
        return Phrase.objects.create(text=text, position=position, by=by)


@transaction.atomic
def change_phrase(*, phrase: Phrase, by: User, text: str) -> None:
    """Change a phrase; what was written with it before stays as it was. Raises Refused."""
    refuse_without(Right.REVIEW, by)
    text = _checked(text)
    others = Phrase.objects.filter(text=text).exclude(pk=phrase.pk)
    with unless_taken(others, _("This phrase is kept already.")):
        if not Phrase.objects.filter(pk=phrase.pk).update(text=text, by=by, at=timezone.now()):
            raise Refused(_("Somebody deleted this phrase in the meantime."))


@transaction.atomic
def move_phrase(*, phrase: Phrase, by: User, step: int) -> None:
    """Move a phrase one place up (-1) or down (1); at the end it stays. Raises Refused."""
    refuse_without(Right.REVIEW, by)
    order = list(Phrase.objects.select_for_update().order_by("position", "pk"))
    here = next((place for place, each in enumerate(order) if each.pk == phrase.pk), None)
    if here is None:
        raise Refused(_("Somebody deleted this phrase in the meantime."))
    there = min(max(here + step, 0), len(order) - 1)
    order.insert(there, order.pop(here))
    for place, each in enumerate(order, start=1):
        each.position = place
    Phrase.objects.bulk_update(order, ["position"])


@transaction.atomic
def delete_phrase(*, phrase: Phrase, by: User) -> None:
    """Delete a phrase; deleting it twice is the same. Texts that were written with it stay."""
    refuse_without(Right.REVIEW, by)
    Phrase.objects.filter(pk=phrase.pk).delete()


def _checked(text: str) -> str:
    text = clean(text)
    if not text:
        raise Refused(_("Write the phrase."))
    return text
