"""Every constraint of the database is broken once here. A new constraint without its break fails the first test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from assessments.models import (
    Answer,
    AnswerChange,
    Assessment,
    Assignment,
    Book,
    Carry,
    Comment,
    Confirmation,
    Evidence,
    EvidenceUse,
    Extension,
    Fact,
    FormFile,
    Invitation,
    Kind,
    NoticeMark,
    PlanStep,
    Presence,
    Province,
    Region,
    Round,
    StatusChange,
    SupportMembership,
    SupportOffice,
    TrailRow,
    Upload,
    User,
)
from assessments.workflow import Action, Role, Status
from indicators.models import Area, Dimension, Edition, Indicator, Standard
from tests.assessments import review_breaks
from tests.conftest import person

NOW = timezone.now
HEX = "0123456789abcdef" * 4


@dataclass(frozen=True)
class World:
    """One of each that a break may need. `edition` is a draft of its own with a single indicator."""

    round: Round
    assessment: Assessment
    answer: Answer
    user: User
    other: Province
    edition: Edition
    dimension: Dimension
    area: Area
    standard: Standard
    indicator: Indicator

    def evidence(self, **fields: Any) -> Evidence:
        link = {"kind": "link", "url": "https://owncloud.example/s/1"}
        return Evidence.objects.create(assessment=self.assessment, name="x", added_by=self.user, **(fields or link))

    def file(self, **fields: Any) -> Evidence:
        whole = {"kind": "file", "file": "aa/bb", "sha256": HEX, "size": 1}
        return self.evidence(**{**whole, **fields})

    def assessed(self, **fields: Any) -> int:
        return Assessment.objects.filter(pk=self.assessment.pk).update(**fields)

    def submitted(self, **fields: Any) -> int:
        """The four columns of a submission; a test leaves one out."""
        whole = {"submitted_at": NOW(), "submitted_by": self.user, "answers_hash": HEX, "reference": "2569-50-1"}
        return self.assessed(**{**whole, **fields})

    def answers(self, **fields: Any) -> int:
        return Answer.objects.filter(pk=self.answer.pk).update(**fields)

    def decided(self, **fields: Any) -> int:
        """A whole decision; a test spoils one part of it."""
        no_case = {"no_case": True, "no_case_reason": "ไม่มีเรื่อง", "score": 10, "band": 1}
        decision = {"decided_band": 1, "decided_reason": "ก", "decided_at": NOW(), "decided_by": self.user}
        return self.answers(**{**no_case, **decision, **fields})

    def rounds(self, **fields: Any) -> int:
        return Round.objects.filter(pk=self.round.pk).update(**fields)

    def edited(self, **fields: Any) -> int:
        return Edition.objects.filter(pk=self.edition.pk).update(**fields)

    def moved(self, number: int, **fields: Any) -> StatusChange:
        whole = {"action": Action.SUBMIT, "from_status": Status.DRAFT, "to_status": Status.SUBMITTED, "by": self.user}
        return StatusChange.objects.create(**{"assessment": self.assessment, "number": number, **whole, **fields})

    def book(self, **fields: Any) -> Book:
        return Book.objects.create(round=self.round, asked_by=self.user, **fields)

    def member(self, number: int, **fields: Any) -> SupportMembership:
        office, _ = SupportOffice.objects.get_or_create(number=number)
        whole = {"province": self.other, "starts_on": date(2026, 1, 1)}
        return SupportMembership.objects.create(support_office=office, **{**whole, **fields})

    def invited(self, token_hash: str, **fields: Any) -> Invitation:
        return Invitation.objects.create(
            user=self.user, token_hash=token_hash, invited_by=self.user, expires_at=NOW(), **fields
        )


@pytest.fixture
def world(assessment: Assessment, manager: User, phuket: Province) -> World:
    edition = Edition.objects.create(year=2580, title="ร่าง", printed_year=2580)
    dimension = Dimension.objects.create(edition=edition, number=1, name="ก", short_name="ก", scored=True)
    area = Area.objects.create(dimension=dimension, number=1, name="ก")
    standard = Standard.objects.create(area=area, number=1, name="ก")
    indicator = Indicator.objects.create(
        edition=edition, standard=standard, code="1.1", number=1, name="ก", criterion="ก", rule={}
    )
    answer = Answer.objects.get(assessment=assessment, indicator__code="2.1")
    parts = (edition, dimension, area, standard, indicator)
    return World(assessment.round, assessment, answer, manager, phuket, *parts)


def twice(make: Callable[[], Any]) -> None:
    make()
    make()


def used_twice(world: World, evidence: Evidence) -> None:
    twice(lambda: EvidenceUse.objects.create(evidence=evidence, answer=world.answer, added_by=world.user))


def region(world: World) -> Any:
    return Region.objects.create(code="north", name_th="ก", name_en="k", order=9)


def province(world: World, **fields: Any) -> Any:
    whole = {"iso": "TH-99", "name_th": "ก", "name_en": "k", "sort_key": "ก", "has_office": False}
    return Province.objects.create(**{**whole, **fields})


def work(world: World, model: Any, **fields: Any) -> Any:
    """A row of the office's workspace about the world's assessment and answer."""
    whole = {"assessment": world.assessment, "indicator": world.answer.indicator, "by": world.user}
    return model.objects.create(**{**whole, **fields})


def carried(world: World, **fields: Any) -> Any:
    return Carry.objects.create(**{"answer": world.answer, "choice": "same", "by": world.user, **fields})


def carried_twice(world: World, evidence: Evidence) -> None:
    twice(lambda: carried(world, evidence=evidence))


# Name (or Model.field for a unique column) -> what breaks it. Several breaks: each is refused.
def unchained(act: Callable[[], Any]) -> None:
    """The trigger refuses such a row before the constraint is asked: here it stands aside."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in ("trailrow_follows_the_last", "trailrow_follows_the_last_after"):
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("ALTER TABLE assessments_trailrow DISABLE TRIGGER USER")
    act()


