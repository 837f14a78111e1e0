"""What the centre did with a demo office's answers: questions, verdicts, the office's reply, what is final.

Rows as the services write them (`services.review`, `services.finishing`), made for a whole round at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

from assessments.demo.drawing import Office, draw_inputs
from assessments.demo.moving import moment
from assessments.demo.plans import Plan
from assessments.demo.texts import DECISIONS, RETURN_REASONS
from assessments.demo.verdicts import (
    ANSWERED,
    DISPUTED,
    GRANTED,
    HIGHER_ROW,
    NEEDS_EVIDENCE,
    OTHER_ROW,
    QUESTIONS,
    UPHELD,
)
from assessments.models import (
    Answer,
    AnswerChange,
    Assessment,
    Outcome,
    Question,
    Response,
    Review,
    ReviewChange,
    StatusChange,
    User,
)
from assessments.services.answers import apply_outcome, as_stored, results_of
from assessments.workflow import Action, Status
from indicators.editions import EditionNode
from indicators.rules import Rule

# Of a hundred verdicts so many choose another row, and so many of those a higher one.
OTHER, HIGHER = 0.05, 0.12


@dataclass(slots=True)
class Reviews:
    """Rows of a round's review on their way to the database."""

    reviews: list[Review] = field(default_factory=list)
    changes: list[tuple[Review, ReviewChange]] = field(default_factory=list)
    questions: list[tuple[Answer, Question]] = field(default_factory=list)

    def write(self, review: Review, new: Mapping[str, Any], by: User, at: datetime) -> None:
        """Change columns of a review, with their row of history."""
        changes = {name: [_plain(getattr(review, name)), _plain(value)] for name, value in new.items()}
        for name, value in new.items():
            setattr(review, name, value)
        review.version += 1
        kept = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        self.changes.append((review, ReviewChange(version=review.version, changes=kept, by=by, at=at)))

    def save(self) -> None:
        for review in self.reviews:
            review.answer_id = review.answer.pk
        Review.objects.bulk_create(self.reviews, batch_size=1000)
        for review, change in self.changes:
            change.review = review
        ReviewChange.objects.bulk_create((change for _, change in self.changes), batch_size=2000)
        for answer, question in self.questions:
            question.answer = answer
        Question.objects.bulk_create(question for _, question in self.questions)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


@dataclass(slots=True)
class Desk:
    """One office's assessment as the centre has it before it. `answers` are by code, `history` its answers' changes."""

    assessment: Assessment
    answers: Mapping[str, Answer]
    standard: EditionNode
    plan: Plan
    editor: User
    reviewer: User
    draw: Random
    moves: Sequence[StatusChange]
    history: list[tuple[Answer, AnswerChange]]
    rows: Reviews
    now: datetime
    reviews: dict[str, Review] = field(default_factory=dict)

    def moment_after(self, action: Action) -> tuple[datetime, datetime]:
        """Between the last move of a kind and the move after it (or now)."""
        place = max(place for place, move in enumerate(self.moves) if move.action == action)
        after = self.moves[place + 1].at if place + 1 < len(self.moves) else self.now
        return self.moves[place].at, after

    def has(self, action: Action) -> bool:
        return any(move.action == action for move in self.moves)


def review(desk: Desk) -> None:
    """Everything that the centre, and the office towards it, did on one assessment."""
    asked = _ask(desk) if desk.has(Action.RETURN) and desk.plan.questions else []
    if desk.has(Action.BEGIN):
        _judge(desk, asked)
    if desk.has(Action.VERIFY):
        _respond(desk)
    if desk.has(Action.FINALISE):
        _finalise(desk)
    _count(desk)


# --- questions and corrections ---------------------------------------------------------------------


