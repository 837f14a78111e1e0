"""Long random lives of one assessment: anybody does anything at any time, and only what the reference allows happens.

Nothing is lost on the way: the office's own figures stay as it wrote them, and every value of a verdict, of a response
and of a final result follows from the history of its changes.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from assessments import services
from assessments.calendar import today
from assessments.models import Answer, Assessment, Outcome, Question, Review, ReviewChange, Round, User
from assessments.services import Entry, Verdict
from assessments.services.moves import answers_hash
from assessments.workflow import TOLD
from indicators import editions
from tests.answers import answer_all
from tests.assessments.procedure import REFERENCE, expected

# One with a number, one without a case, one of dimension 1: those whose lives differ. All others are judged already.
CODES = ("1.1", "2.1", "4.31")
COLUMNS = tuple(
    field.attname for field in Review._meta.concrete_fields if field.name not in {"id", "answer", "version"}
)
ROLES = ("office_editor", "office_head", "office_head", "reviewer", "reviewer", "manager", "inspector", "admin")


# The moves that any of the lives made: (action, from, to).
REACHED: set[tuple[str, str, str]] = set()


class Undone(Exception):
    pass


def plain(value: Any) -> Any:
    """As the history keeps it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def refuse_lost_values(reviews: Any) -> None:
    """Every column of every review is what its changes come to, each beginning where the one before ended."""
    changes: dict[int, list[ReviewChange]] = {}
    for change in ReviewChange.objects.filter(review__in=reviews).order_by("version"):
        changes.setdefault(change.review_id, []).append(change)
    for review in reviews:
        value: dict[str, Any] = {column: plain(getattr(Review(), column)) for column in COLUMNS}
        rows = changes.get(review.pk, [])
        assert [change.version for change in rows] == list(range(1, review.version + 1))
        for change in rows:
            assert {column: pair[0] for column, pair in change.changes.items()} == {
                column: value[column] for column in change.changes
            }
            value |= {column: pair[1] for column, pair in change.changes.items()}
        assert value == {column: plain(getattr(review, column)) for column in COLUMNS}


def judge_all_but(codes: tuple[str, ...], assessment: Assessment, by: User) -> None:
    """Agreement with the answers that the lives leave alone, written as the service writes it."""
    answers = Answer.objects.filter(assessment=assessment).exclude(indicator__code__in=codes)
    now = timezone.now()
    reviews = [
        Review(
            answer=answer,
            outcome=Outcome.AGREE,
            band=answer.band,
            score=answer.score,
            judged_version=answer.version,
            judged_by=by,
            judged_at=now,
            version=1,
        )
        for answer in answers
    ]
    empty = Review()
    for review in Review.objects.bulk_create(reviews):
        changes = {
            column: [plain(getattr(empty, column)), plain(getattr(review, column))]
            for column in COLUMNS
            if plain(getattr(empty, column)) != plain(getattr(review, column))
        }
        ReviewChange.objects.create(review=review, version=1, changes=changes, by=by)


