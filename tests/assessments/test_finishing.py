"""From verdicts to the result: the office's reply, disputes settled, final, published."""

from decimal import Decimal
from typing import Any

import pytest

from assessments import services
from assessments.models import Assessment, Province, Review, User
from assessments.services import Refused, StaleVerdict
from assessments.workflow import Role, Status
from tests import reviewing
from tests.answers import answer_all
from tests.conftest import LOCK, person


@pytest.fixture
def verified(assessment: Assessment, editor: User, head: User, reviewer: User) -> Assessment:
    """Verified as claimed but for 2.1, whose top row became the second."""
    answer_all(assessment, editor)
    services.submit(assessment=assessment, by=head, certified=True)
    return reviewing.verified(assessment, reviewer, c2_1=2)


def review_of(assessment: Assessment, code: str) -> Review:
    return Review.objects.get(answer__assessment=assessment, answer__indicator__code=code)


def disputed(assessment: Assessment, head: User, *codes: str) -> Assessment:
    for code in codes:
        reviewing.respond(assessment, head, code)
    return services.reply(assessment=assessment, by=head)


# --- the reply ---------------------------------------------------------------------------------------


def test_a_response_is_changed_and_taken_back_until_the_head_sends_the_reply(
    verified: Assessment, editor: User, head: User
) -> None:
    for response, text in (("dispute", "แนบแล้ว"), ("dispute", "หน้า 3"), ("accept", ""), ("", ""), ("dispute", "ก")):
        reviewing.respond(verified, editor, "2.1", response, text)
        now = review_of(verified, "2.1")
        assert (now.response, now.response_text) == (response, text)
        assert (now.response_by == editor) == bool(response)
    services.reply(assessment=verified, by=head)
    with pytest.raises(Refused):
        reviewing.respond(verified, editor, "2.1", "accept")
    assert review_of(verified, "2.1").response == "dispute"


def test_the_same_response_again_changes_nothing(verified: Assessment, editor: User, head: User) -> None:
    first = reviewing.respond(verified, editor, "2.1")
    assert reviewing.respond(verified, head, "2.1").version == first.version
    assert review_of(verified, "2.1").response_by == editor


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_dispute_needs_its_reason(verified: Assessment, editor: User, text: str) -> None:
    review = review_of(verified, "2.1")
    with pytest.raises(Refused):
        services.respond(review=review, by=editor, response="dispute", text=text, version=review.version)
    assert review_of(verified, "2.1").response == ""


def test_two_colleagues_at_once_the_second_sees_the_first(verified: Assessment, editor: User, head: User) -> None:
    page = review_of(verified, "2.1")
    reviewing.respond(verified, editor, "2.1", "dispute", "แนบแล้ว")
    with pytest.raises(StaleVerdict) as stale:
        services.respond(review=page, by=head, response="accept", text="", version=page.version)
    assert (stale.value.review.response, stale.value.review.response_by) == ("dispute", editor)


@pytest.mark.parametrize(
    ("moment", "taken"), [("2026-08-17T23:59:59+07:00", True), ("2026-08-18T00:00:00+07:00", False)]
)
def test_the_last_day_of_the_reply_is_a_whole_one(
    verified: Assessment, editor: User, head: User, time_machine: Any, moment: str, *, taken: bool
) -> None:
    time_machine.move_to(moment)
    if taken:
        reviewing.respond(verified, editor, "2.1")
        assert services.reply(assessment=verified, by=head).status == Status.REPLIED
        return
    with pytest.raises(Refused):
        reviewing.respond(verified, editor, "2.1")
    with pytest.raises(Refused):
        services.reply(assessment=verified, by=head)


def test_only_the_head_of_this_office_sends_the_reply(
    verified: Assessment, editor: User, reviewer: User, phuket: Province
) -> None:
    for user in (editor, reviewer, person("head@phuket.example", Role.OFFICE_HEAD, province=phuket)):
        with pytest.raises(Refused):
            services.reply(assessment=verified, by=user)
    with pytest.raises(Refused):
        reviewing.respond(verified, person("e@phuket.example", Role.OFFICE_EDITOR, province=phuket), "2.1")


def test_a_reply_is_sent_once(verified: Assessment, head: User) -> None:
    services.reply(assessment=verified, by=head)
    with pytest.raises(Refused):
        services.reply(assessment=verified, by=head)
    assert verified.history.filter(action="reply").count() == 1


