"""Taking an assessment through the review: judged, verified, replied, final, published, each by the services."""

from decimal import Decimal
from typing import Any

from assessments import services
from assessments.models import Answer, Assessment, Outcome, Response, Review, User
from assessments.services import Verdict
from assessments.services.review import waits_for_row
from assessments.services.targets import judge_by_target
from indicators import editions

REASON = "ตรวจหลักฐานแล้ว"


def seen(assessment: Assessment, code: str) -> dict[str, int]:
    """The versions of an answer and of its verdict, as a page opened now shows them."""
    answer = Answer.objects.get(assessment=assessment, indicator__code=code)
    review = Review.objects.filter(answer=answer).first()
    return {"answer_version": answer.version, "version": review.version if review else 0}


def judge(assessment: Assessment, by: User, code: str, **verdict: Any) -> Review:
    """Judge one answer as it is now; agree unless `verdict` says otherwise."""
    node = editions.standard_of(assessment.round.edition).indicators[code]
    given = Verdict(**{"outcome": Outcome.AGREE, **verdict})
    versions = seen(assessment, code)
    return services.judge(assessment=assessment, indicator=node, by=by, verdict=given, **versions).review


def row(assessment: Assessment, by: User, code: str, band: int = 1, reason: str = REASON) -> Review:
    return judge(assessment, by, code, outcome=Outcome.ROW, band=band, reason=reason)


def enter_target(assessment: Assessment, by: User) -> None:
    if assessment.round.budget_target is None:
        assessment.round.budget_target = Decimal(93)
        assessment.round.save()
        judge_by_target([assessment], round_=assessment.round, by=by, recorded=True)


def judged(assessment: Assessment, by: User, **rows: int) -> Assessment:
    """Agree with every answer; one that had no case gets its top row. `rows` names other rows ("c4_31" for 4.31).

    The year's target, without which 1.31 cannot be judged, is entered where it is missing.
    """
    enter_target(assessment, by)
    answers = list(Answer.objects.filter(assessment=assessment).select_related("indicator"))
    wanted = {code.removeprefix("c").replace("_", "."): band for code, band in rows.items()}
    wanted |= {each.indicator.code: 1 for each in answers if waits_for_row(each) and each.indicator.code not in wanted}
    for code, band in wanted.items():
        row(assessment, by, code, band)
    versions = dict(Review.objects.filter(answer__assessment=assessment).values_list("answer_id", "version"))
    plain = {each.pk: (each.version, versions.get(each.pk, 0)) for each in answers if each.indicator.code not in wanted}
    assert services.agree_many(answers=plain, by=by).refused == {}
    assessment.refresh_from_db()
    return assessment


def verified(assessment: Assessment, by: User, **rows: int) -> Assessment:
    """Judged whole, and sent to the office."""
    return services.verify(assessment=judged(assessment, by, **rows), by=by)


def respond(assessment: Assessment, by: User, code: str, response: str = Response.DISPUTE, text: str = "") -> Review:
    """The office's response to one verdict, as it is now."""
    review = Review.objects.get(answer__assessment=assessment, answer__indicator__code=code)
    text = text or ("หลักฐานแนบแล้ว" if response == Response.DISPUTE else "")
    return services.respond(review=review, by=by, response=response, text=text, version=review.version)


def settle(assessment: Assessment, by: User, code: str, band: int | None, reason: str = REASON) -> Review:
    review = Review.objects.get(answer__assessment=assessment, answer__indicator__code=code)
    return services.settle(review=review, by=by, band=band, reason=reason, version=review.version)


def final(assessment: Assessment, by: User, head: User, **rows: int) -> Assessment:
    """From submitted to final: verified by a reviewer, replied to by the head without a dispute, made final."""
    services.reply(assessment=verified(assessment, by, **rows), by=head)
    return services.finalise(assessment=assessment, by=by)


def published(assessment: Assessment, by: User, head: User, manager: User) -> Assessment:
    done = final(assessment, by, head)
    services.publish(round_=done.round, by=manager)
    done.refresh_from_db()
    return done