def _ask(desk: Desk) -> list[str]:
    """The questions of the (only) return, answered with the next submission, closed by the verdict after it."""
    sent = next(move for move in desk.moves if move.action == Action.RETURN)
    later = [move for move in desk.moves if move.number > sent.number]
    place = RETURN_REASONS.index(sent.reason)
    asked = [(code, text) for code, text in QUESTIONS[place] if code in desk.answers]
    for code, text in asked:
        question = Question(text=text, asked_by=desk.reviewer, asked_at=sent.at, sent_with=sent.number)
        if later:
            at = moment(desk.draw, sent.at, later[0].at)
            _correct(desk, code, at)
            question.answered_text, question.answered_by = desk.draw.choice(ANSWERED), desk.editor
            question.answered_at = at
        if len(later) > 1:
            question.closed_by, question.closed_at = desk.reviewer, later[1].at
        desk.rows.questions.append((desk.answers[code], question))
    codes = [code for code, _ in asked]
    desk.assessment.asked = [] if later else codes
    return codes


def _correct(desk: Desk, code: str, at: datetime) -> None:
    """The figures stand as they are now; before the return they were others."""
    answer, node = desk.answers[code], desk.standard.indicators[code]
    if answer.inputs is None:
        return
    year = desk.assessment.round.year
    raw = draw_inputs(Office(desk.assessment.province.iso), node, year=-year, first_year=-year)
    before = as_stored(node.rule.read(raw))
    if before == answer.inputs:
        return
    for row, change in desk.history:
        if row is answer and "inputs" in change.changes:
            change.changes["inputs"][1] = before
    answer.version += 1
    answer.changed_at, answer.changed_by = at, desk.editor
    changes = {"inputs": [before, answer.inputs]}
    desk.history.append((answer, AnswerChange(version=answer.version, changes=changes, by=desk.editor, at=at)))


# --- verdicts --------------------------------------------------------------------------------------


def _judge(desk: Desk, asked: Sequence[str]) -> None:
    begin, end = desk.moment_after(Action.BEGIN)
    codes = list(desk.answers)
    if not desk.has(Action.VERIFY):
        codes = codes[: max(1, round(len(codes) * desk.plan.judged))]
    came_back = desk.moves[-1].action == Action.SUBMIT
    waiting = set(asked) if came_back or desk.assessment.status == Status.RETURNED else set()
    codes += [code for code in desk.answers if code in waiting and code not in codes]
    step = (end - begin) / (len(codes) + 1)
    for place, code in enumerate(codes):
        # The first verdict begins the review.
        at = begin + step * place
        answer = desk.answers[code]
        if code in waiting:
            new = _needs_evidence(desk)
        elif answer.pending == "no_case":
            new = _decide(desk, answer, code, at)
        else:
            new = _verdict(desk, answer, code)
        version = answer.version - 1 if came_back and code in waiting else answer.version
        row = Review(answer=answer)
        new |= {"judged_version": version, "judged_by_id": desk.reviewer.pk, "judged_at": at}
        desk.rows.reviews.append(row)
        desk.rows.write(row, new, desk.reviewer, at)
        desk.reviews[code] = row
    if desk.assessment.status == Status.IN_REVIEW:
        _draft(desk, codes, end)


def _needs_evidence(desk: Desk) -> dict[str, Any]:
    return {"outcome": Outcome.EVIDENCE, "reason": desk.draw.choice(NEEDS_EVIDENCE)}


def _decide(desk: Desk, answer: Answer, code: str, at: datetime) -> dict[str, Any]:
    """The row of an answer that had no case; once the verdicts are sent it is its score too."""
    band, reason = desk.draw.choice(DECISIONS)
    rule = desk.standard.indicators[code].rule
    assert isinstance(rule, Rule)
    verdict = {"outcome": Outcome.ROW, "band": band, "score": rule.bands[band - 1].score, "reason": reason}
    if not desk.has(Action.VERIFY):
        return verdict
    answer.decided_band, answer.decided_reason = band, reason
    answer.decided_at, answer.decided_by = at, desk.reviewer
    apply_outcome(answer, desk.standard.indicators[code], target=None)
    answer.version += 1
    changes = {"decided_band": [None, band], "decided_reason": ["", reason]}
    desk.history.append((answer, AnswerChange(version=answer.version, changes=changes, by=desk.reviewer, at=at)))
    return verdict