# --- settling ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("band", "score"), [(1, Decimal(10)), (2, Decimal("7.5")), (5, Decimal(0))])
def test_a_dispute_is_settled_by_a_row_with_its_reason(
    verified: Assessment, head: User, reviewer: User, band: int, score: Decimal
) -> None:
    disputed(verified, head, "2.1")
    review = reviewing.settle(verified, reviewer, "2.1", band, " พบหลักฐาน ")
    assert (review.final_band, review.final_score, review.final_reason) == (band, score, "พบหลักฐาน")
    assert (review.final_by, review.band, review.score) == (reviewer, 2, Decimal("7.5"))


def test_dimension_1_is_settled_without_a_row(verified: Assessment, head: User, reviewer: User) -> None:
    disputed(verified, head, "1.1")
    with pytest.raises(Refused):
        reviewing.settle(verified, reviewer, "1.1", 1)
    review = reviewing.settle(verified, reviewer, "1.1", None)
    assert (review.final_score, review.final_by) == (None, reviewer)


@pytest.mark.parametrize(
    ("code", "band", "reason"), [("2.1", None, "ก"), ("2.1", 0, "ก"), ("2.1", 6, "ก"), ("2.1", 1, " "), ("2.3", 1, "ก")]
)
def test_what_is_not_disputed_no_row_and_no_reason_settle_nothing(
    verified: Assessment, head: User, reviewer: User, code: str, band: int | None, reason: str
) -> None:
    disputed(verified, head, "2.1")
    with pytest.raises(Refused):
        reviewing.settle(verified, reviewer, code, band, reason)
    assert review_of(verified, code).final_at is None


def test_two_who_settle_at_once(verified: Assessment, head: User, reviewer: User, manager: User) -> None:
    disputed(verified, head, "2.1")
    page = review_of(verified, "2.1")
    reviewing.settle(verified, reviewer, "2.1", 1)
    arguments: dict[str, Any] = {"review": page, "by": manager, "version": page.version}
    with pytest.raises(StaleVerdict):
        services.settle(**arguments, band=3, reason="ก")
    same = services.settle(**arguments, band=1, reason=reviewing.REASON)
    assert same.final_by == reviewer


# --- final and published -----------------------------------------------------------------------------


def test_a_result_is_final_when_all_disputes_are_settled(verified: Assessment, head: User, reviewer: User) -> None:
    disputed(verified, head, "2.1", "2.3")
    reviewing.settle(verified, reviewer, "2.1", 1)
    with pytest.raises(Refused, match=r"2\.3"):
        services.finalise(assessment=verified, by=reviewer)
    reviewing.settle(verified, reviewer, "2.3", 5)
    done = services.finalise(assessment=verified, by=reviewer)
    totals = [done.results, done.verified_results, done.final_results]
    assert [total["overall"]["sum"] for total in totals] == ["550", "547.5", "540"]
    assert done.status == Status.FINAL
    finals = Review.objects.filter(answer__assessment=verified)
    assert finals.filter(final_at=None).count() == 0
    assert finals.exclude(final_reason="").count() == 2


def test_who_did_not_send_the_reply_in_time_has_accepted(
    verified: Assessment, editor: User, reviewer: User, time_machine: Any
) -> None:
    reviewing.respond(verified, editor, "2.1")
    with pytest.raises(Refused):
        services.finalise(assessment=verified, by=reviewer)
    time_machine.move_to("2026-08-18T00:00:00+07:00")
    done = services.finalise(assessment=verified, by=reviewer)
    assert done.final_results["overall"] == done.verified_results["overall"]
    # What the office wrote and did not send stays to be read.
    assert review_of(verified, "2.1").response == "dispute"


def test_only_final_results_are_published_together(
    verified: Assessment, head: User, reviewer: User, manager: User
) -> None:
    with pytest.raises(Refused):
        services.publish(round_=verified.round, by=manager)
    services.reply(assessment=verified, by=head)
    services.finalise(assessment=verified, by=reviewer)
    with pytest.raises(Refused):
        services.publish(round_=verified.round, by=reviewer)
    assert services.publish(round_=verified.round, by=manager) == 1
    with pytest.raises(Refused):
        services.publish(round_=verified.round, by=manager)
    statuses = set(Assessment.objects.values_list("status", flat=True))
    assert statuses == {Status.DRAFT, Status.PUBLISHED}


def test_a_small_act_costs_the_same_queries(
    verified: Assessment, editor: User, head: User, django_assert_num_queries: Any
) -> None:
    review = review_of(verified, "2.1")
    with django_assert_num_queries(10 + LOCK):
        services.respond(review=review, by=editor, response="dispute", text="ก", version=review.version)
    with django_assert_num_queries(8 + LOCK):
        services.reply(assessment=verified, by=head)