def of_the_trail(world: World) -> TrailRow:
    chain: dict[str, Any] = {"stream": "p0", "number": 1, "previous": HEX, "hash": HEX}
    return TrailRow.objects.create(at=NOW(), kind=Kind.OTHER, act="x", facts={}, by=world.user, **chain)


BREAKS: dict[str, list[Callable[[World], Any]]] = {
    "fact_stated_once_for_an_assessment": [
        lambda w: twice(lambda: Fact.objects.create(assessment=w.assessment, name="staff", value=1, by=w.user))
    ],
    "indicator_planned_once_in_assessment": [lambda w: twice(lambda: work(w, PlanStep, target_band=1))],
    "planned_row_is_counted_from_one": [lambda w: work(w, PlanStep, target_band=0)],
    "warning_confirmed_once_for_an_indicator": [
        lambda w: twice(lambda: work(w, Confirmation, warning="x", about={}, reason="ก"))
    ],
    "confirmation_has_its_reason": [lambda w: work(w, Confirmation, warning="x", about={}, reason="")],
    "text_carried_once": [lambda w: twice(lambda: carried(w, what="problems"))],
    "evidence_carried_once": [lambda w: carried_twice(w, w.evidence())],
    "a_text_or_evidence_is_carried": [
        carried,
        lambda w: carried(w, what="problems", evidence=w.evidence()),
    ],
    "indicator_assigned_once_in_assessment": [lambda w: twice(lambda: work(w, Assignment, person=w.user))],
    "presence_once_for_a_person": [
        lambda w: twice(
            lambda: Presence.objects.create(assessment=w.assessment, indicator=w.answer.indicator, person=w.user)
        )
    ],
    "comment_has_its_text": [lambda w: Comment.objects.create(answer=w.answer, thread="office", text="", by=w.user)],
    "notice_marked_once": [lambda w: twice(lambda: NoticeMark.objects.create(person=w.user, key="x"))],
    "upload_receives_no_more_than_its_size": [
        lambda w: Upload.objects.create(assessment=w.assessment, name="x", size=1, received=2, by=w.user)
    ],
    "province_with_office_has_a_region": [lambda w: province(w, has_office=True)],
    "province_has_one_open_support_office": [lambda w: (w.member(1), w.member(2))],
    "support_membership_ends_after_it_starts": [lambda w: w.member(1, ends_on=date(2025, 12, 31))],
    "user_has_an_office_exactly_with_an_office_role": [
        lambda w: person("a@b.example", Role.OFFICE_EDITOR),
        lambda w: person("a@b.example", Role.OFFICE_HEAD),
        lambda w: person("a@b.example", Role.REVIEWER, province=w.other),
        lambda w: person("a@b.example", Role.SUPPORTER, province=w.other),
    ],
    "user_has_a_support_office_only_as_supporter": [
        lambda w: person("a@b.example", Role.INSPECTOR, support_office=SupportOffice.objects.create(number=1)),
    ],
    "invitation_used_or_revoked_not_both": [lambda w: w.invited(HEX, used_at=NOW(), revoked_at=NOW())],
    "round_closes_after_it_opens": [lambda w: w.rounds(closes_on=w.round.opens_on - timedelta(days=1))],
    "round_target_is_a_percentage": [
        lambda w: w.rounds(budget_target="100.01"),
        lambda w: w.rounds(budget_target="-0.01"),
    ],
    "round_year_is_buddhist": [lambda w: w.rounds(year=2026), lambda w: w.rounds(year=2601)],
    "extension_has_a_reason": [
        lambda w: Extension.objects.create(
            round=w.round, province=w.other, closes_on=date(2026, 10, 1), reason="", given_by=w.user
        )
    ],
    "office_assesses_itself_once_a_round": [
        lambda w: Assessment.objects.create(round=w.round, province=w.assessment.province, closes_on=date(2026, 9, 30))
    ],
    "assessment_submitted_fully_or_not_at_all": [
        lambda w: w.submitted(submitted_at=None),
        lambda w: w.submitted(submitted_by=None),
        lambda w: w.submitted(answers_hash=""),
        lambda w: w.submitted(reference=""),
        lambda w: w.assessed(reference="2569-50-1"),
        lambda w: w.assessed(answers_hash=HEX),
    ],
    "assessment_past_draft_was_submitted": [
        lambda w: w.assessed(status=Status.SUBMITTED),
        lambda w: w.assessed(status=Status.RETURNED),
        lambda w: w.assessed(status=Status.IN_REVIEW),
        lambda w: w.assessed(status=Status.VERIFIED),
        lambda w: w.assessed(status=Status.REPLIED),
        lambda w: w.assessed(status=Status.FINAL),
        lambda w: w.assessed(status=Status.PUBLISHED),
    ],
    "submission_reference_is_unique": [
        lambda w: Assessment.objects.filter(province__iso__in=["TH-50", "TH-51"]).update(
            submitted_at=NOW(), submitted_by=w.user, answers_hash=HEX, reference="2569-50-1"
        )
    ],
    "indicator_answered_once_in_assessment": [
        lambda w: Answer.objects.create(assessment=w.assessment, indicator=w.answer.indicator)
    ],
    "no_case_comes_without_inputs": [lambda w: w.answers(no_case=True, inputs={"count": 1})],
    "answer_is_scored_or_checked_not_both": [lambda w: w.answers(score=10, met=True)],
    "score_is_one_of_the_five": [lambda w: w.answers(score=3), lambda w: w.answers(score="7.6")],
    "answer_changed_by_somebody_at_some_time": [
        lambda w: w.answers(changed_at=NOW()),
        lambda w: w.answers(changed_by=w.user),
    ],
    "answer_decided_whole_or_not_at_all": [
        lambda w: w.decided(decided_reason=""),
        lambda w: w.decided(decided_at=None),
        lambda w: w.decided(decided_by=None),
        lambda w: w.decided(decided_band=0, band=0),
        lambda w: w.answers(decided_reason="ก"),
        lambda w: w.answers(decided_by=w.user),
        lambda w: w.answers(decided_at=NOW()),
    ],
    "only_an_answer_without_a_case_is_decided": [
        lambda w: w.decided(no_case=False),
        lambda w: w.decided(no_case=False, inputs={"count": 3}),
        lambda w: w.decided(no_case=False, inputs={"numerator": 0, "denominator": 3}),
        lambda w: w.decided(no_case_reason=""),
        lambda w: w.decided(pending="no_case"),
        lambda w: w.decided(score=None),
        lambda w: w.decided(band=2),
        lambda w: w.decided(band=None),
    ],
    "evidence_is_a_whole_file_or_a_link": [
        lambda w: w.file(sha256=""),
        lambda w: w.file(sha256="0" * 63),
        lambda w: w.file(sha256="G" * 64),
        lambda w: w.file(size=0),
        lambda w: w.file(file=""),
        lambda w: w.file(url="https://owncloud.example/s/1"),
        lambda w: w.evidence(kind="link", url=""),
        lambda w: w.evidence(kind="link", url="https://owncloud.example/s/1", file="aa/bb"),
        lambda w: w.evidence(kind="other", url="https://owncloud.example/s/1"),
    ],
    "evidence_deleted_by_somebody_at_some_time": [
        lambda w: w.file(deleted_at=NOW()),
        lambda w: w.file(deleted_by=w.user),
    ],
    "evidence_file_kept_once_in_assessment": [lambda w: twice(w.file)],
    "evidence_used_once_for_an_answer": [
        lambda w: used_twice(w, w.evidence()),
    ],
    "form_ready_exactly_with_its_file": [
        lambda w: FormFile.objects.create(content_hash=HEX, content={}, state="ready", finished_at=NOW()),
        lambda w: FormFile.objects.create(content_hash=HEX, content={}, state="ready", file="a.pdf"),
        lambda w: FormFile.objects.create(content_hash=HEX, content={}, state="working", file="a.pdf"),
    ],
    "book_has_both_files_or_none": [
        lambda w: w.book(file="a.pdf"),
        lambda w: w.book(archive="a.zip"),
        lambda w: w.book(file="a.pdf", archive="a.zip"),
        lambda w: w.book(made_at=NOW()),
    ],
    "book_ready_only_with_its_files": [lambda w: w.book(state="ready")],
    "answer_version_written_once": [
        lambda w: twice(lambda: AnswerChange.objects.create(answer=w.answer, version=1, changes={}, by=w.user))
    ],
    "trail_number_once_in_its_stream": [lambda w: unchained(lambda: twice(lambda: of_the_trail(w)))],
    "assessment_moves_once_a_number": [lambda w: twice(lambda: w.moved(1))],
    "return_and_reopen_have_a_reason": [
        lambda w: w.moved(1, action=Action.RETURN),
        lambda w: w.moved(1, action=Action.REOPEN),
    ],
    "edition_published_with_hash_and_time_or_not_at_all": [
        lambda w: w.edited(status="published", content_hash=HEX),
        lambda w: w.edited(status="published", published_at=NOW()),
        lambda w: w.edited(status="published", published_at=NOW(), content_hash=HEX[:-1]),
        lambda w: w.edited(published_at=NOW()),
        lambda w: w.edited(content_hash=HEX),
        lambda w: w.edited(status="withdrawn"),
    ],
    "dimension_number_once_in_edition": [
        lambda w: Dimension.objects.create(edition=w.edition, number=1, name="ข", short_name="ข", scored=False)
    ],
    "area_number_once_in_dimension": [lambda w: Area.objects.create(dimension=w.dimension, number=1, name="ข")],
    "standard_number_once_in_area": [lambda w: Standard.objects.create(area=w.area, number=1, name="ข")],
    "indicator_code_once_in_edition": [
        lambda w: Indicator.objects.create(
            edition=w.edition, standard=w.standard, code="1.1", number=2, name="ข", criterion="ข", rule={}
        )
    ],
    "indicator_comparable_only_with_previous": [
        lambda w: Indicator.objects.filter(pk=w.indicator.pk).update(comparable=True)
    ],
    "Region.code": [region],
    "Province.iso": [lambda w: province(w, iso="TH-50")],
    "Province.name_th": [lambda w: province(w, name_th="เชียงใหม่")],
    "Province.name_en": [lambda w: province(w, name_en="Chiang Mai")],
    "SupportOffice.number": [lambda w: twice(lambda: SupportOffice.objects.create(number=3))],
    "User.email": [lambda w: person("manager@central.example", Role.ADMIN)],
    "Invitation.token_hash": [lambda w: twice(lambda: w.invited(HEX))],
    "Round.year": [
        lambda w: Round.objects.create(
            year=2569, edition=w.round.edition, opens_on=w.round.opens_on, closes_on=w.round.closes_on, opened_by=w.user
        )
    ],
    "FormFile.content_hash": [lambda w: twice(lambda: FormFile.objects.create(content_hash=HEX, content={}))],
    "Book.round": [lambda w: twice(w.book)],
    "Edition.year": [lambda w: Edition.objects.create(year=2563, title="ซ้ำ", printed_year=2563)],
    **review_breaks.BREAKS,
}