def _verdict(desk: Desk, answer: Answer, code: str) -> dict[str, Any]:
    """Mostly as claimed; now and then the row below, seldom the one above."""
    rule = desk.standard.indicators[code].rule
    drawn, higher = desk.draw.random() < OTHER, desk.draw.random() < HIGHER
    if isinstance(rule, Rule) and answer.band is not None and drawn:
        band = answer.band + (-1 if higher else 1)
        if 1 <= band <= len(rule.bands):
            reason = HIGHER_ROW if higher else desk.draw.choice(OTHER_ROW)
            return {"outcome": Outcome.ROW, "band": band, "score": rule.bands[band - 1].score, "reason": reason}
    return {"outcome": Outcome.AGREE, "band": answer.band, "score": answer.score}


def _draft(desk: Desk, codes: Sequence[str], at: datetime) -> None:
    """A review under way: two answers wait for evidence, each with a question that is written and not sent."""
    for code in codes[1::7][:2]:
        row = desk.reviews[code]
        if row.outcome == Outcome.ROW:
            continue
        new = {**_needs_evidence(desk), "band": None, "score": None}
        desk.rows.write(row, {**new, "judged_at": at}, desk.reviewer, at)
        question = Question(text=row.reason, asked_by=desk.reviewer, asked_at=at)
        desk.rows.questions.append((desk.answers[code], question))


# --- reply and final -------------------------------------------------------------------------------


def _respond(desk: Desk) -> None:
    """The office disputes some of the lower rows and accepts the others; while its days run, only the first of them."""
    if not desk.plan.disputed:
        return
    begin, end = desk.moment_after(Action.VERIFY)
    lower = [
        code for code, row in desk.reviews.items() if row.outcome == Outcome.ROW and not desk.answers[code].no_case
    ]
    answered = lower if desk.has(Action.REPLY) else lower[:2]
    for place, code in enumerate(answered):
        is_disputed = place < desk.plan.disputed
        at = moment(desk.draw, begin, end)
        new = {
            "response": Response.DISPUTE if is_disputed else Response.ACCEPT,
            "response_text": desk.draw.choice(DISPUTED) if is_disputed else "",
            "response_by_id": desk.editor.pk,
            "response_at": at,
        }
        desk.rows.write(desk.reviews[code], new, desk.editor, at)
    if desk.assessment.status == Status.REPLIED:
        disputed = _disputed(desk)
        for code in list(disputed)[: len(disputed) // 2]:
            _settle(desk, code, disputed[code], *desk.moment_after(Action.REPLY))


def _disputed(desk: Desk) -> dict[str, Review]:
    return {code: row for code, row in desk.reviews.items() if row.response == Response.DISPUTE}


def _settle(desk: Desk, code: str, row: Review, begin: datetime, end: datetime) -> None:
    claimed = desk.answers[code]
    is_granted = desk.draw.random() < 0.4
    band, score = (claimed.band, claimed.score) if is_granted else (row.band, row.score)
    at = moment(desk.draw, begin, end)
    new = {"final_band": band, "final_score": score, "final_reason": GRANTED if is_granted else UPHELD}
    desk.rows.write(row, {**new, "final_by_id": desk.reviewer.pk, "final_at": at}, desk.reviewer, at)


def _finalise(desk: Desk) -> None:
    if desk.has(Action.REPLY):
        for code, row in _disputed(desk).items():
            _settle(desk, code, row, *desk.moment_after(Action.REPLY))
    at = next(move.at for move in desk.moves if move.action == Action.FINALISE)
    for row in desk.reviews.values():
        if row.final_at is None:
            new = {"final_band": row.band, "final_score": row.score, "final_by_id": desk.reviewer.pk, "final_at": at}
            desk.rows.write(row, new, desk.reviewer, at)


def _count(desk: Desk) -> None:
    """The totals of the verified and the final scores."""

    def totals(rows: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        found = {desk.standard.indicators[code].pk: (score, True) for code, score in rows}
        return results_of(desk.standard, found)

    if desk.reviews:
        desk.assessment.verified_results = totals(
            (code, row.score)
            for code, row in desk.reviews.items()
            if row.outcome != Outcome.EVIDENCE and row.judged_version == desk.answers[code].version
        )
    if desk.has(Action.FINALISE):
        desk.assessment.final_results = totals((code, row.final_score) for code, row in desk.reviews.items())
