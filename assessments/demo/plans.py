"""How far each office gets in a round of the demo."""

from dataclasses import dataclass
from random import Random

from assessments.demo.drawing import rng
from assessments.models import Assessment
from assessments.workflow import Action
from indicators.editions import EditionNode

# What a newcomer finishes in the demo: the open rest of Chiang Mai's current round (16 of 86).
LEFT_OPEN = frozenset(["1.28", "1.29", "1.30", "2.9", "3.5", "4.16", *(f"4.{number}" for number in range(25, 35))])
FINISHED_BY_NEWCOMER, UNTOUCHED = "TH-50", "TH-83"


@dataclass(slots=True)
class Plan:
    """How far one office gets in one round: which indicators it answers, and its moves with their reasons."""

    answered: frozenset[str]
    moves: tuple[Action, ...] = ()
    no_case: frozenset[str] = frozenset()
    touched: bool = True


def past_plans(standard: EditionNode, year: int, assessments: list[Assessment]) -> dict[str, Plan]:
    """All accepted; some after a return; two with indicators that had no case, whose row a reviewer decided."""
    draw = rng(year, "plans")
    isos = [assessment.province.iso for assessment in assessments]
    without_case = dict(zip(draw.sample(isos, 2), ({"4.31", "4.32"}, {"4.13"}), strict=True))
    plans = {}
    for iso in isos:
        moves: tuple[Action, ...] = (Action.SUBMIT, Action.FINALISE)
        if draw.random() < 0.14:
            moves = (Action.SUBMIT, Action.RETURN, *moves)
        plans[iso] = Plan(frozenset(standard.indicators), moves, frozenset(without_case.get(iso, ())))
    return plans


def current_plans(standard: EditionNode, year: int, assessments: list[Assessment]) -> dict[str, Plan]:
    """Offices at all stages, in a fixed mixture over the 74 that the demo's stories do not need."""
    draw = rng(year, "plans")
    isos = [row.province.iso for row in assessments if row.province.iso not in (FINISHED_BY_NEWCOMER, UNTOUCHED)]
    draw.shuffle(isos)
    every = frozenset(standard.indicators)
    back = (Action.SUBMIT, Action.RETURN)
    stages: list[tuple[Action, ...] | None] = [None] * 9
    stages += [(Action.SUBMIT,)] * 12 + [(*back, Action.SUBMIT)] + [back] * 6 + [(Action.SUBMIT, Action.FINALISE)] * 9
    plans = {
        FINISHED_BY_NEWCOMER: Plan(every - LEFT_OPEN),
        UNTOUCHED: Plan(frozenset(), touched=False),
    }
    for place, iso in enumerate(isos):
        if place < len(stages):
            stage = stages[place]
            plans[iso] = Plan(frozenset(), touched=False) if stage is None else Plan(every, stage)
        elif place < len(stages) + 3:
            plans[iso] = Plan(every)
        else:
            plans[iso] = Plan(_some(standard, draw.uniform(0.05, 0.97), draw))
        if plans[iso].touched and draw.random() < 0.12:
            plans[iso].no_case = frozenset(draw.choice((("4.31", "4.32"), ("4.13",), ("4.19",), ("2.6",))))
    # So that there is always one where a reviewer has two rows to decide.
    waits = next(iso for iso in isos if plans[iso].moves == (Action.SUBMIT,))
    plans[waits].no_case = frozenset(("4.31", "4.32"))
    return plans


def _some(standard: EditionNode, share: float, draw: Random) -> frozenset[str]:
    """About a share of the indicators: offices work area by area, leave gaps, and jump ahead now and then."""
    codes = list(standard.indicators)
    done = round(len(codes) * share)
    found = [code for place, code in enumerate(codes) if draw.random() < (0.93 if place < done else 0.04)]
    return frozenset(found or codes[:1])