def ours() -> Iterator[type[models.Model]]:
    for label in ("assessments", "indicators"):
        yield from apps.get_app_config(label).get_models()


def constraints() -> dict[str, tuple[type[models.Model], Any]]:
    """All constraints of our models by name, and unique columns as Model.field."""
    found: dict[str, tuple[type[models.Model], Any]] = {}
    for model in ours():
        for constraint in model._meta.constraints:
            found[constraint.name] = (model, constraint)
        for column in model._meta.concrete_fields:
            if column.unique and not column.primary_key:
                found[f"{model.__name__}.{column.name}"] = (model, column)
    return found


def test_every_constraint_has_its_break() -> None:
    assert set(BREAKS) == set(constraints())
    assert not any(model._meta.unique_together for model in ours())


def test_every_check_has_a_sentence_for_people() -> None:
    plain = models.CheckConstraint(name="plain", condition=models.Q()).violation_error_message
    checks = [found for _, found in constraints().values() if isinstance(found, models.CheckConstraint)]
    assert checks
    assert [check.name for check in checks if check.violation_error_message == plain] == []


def told(model: type[models.Model], constraint: Any) -> list[str]:
    """What the database's message must hold: the name, or for a unique index on SQLite its columns."""
    if isinstance(constraint, models.CheckConstraint):
        return [constraint.name]
    names = constraint.fields if isinstance(constraint, models.UniqueConstraint) else [constraint.name]
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    return [f"{model._meta.db_table}.{columns[name]}" for name in names]


