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

# The ways through the review: judged to the end, and back to the office with questions.
REVIEWED = (Action.SUBMIT, Action.BEGIN, Action.VERIFY)
RETURNED = (Action.SUBMIT, Action.BEGIN, Action.RETURN)


@dataclass(slots=True)
class Plan:
    """How far one office gets in one round: which indicators it answers, and its moves.

    `judged` is the share of answers that a review under way has reached, `disputed` how many verdicts the office
    disputes at most; `questions` tells whether a return names the indicators that it is about.
    """

    answered: frozenset[str]
    moves: tuple[Action, ...] = ()
    no_case: frozenset[str] = frozenset()
    touched: bool = True
    judged: float = 0.5
    disputed: int = 0
    questions: bool = True


def past_plans(standard: EditionNode, year: int, assessments: list[Assessment]) -> dict[str, Plan]:
    """All final, and then published; some after a return, some after a reply with disputes; two with indicators that
    had no case, whose row a reviewer decided."""
    draw = rng(year, "plans")
    more = rng(year, "replies")
    isos = [assessment.province.iso for assessment in assessments]
    without_case = dict(zip(draw.sample(isos, 2), ({"4.31", "4.32"}, {"4.13"}), strict=True))
    plans = {}
    for iso in isos:
        moves: tuple[Action, ...] = (*REVIEWED, Action.FINALISE)
        replies = more.random() < 0.35
        if replies:
            moves = (*REVIEWED, Action.REPLY, Action.FINALISE)
        if draw.random() < 0.14:
            moves = (*RETURNED, *moves)
        disputed = more.choice((0, 1, 2, 3)) if replies else 0
        plans[iso] = Plan(
            frozenset(standard.indicators), moves, frozenset(without_case.get(iso, ())), disputed=disputed
        )
    return plans


def current_plans(standard: EditionNode, year: int, assessments: list[Assessment]) -> dict[str, Plan]:
    """Offices at all stages, in a fixed mixture over the 74 that the demo's stories do not need."""
    draw = rng(year, "plans")
    isos = [row.province.iso for row in assessments if row.province.iso not in (FINISHED_BY_NEWCOMER, UNTOUCHED)]
    draw.shuffle(isos)
    every = frozenset(standard.indicators)
    stages: list[Plan | None] = [None] * 9
    stages += [Plan(every, (Action.SUBMIT,)) for _ in range(8)]
    stages += [Plan(every, (*RETURNED, Action.SUBMIT), judged=0.4) for _ in range(2)]
    stages += [Plan(every, (Action.SUBMIT, Action.BEGIN), judged=share) for share in (0.12, 0.3, 0.45, 0.6, 0.9)]
    stages += [Plan(every, RETURNED, judged=0.5) for _ in range(5)]
    stages += [Plan(every, (Action.SUBMIT, Action.RETURN), questions=False)]
    stages += [Plan(every, REVIEWED, disputed=disputed) for disputed in (0, 1, 1)]
    stages += [Plan(every, (*REVIEWED, Action.REPLY), disputed=disputed) for disputed in (2, 3)]
    stages += [Plan(every, (*REVIEWED, Action.REPLY, Action.FINALISE), disputed=disputed) for disputed in (0, 2)]
    plans = {
        FINISHED_BY_NEWCOMER: Plan(every - LEFT_OPEN),
        UNTOUCHED: Plan(frozenset(), touched=False),
    }
    for place, iso in enumerate(isos):
        if place < len(stages):
            stage = stages[place]
            plans[iso] = stage or Plan(frozenset(), touched=False)
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
