"""Moving many assessments at once, each as if alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from assessments.models import Assessment, User
from assessments.services.base import Refused, refuse_without
from assessments.services.finishing import finalise
from assessments.services.moves import verify
from assessments.workflow import Action, Right


@dataclass
class Moved:
    """What was moved, and why others stayed as they were, by the key of the assessment."""

    done: list[Assessment] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def move_many(*, assessments: Iterable[Assessment], action: Action, by: User) -> Moved:
    """Verify many assessments or make many results final; raises Refused only where the person may move none.

    Each is moved in a transaction of its own, so that one that is refused holds nothing up and others can save between.
    """
    refuse_without(Right.REVIEW, by)
    moved = Moved()
    for assessment in assessments:
        try:
            if action is Action.VERIFY:
                moved.done.append(verify(assessment=assessment, by=by))
            else:
                moved.done.append(finalise(assessment=assessment, by=by))
        except Refused as refusal:
            moved.refused[assessment.pk] = str(refusal.message)
    return moved