def lives_of(assessment: Assessment, people: dict[str, User]) -> type[RuleBasedStateMachine]:
    """A machine that lets people do anything at any time to one fully answered assessment."""
    standard = editions.standard_of(assessment.round.edition)
    REACHED.clear()
    nodes = {code: standard.indicators[code] for code in CODES}
    roles, codes = st.sampled_from(ROLES), st.sampled_from(CODES)
    responses = st.sampled_from(["accept", "dispute", ""])

    class Lives(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            self.status, self.window, self.reply = "draft", "open", "not_yet"
            self.moves: list[str] = []
            self.number = 0
            self.asked: list[str] = []
            self.drafts = dict.fromkeys(CODES, 0)
            self.unanswered = dict.fromkeys(CODES, 0)
            # How often the office changed an answer, and the verdicts on it: (outcome, row, of which of its answers).
            self.edits = dict.fromkeys(CODES, 0)
            self.verdicts: dict[str, list[tuple[str, int | None, int]]] = {code: [] for code in CODES}
            self.last = dict.fromkeys(CODES, "")
            self.responses: dict[str, str] = {}
            self.finals: dict[str, int | None] = {}
            self.claimed = {code: self.claim_of(code) for code in CODES}

        def teardown(self) -> None:
            try:
                refuse_lost_values(Review.objects.filter(answer__assessment=assessment))
            finally:
                self.atomic.__exit__(Undone, Undone(), None)

        @property
        def now(self) -> Assessment:
            return Assessment.objects.whole().get(pk=assessment.pk)

        def answer(self, code: str) -> Answer:
            return Answer.objects.get(assessment=assessment, indicator__code=code)

        def review(self, code: str) -> Review | None:
            return Review.objects.filter(answer__assessment=assessment, answer__indicator__code=code).first()

        def claim_of(self, code: str) -> tuple[Any, ...]:
            """What the office itself said; of an answer without a case a verdict gives the score."""
            answer = self.answer(code)
            score = () if answer.no_case else (answer.score, answer.band, answer.met)
            return (answer.inputs, answer.no_case, answer.no_case_reason, answer.changed_by_id, *score)

        def word(self) -> str:
            self.number += 1
            return f"ข้อความที่ {self.number}"

        def current(self, code: str) -> tuple[str, int | None] | None:
            """The verdict on the answer as it is now."""
            given = self.verdicts[code][-1:]
            return given[0][:2] if given and given[0][2] == self.edits[code] else None

        def tries(self, action: str, role: str, act: Callable[[User], Any], *, also: bool = True) -> Any:
            """Do it; that it is refused exactly when the reference, or `also`, does not allow it. None: refused."""
            allowed = expected(role, action, self.status, self.window, self.reply) and also
            before = answers_hash(self.now)
            where = f"{role}, {action} at {self.status}, window {self.window}, reply {self.reply}"
            try:
                done = act(people[role])
            except services.Refused:
                assert not allowed, f"refused: {where}"
                return None
            assert allowed, f"done: {where}"
            assert action == "edit" or answers_hash(self.now) == before
            self.goes_to(action)
            return True if done is None else done

        def goes_to(self, action: str) -> None:
            to = REFERENCE[action, self.status][1]
            if to != self.status:
                self.moves.append(action)
                REACHED.add((action, self.status, to))
            self.status = to

        # --- time ---

        @rule(window=st.sampled_from(["not_yet", "open", "open", "closed"]))
        def time_passes(self, window: str) -> None:
            days = {"not_yet": (1, 90), "open": (-10, 90), "closed": (-10, -1)}[window]
            opens_on, closes_on = (today() + timedelta(days=count) for count in days)
            Round.objects.filter(pk=assessment.round_id).update(opens_on=opens_on, closes_on=closes_on)
            Assessment.objects.filter(pk=assessment.pk).update(closes_on=closes_on)
            self.window = window

        @rule(is_open=st.booleans())
        def the_days_of_the_reply_pass(self, *, is_open: bool) -> None:
            if self.reply != "not_yet":
                self.reply = "open" if is_open else "closed"
                until = today() + timedelta(days=0 if is_open else -1)
                Assessment.objects.filter(pk=assessment.pk).update(reply_until=until)

        # --- the office ---

        @rule(role=roles, code=codes)
        def edits_(self, role: str, code: str) -> None:
            answer, text = self.answer(code), self.word()
            entry = {
                "1.1": Entry(inputs=nodes["1.1"].rule.read({"amount": str(self.number), "people": 100})),
                "2.1": Entry(inputs=nodes["2.1"].rule.read({"count": self.number})),
                "4.31": Entry(no_case=True, no_case_reason=text),
            }[code]

            def act(by: User) -> Any:
                return services.save_answer(
                    assessment=self.now, indicator=nodes[code], by=by, version=answer.version, entry=entry
                )

            if self.tries("edit", role, act, also=not self.asked or code in self.asked):
                self.edits[code] += 1
                self.claimed[code] = self.claim_of(code)

        @rule(role=roles, code=codes)
        def answers_a_question(self, role: str, code: str) -> None:
            question = Question.objects.filter(
                answer=self.answer(code), sent_with__isnull=False, closed_at=None, answered_at=None
            ).first()
            assert (question is not None) == bool(self.unanswered[code])
            if question is None:
                return
            also = not self.asked or code in self.asked
            text = self.word()
            if self.tries(
                "edit", role, lambda by: services.answer_question(question=question, by=by, text=text), also=also
            ):
                self.unanswered[code] -= 1

        @rule(role=roles)
        def submits(self, role: str) -> None:
            also = not any(self.unanswered.values())
            if self.tries(
                "submit", role, lambda by: services.submit(assessment=self.now, by=by, certified=True), also=also
            ):
                self.asked = []

        @rule(role=roles, code=codes, response=responses)
        def responds(self, role: str, code: str, response: str) -> None:
            review, text = self.review(code), self.word()
            if review is None:
                return

            def act(by: User) -> Any:
                return services.respond(review=review, by=by, response=response, text=text, version=review.version)

            changed = bool(response) or bool(self.responses.get(code))
            if self.tries("respond", role, act) and changed:
                self.responses[code], self.last[code] = response, "other"

        @rule(role=roles)
        def replies(self, role: str) -> None:
            self.tries("reply", role, lambda by: services.reply(assessment=self.now, by=by))

        # --- the centre ---

        @rule(role=roles, code=codes, outcome=st.sampled_from(list(Outcome)), band=st.integers(1, 4))
        def judges(self, role: str, code: str, outcome: Outcome, band: int) -> None:
            row = band if outcome is Outcome.ROW else None
            answer, review, text = self.answer(code), self.review(code), self.word()
            wrong = {"1.1": Outcome.ROW, "4.31": Outcome.AGREE}.get(code)

            def act(by: User) -> Any:
                return services.judge(
                    assessment=self.now,
                    indicator=nodes[code],
                    by=by,
                    verdict=Verdict(outcome, row, text),
                    answer_version=answer.version,
                    version=review.version if review else 0,
                )

            if self.tries("judge", role, act, also=outcome is not wrong):
                if self.status == "submitted":
                    self.goes_to("begin")
                given: str = outcome.value
                if code == "2.1" and outcome is not Outcome.EVIDENCE:
                    given = "agree" if row in (None, answer.band) else "row"
                    row = row or answer.band
                self.verdicts[code].append((given, row, self.edits[code]))
                self.last[code] = "verdict"

        @rule(role=roles, code=codes)
        def takes_a_verdict_back(self, role: str, code: str) -> None:
            review = self.review(code)
            if review is None:
                return
            done = self.tries("judge", role, lambda by: services.undo(reviews={review.pk: review.version}, by=by))
            if done is None:
                return
            assert done == (self.last[code] == "verdict")
            if done:
                self.verdicts[code].pop()
                self.last[code] = "undone"

        @rule(role=roles, code=codes)
        def asks(self, role: str, code: str) -> None:
            text = self.word()
            if self.tries(
                "judge", role, lambda by: services.ask(assessment=self.now, indicator=nodes[code], by=by, text=text)
            ):
                self.drafts[code] += 1

        @rule(role=roles, code=codes)
        def drops_a_question(self, role: str, code: str) -> None:
            draft = Question.objects.filter(answer=self.answer(code), sent_with=None).first()
            assert (draft is not None) == bool(self.drafts[code])
            if draft and self.tries("judge", role, lambda by: change(question=draft, by=by, text="")):
                self.drafts[code] -= 1

        @rule(role=roles, days=st.integers(0, 60))
        def returns(self, role: str, days: int) -> None:
            closes_on, due_on, reason = self.now.closes_on, today() + timedelta(days=days), self.word()

            def act(by: User) -> Any:
                return services.return_for_correction(assessment=self.now, by=by, reason=reason, due_on=due_on)

            if not self.tries("return", role, act):
                return
            self.asked = [code for code in CODES if self.drafts[code]]
            for code in CODES:
                self.unanswered[code] += self.drafts[code]
                self.drafts[code] = 0
            if due_on > closes_on and self.window == "closed":
                # A later day extends the window of an office whose round has opened.
                self.window = "open"

        @rule(role=roles)
        def verifies(self, role: str) -> None:
            judged = all((self.current(code) or ("evidence",))[0] != "evidence" for code in CODES)
            also = judged and not any(self.drafts.values())
            if self.tries("verify", role, lambda by: services.verify(assessment=self.now, by=by), also=also):
                self.reply = "open"

        @rule(role=roles, code=codes, band=st.integers(1, 4))
        def settles(self, role: str, code: str, band: int) -> None:
            review, row, reason = self.review(code), None if code == "1.1" else band, self.word()
            if review is None:
                return

            def act(by: User) -> Any:
                return services.settle(review=review, by=by, band=row, reason=reason, version=review.version)

            if self.tries("settle", role, act, also=self.responses.get(code) == "dispute"):
                self.finals[code], self.last[code] = row, "other"

        @rule(role=roles)
        def makes_final(self, role: str) -> None:
            disputed = {code for code, response in self.responses.items() if response == "dispute"}
            also = self.status != "replied" or disputed <= self.finals.keys()
            if self.tries("finalise", role, lambda by: services.finalise(assessment=self.now, by=by), also=also):
                for code in CODES:
                    if code not in self.finals:
                        self.finals[code], self.last[code] = self.verdicts[code][-1][1], "other"

        @rule(role=roles)
        def publishes(self, role: str) -> None:
            self.tries("publish", role, lambda by: services.publish(round_=assessment.round, by=by))

        @rule(role=roles)
        def reopens(self, role: str) -> None:
            reason = self.word()
            if self.tries("reopen", role, lambda by: services.reopen(assessment=self.now, by=by, reason=reason)):
                self.reply, self.responses, self.finals = "not_yet", {}, {}
                self.last = dict.fromkeys(CODES, "other")

        @rule(role=roles)
        def extends(self, role: str) -> None:
            closes_on = max(self.now.closes_on, today()) + timedelta(days=1)

            def act(by: User) -> Any:
                return services.extend(assessment=self.now, by=by, closes_on=closes_on, reason="น้ำท่วม")

            if self.tries("extend", role, act) and self.window == "closed":
                self.window = "open"

        @rule(chosen=st.integers(1, 4), answer=responses)
        def things_take_their_course(self, chosen: int, answer: str) -> None:
            self.goes_on(chosen, answer)

        @rule(chosen=st.integers(1, 4), answer=responses)
        def and_go_on(self, chosen: int, answer: str) -> None:
            self.goes_on(chosen, answer)

        @rule(chosen=st.integers(1, 4))
        def and_on(self, chosen: int) -> None:
            self.goes_on(chosen, "dispute")

        def goes_on(self, chosen: int, answer: str) -> None:
            """The next act on the way to the end, so that lives get there."""
            match self.status:
                case "draft" | "returned":
                    self.time_passes("open")
                    for code in CODES:
                        for _ in range(self.unanswered[code]):
                            self.answers_a_question("office_editor", code)
                    self.submits("office_head")
                case "submitted" | "in_review" if chosen == 4:
                    for code in CODES:
                        self.judges("manager", code, Outcome.AGREE if code == "1.1" else Outcome.ROW, chosen)
                    self.asks("reviewer", "2.1")
                    self.returns("manager", 30)
                case "submitted" | "in_review":
                    # What was judged before a return is still judged where the office left it as it was.
                    self.verifies("manager")
                    for code in CODES if str(self.status) != "verified" else ():
                        self.judges("reviewer", code, Outcome.AGREE if code == "1.1" else Outcome.ROW, chosen)
                        for _ in range(self.drafts[code]):
                            self.drops_a_question("manager", code)
                    if str(self.status) != "verified":
                        self.verifies("reviewer")
                case "verified" if chosen == 1:
                    self.the_days_of_the_reply_pass(is_open=False)
                    self.makes_final("manager")
                case "verified":
                    self.responds("office_editor", CODES[chosen % 3], answer)
                    self.replies("office_head")
                    self.makes_final("reviewer")
                case "replied":
                    for code in CODES:
                        self.settles("manager", code, chosen)
                    self.makes_final("reviewer")
                case "final" if chosen > 2:
                    self.publishes("manager")
                case "final" | "published":
                    self.reopens("manager")

        # --- what always holds ---

        @invariant()
        def it_stands_where_the_reference_says(self) -> None:
            now = self.now
            assert (now.status, now.window().value, now.reply_window().value) == (self.status, self.window, self.reply)
            assert now.asked == self.asked
            history = list(now.history.order_by("number").select_related("by"))
            assert [change.number for change in history] == list(range(1, len(self.moves) + 1))
            assert [change.action for change in history] == self.moves
            for change in history:
                among, to, _in_window, _reply = REFERENCE[change.action, change.from_status]
                assert (change.to_status, change.by.role in among) == (to, True)
            came_from = ["draft", *(change.to_status for change in history)][: len(history)]
            assert [change.from_status for change in history] == came_from

        @invariant()
        def what_the_office_said_is_as_it_said_it(self) -> None:
            assert {code: self.claim_of(code) for code in CODES} == self.claimed

        @invariant()
        def each_value_is_the_one_that_was_given_last(self) -> None:
            reviews = {code: self.review(code) for code in CODES}
            refuse_lost_values([review for review in reviews.values() if review])
            for code, review in reviews.items():
                verdict = (self.verdicts[code] or [("", None, 0)])[-1]
                given = (review.outcome, review.band) if review else ("", None)
                assert given == verdict[:2]
                answer = self.answer(code)
                if review and review.outcome:
                    assert (review.judged_version == answer.version) == (verdict[2] == self.edits[code])
                row = self.current(code)
                # Sent with the verdicts, and not before.
                if code == "4.31" and self.now.status in TOLD:
                    assert answer.decided_band == (row[1] if row and row[0] == "row" else None)
                elif "verify" not in self.moves:
                    assert answer.decided_band is None
                said = (
                    (review.response, review.final_at is not None, review.final_band) if review else ("", False, None)
                )
                assert said == (self.responses.get(code, ""), code in self.finals, self.finals.get(code))

    return Lives


change = services.review.change_question


@pytest.fixture
def people(editor: User, head: User, reviewer: User, manager: User, inspector: User, admin: User) -> dict[str, User]:
    """One person of each role, all of whom see Chiang Mai (the supporter is tested where provinces are)."""
    return {user.role: user for user in (editor, head, reviewer, manager, inspector, admin)}


def test_any_life_of_an_assessment_follows_the_reference(assessment: Assessment, people: dict[str, User]) -> None:
    editor = people["office_editor"]
    answer_all(assessment, editor)
    node = editions.standard_of(assessment.round.edition).indicators["4.31"]
    entry = Entry(no_case=True, no_case_reason="ไม่มีเรื่องร้องทุกข์")
    services.save_answer(assessment=assessment, indicator=node, by=editor, version=1, entry=entry)
    judge_all_but(CODES, assessment, people["reviewer"])
    run_state_machine_as_test(
        lives_of(assessment, people),
        settings=settings(max_examples=25, stateful_step_count=30, deadline=None, database=None, derandomize=True),
    )
    moves = {(action, row[1]) for (action, status), row in REFERENCE.items() if row[1] != status}
    assert moves - {(action, to) for action, _status, to in REACHED} == set()