@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name, breaks in BREAKS.items() for place in range(len(breaks))]
)
def test_the_database_refuses(world: World, name: str, place: int) -> None:
    model, constraint = constraints()[name]
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        BREAKS[name][place](world)
    message = str(refused.value)
    assert all(part in message for part in told(model, constraint)) or name in message


def test_the_whole_is_taken(world: World) -> None:
    """What the breaks start from is itself allowed: they fail for their own reason alone."""
    world.submitted(status=Status.SUBMITTED)
    world.moved(1)
    world.moved(2, action=Action.RETURN, reason="แก้ไข")
    world.file()
    world.evidence()
    world.evidence(kind="link", url="https://owncloud.example/s/2", deleted_at=NOW(), deleted_by=world.user)
    world.member(1, ends_on=date(2026, 1, 1))
    world.member(2)
    world.invited(HEX, used_at=NOW())
    world.rounds(budget_target="100")
    world.answers(score="2.5", changed_at=NOW(), changed_by=world.user)
    world.answers(score=None, no_case=True, inputs=None)
    world.decided()
    world.decided(no_case=False, inputs={"numerator": 0, "denominator": 0})
    review_breaks.whole(world)
    FormFile.objects.create(content_hash=HEX, content={}, state="ready", file="a.pdf", finished_at=NOW())
    province(world)
    assert (
        Edition.objects.filter(pk=world.edition.pk).update(status="published", content_hash=HEX, published_at=NOW())
        == 1
    )
