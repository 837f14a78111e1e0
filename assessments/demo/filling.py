"""Writing the demo: people, three rounds, and what each office did in them.

History is written in bulk with the days on which it would have happened; scores, totals and hashes come from the same
functions as a person's save (`services.answers`, `services.moves`), so they are exactly what the rules say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db import transaction

from assessments import services
from assessments.calendar import ERA, day_of, fiscal_year, fiscal_year_span, start_of
from assessments.demo import ACCOUNTS, office_email
from assessments.demo.drawing import Office, draw_inputs, rng
from assessments.demo.improving import plan_improvements
from assessments.demo.moving import in_time, moment, moments_of, moves_of, published
from assessments.demo.papers import PAPERS, Paper, content_of
from assessments.demo.plans import FINISHED_BY_NEWCOMER, Plan, current_plans, past_plans
from assessments.demo.pricing import price_items
from assessments.demo.reviewing import Desk, Reviews, review
from assessments.demo.stating import facts_of
from assessments.demo.teamwork import work_together
from assessments.demo.texts import EXTENSION_REASON, NO_CASE, NOT_DONE, WORDS
from assessments.demo.visiting import visit_offices
from assessments.models import (
    Answer,
    AnswerChange,
    Assessment,
    Carry,
    Evidence,
    EvidenceChange,
    EvidenceUse,
    Extension,
    Fact,
    Province,
    Round,
    StatusChange,
    SupportMembership,
    SupportOffice,
    User,
)
from assessments.models.evidence import stored_path
from assessments.services.answers import COLUMNS, apply_outcome, as_stored, results_of
from assessments.services.flagging import flag_round
from assessments.services.moves import answers_hash
from assessments.workflow import Role
from indicators import editions
from indicators.editions import EditionNode, IndicatorNode

BUDGET_TARGETS = (Decimal(93), Decimal(94), Decimal(94))
# Which provinces belong to which support office is not known here: these are only an example.
SUPPORT_OFFICE = 10
SUPPORTED = ("TH-50", "TH-51", "TH-52", "TH-55", "TH-56", "TH-57", "TH-58")
EMPTY = Answer()
# What lies among the offices' evidence so far, by office, name of the paper and year: the next may carry it on.
Papers = dict[tuple[str, str, int], Evidence]
# The luck of a file (0 to 1): up to the first it is last year's carried on, up to the second last year's attached as
# new, up to the third another office's; above the last its document may be older than the year.
CARRIED, SAME_FILE, SHARED = 0.05, 0.08, 0.11
OLD_DOCUMENT = 0.8


class NotPossible(Exception):
    """Demo data cannot be made here; the message says why."""


@dataclass(frozen=True, slots=True)
class People:
    editors: dict[int, User]
    heads: dict[int, User]
    reviewer: User
    manager: User


@dataclass(slots=True)
class Batch:
    """Rows of one round on their way to the database."""

    answers: list[Answer] = field(default_factory=list)
    changes: list[tuple[Answer, AnswerChange]] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    uses: list[tuple[Evidence, Answer]] = field(default_factory=list)
    evidence_changes: list[EvidenceChange] = field(default_factory=list)
    moves: list[StatusChange] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    carried: list[tuple[Evidence, Answer]] = field(default_factory=list)
    bodies: dict[UUID, bytes] = field(default_factory=dict)
    reviews: Reviews = field(default_factory=Reviews)


def seed(*, now: datetime, password: str) -> list[Round]:
    """Make the demo's people and its three rounds; raises NotPossible, leaving nothing behind."""
    current = fiscal_year(day_of(now))
    years = (current - 2, current - 1, current)
    if Round.objects.filter(year__in=years).exists():
        raise NotPossible("This database has rounds of its own already; demo data goes only where there are none.")
    written: list[str] = []
    papers: Papers = {}
    try:
        with transaction.atomic():
            people = _people(password, since=start_of(fiscal_year_span(years[0])[0]))
            rounds = [
                _round(year, target, people, now=now, first_year=years[0], written=written, papers=papers)
                for year, target in zip(years, BUDGET_TARGETS, strict=True)
            ]
            _plan_improvements(rounds, people, now=now)
            price_items(rounds[1:], people.manager, rounds[-1].opened_at)
            visit_offices(rounds[1:], people.editors, now=now)
            flag_round(rounds[-1])
    except BaseException:
        storage = Evidence._meta.get_field("file").storage
        for name in written:
            storage.delete(name)
        raise
    return rounds


def _people(password: str, *, since: datetime) -> People:
    """The listed accounts, and a head and an editor for each other office. One password hash serves them all."""
    office, _ = SupportOffice.objects.get_or_create(
        number=SUPPORT_OFFICE,
        defaults={"name": f"สำนักงานส่งเสริมและสนับสนุนวิชาการ {SUPPORT_OFFICE} (ข้อมูลสาธิต)"},
    )
    taken = SupportMembership.objects.filter(ends_on__isnull=True).values("province")
    SupportMembership.objects.bulk_create(
        SupportMembership(support_office=office, province=province, starts_on=day_of(since))
        for province in Province.objects.filter(iso__in=SUPPORTED).exclude(pk__in=taken)
    )
    provinces = {province.iso: province for province in Province.objects.with_office()}
    encoded = make_password(password)
    listed = {account.email: (account.full_name, account.role, account.iso) for account in ACCOUNTS}
    for province in provinces.values():
        for role, name in ((Role.OFFICE_EDITOR, "เจ้าหน้าที่"), (Role.OFFICE_HEAD, "หัวหน้าสำนักงาน")):
            full_name = f"{name} {province.office_name} (สาธิต)"
            listed.setdefault(office_email(role, province.name_en), (full_name, role, province.iso))
    users = User.objects.bulk_create(
        User(
            email=email,
            full_name=full_name,
            role=role,
            province=provinces.get(iso),
            support_office=office if role == Role.SUPPORTER else None,
            password=encoded,
            is_demo=True,
            created_at=since,
        )
        for email, (full_name, role, iso) in listed.items()
    )
    return People(
        editors={user.province_id: user for user in users if user.province_id and user.role == Role.OFFICE_EDITOR},
        heads={user.province_id: user for user in users if user.province_id and user.role == Role.OFFICE_HEAD},
        reviewer=next(user for user in users if user.role == Role.REVIEWER),
        manager=next(user for user in users if user.role == Role.MANAGER),
    )


def _round(
    year: int,
    target: Decimal,
    people: People,
    *,
    now: datetime,
    first_year: int,
    written: list[str],
    papers: Papers,
) -> Round:
    """One round with all that its offices did until `now`."""
    first, last = fiscal_year_span(year)
    past = year < fiscal_year(day_of(now))
    opens_on = date(year - ERA, 7, 1) if past else first
    round_ = services.open_round(
        year=year,
        edition=editions.current(),
        opens_on=opens_on,
        closes_on=last,
        budget_target=target,
        by=people.manager,
    )
    round_.opened_at = start_of(opens_on) + timedelta(hours=9)
    round_.save(update_fields=["opened_at"])
    standard = editions.standard_of(round_.edition)
    assessments = list(round_.assessments.select_related("province"))
    plans = past_plans(standard, year, assessments) if past else current_plans(standard, year, assessments)
    if past and year > first_year:
        _extend_one(round_, assessments, people)
    batch = Batch()
    for assessment in assessments:
        assessment.round = round_
        plan = plans[assessment.province.iso]
        _office(assessment, plan, people, standard, batch, papers, now=now, first_year=first_year)
    if past:
        batch.moves += published(assessments, batch.moves, by=people.manager, now=now)
    _write(batch, written)
    _finish(assessments, batch)
    if not past:
        _work_together(assessments, people, standard, now=now)
    return round_


def _plan_improvements(rounds: list[Round], people: People, *, now: datetime) -> None:
    """One office has a plan for the last year and one for the current."""
    found = Assessment.objects.whole().filter(round__in=rounds[1:], province__iso=FINISHED_BY_NEWCOMER)
    last, current = found.order_by("round__year")
    plan_improvements((last, current), by=people.editors[current.province_id], now=now)


def _work_together(assessments: list[Assessment], people: People, standard: EditionNode, *, now: datetime) -> None:
    """One office has shared out its work, and comments on it."""
    assessment = next(row for row in assessments if row.province.iso == FINISHED_BY_NEWCOMER)
    office = assessment.province_id
    who = {"editor": people.editors[office], "head": people.heads[office], "reviewer": people.reviewer}
    work_together(assessment, standard, who, now=now)


def _extend_one(round_: Round, assessments: list[Assessment], people: People) -> None:
    """One office was given two weeks more."""
    assessment = next(row for row in assessments if row.province.iso == "TH-90")
    assessment.closes_on = round_.closes_on + timedelta(days=14)
    Extension.objects.create(
        round=round_,
        province=assessment.province,
        closes_on=assessment.closes_on,
        reason=EXTENSION_REASON,
        given_by=people.manager,
        given_at=start_of(round_.closes_on) - timedelta(days=3, hours=-10),
    )


# --- one office ------------------------------------------------------------------------------------


def _office(
    assessment: Assessment,
    plan: Plan,
    people: People,
    standard: EditionNode,
    batch: Batch,
    papers: Papers,
    *,
    now: datetime,
    first_year: int,
) -> None:
    if not plan.touched:
        return
    iso, year = assessment.province.iso, assessment.round.year
    office, draw = Office(iso), rng(iso, year, "office")
    begin, end = span_of(opens_on=assessment.round.opens_on, closes_on=assessment.closes_on, now=now)
    # Answers in the first two thirds of the time there is, moves in the rest.
    worked = begin + (end - begin) * (0.66 if plan.moves else 0.98)
    by = people.editors[assessment.province_id]
    rows: dict[str, Answer] = {}
    for node in standard.indicators.values():
        answer = _answer(assessment, node, plan, office, draw, first_year=first_year)
        if answer is None:
            continue
        answer.changed_at, answer.changed_by = moment(draw, begin, worked), by
        batch.answers.append(answer)
        batch.changes += [(answer, change) for change in _history(answer, begin, draw)]
        rows[node.code] = answer
    _evidence(assessment, rows, by, batch, papers, draw, between=(begin, worked))
    batch.facts += facts_of(assessment, office, by, begin)
    assessment.touched = bool(rows)
    assessment.changed_at = max((row.changed_at for row in rows.values() if row.changed_at), default=None)
    if plan.moves:
        is_over = year < fiscal_year(day_of(now))
        actions, turns = in_time(plan.moves, left=now - end), rng(iso, year, "moves")
        times = moments_of(actions, turns, begin=worked, end=end, now=now, is_over=is_over)
        head = people.heads[assessment.province_id]
        moves = moves_of(assessment, actions, times, head=head, reviewer=people.reviewer)
        batch.moves += moves
        turns = rng(iso, year, "review")
        desk = Desk(
            *(assessment, rows, standard, plan, by, people.reviewer, turns, moves, batch.changes, batch.reviews, now)
        )
        review(desk)
    found = {row.indicator_id: (row.score, row.is_answered) for row in rows.values()}
    assessment.results = results_of(standard, found)
    assessment.answered = sum(done for _, done in found.values())


def span_of(*, opens_on: date, closes_on: date, now: datetime) -> tuple[datetime, datetime]:
    """The time in which an office worked: until shortly before the end, and never later than now."""
    end = min(now, start_of(closes_on) - timedelta(days=2))
    return min(end, start_of(opens_on) + timedelta(hours=8)), end


def _answer(
    assessment: Assessment, node: IndicatorNode, plan: Plan, office: Office, draw: Random, *, first_year: int
) -> Answer | None:
    """The answer with its texts; None where the office did nothing."""
    year = assessment.round.year
    words = WORDS[node.code]
    answer = Answer(assessment=assessment, indicator_id=node.pk)
    if node.code not in plan.answered:
        if draw.random() > 0.05:
            return None
        # Begun, but the figure is still to be counted.
        answer.performance = words.done
        return answer
    if node.code in plan.no_case:
        answer.no_case, answer.no_case_reason = True, NO_CASE[node.code]
        apply_outcome(answer, node, target=None)
        return answer
    raw = draw_inputs(office, node, year=year, first_year=first_year)
    answer.inputs = as_stored(node.rule.read(raw))
    apply_outcome(answer, node, target=assessment.round.budget_target)
    weak = answer.met is False or (answer.score is not None and answer.score <= 5)
    if draw.random() < (0.65 if weak else 0.06):
        answer.problems, answer.remedies = words.problem, words.remedy
    if draw.random() < (0.6 if node.scored else 0.2):
        answer.performance = NOT_DONE if _nothing_done(answer) else words.done
    if draw.random() < 0.6:
        answer.number_source = words.source
    answer.evidence_held = [place for place in range(len(node.evidence)) if draw.random() < 0.55]
    return answer


def _nothing_done(answer: Answer) -> bool:
    """Whether the figures themselves say so: a sentence about what was done would contradict them."""
    inputs = answer.inputs or {}
    first = inputs.get("count", inputs.get("projects", inputs.get("attendance")))
    return answer.score == 0 and ("option" in inputs or first in (0, []))


def _history(answer: Answer, begin: datetime, draw: Random) -> Iterator[AnswerChange]:
    """One row for each version: mostly one, sometimes the figure first and the text on a later day."""
    assert answer.changed_at is not None
    changes = {
        column: [getattr(EMPTY, column), getattr(answer, column)]
        for column in COLUMNS
        if getattr(EMPTY, column) != getattr(answer, column)
    }
    parts = [changes]
    if "performance" in changes and "inputs" in changes and draw.random() < 0.12:
        text = {"performance": changes.pop("performance")}
        parts = [changes, text]
    at = moment(draw, begin, answer.changed_at) if len(parts) == 2 else answer.changed_at
    for version, part in enumerate(parts, start=1):
        when = answer.changed_at if version == len(parts) else at
        yield AnswerChange(version=version, changes=part, by=answer.changed_by, at=when)
    answer.version = len(parts)


def _evidence(
    assessment: Assessment,
    rows: dict[str, Answer],
    by: User,
    batch: Batch,
    papers: Papers,
    draw: Random,
    *,
    between: tuple[datetime, datetime],
) -> None:
    luck = rng(assessment.province.iso, assessment.round.year, "papers")
    whole = assessment.province.iso == FINISHED_BY_NEWCOMER
    for paper in PAPERS:
        codes = [code for code in paper.codes if code in rows]
        if not codes or (not whole and draw.random() > 0.7):
            continue
        at = moment(draw, *between)
        evidence = _file_or_link(assessment, paper, by, at, batch, papers, luck.random())
        batch.evidence.append(evidence)
        batch.evidence_changes.append(_evidence_change(evidence, EvidenceChange.Act.ADDED, ""))
        for code in codes:
            batch.uses.append((evidence, rows[code]))
            if evidence.carried_from:
                batch.carried.append((evidence, rows[code]))
            batch.evidence_changes.append(_evidence_change(evidence, EvidenceChange.Act.USED, code))


def _file_or_link(
    assessment: Assessment, paper: Paper, by: User, at: datetime, batch: Batch, papers: Papers, luck: float
) -> Evidence:
    """Mostly the office's own new file; by luck last year's carried on or handed in again, or another office's."""
    year, iso = assessment.round.year, assessment.province.iso
    evidence = Evidence(assessment=assessment, name=paper.name.format(year=year), added_by=by, added_at=at)
    if paper.url:
        evidence.kind, evidence.url = Evidence.Kind.LINK, paper.url.format(year=year)
        return evidence
    evidence.kind, evidence.content_type = Evidence.Kind.FILE, paper.content_type
    # Documents are older than the day on which they are attached; early in the year some are of the year before.
    first, _last = fiscal_year_span(year)
    written_on = day_of(at) - timedelta(days=9)
    evidence.document_date = written_on if luck > OLD_DOCUMENT else max(written_on, first)
    last = papers.get((iso, paper.name, year - 1))
    papers[iso, paper.name, year] = evidence
    if last is not None and luck < CARRIED:
        evidence.carried_from, evidence.document_date, evidence.name = last, last.document_date, last.name
        evidence.size, evidence.sha256, evidence.file.name = last.size, last.sha256, last.file.name
        return evidence
    is_old = last is not None and luck < SAME_FILE
    mark = "all" if SAME_FILE < luck < SHARED else iso
    content = content_of(paper, year - 1 if is_old else year, mark)
    evidence.size, evidence.sha256 = len(content.body), content.sha256
    storage = Evidence._meta.get_field("file").storage
    evidence.file.name = storage.generate_filename(stored_path(evidence, ""))
    batch.bodies[evidence.pk] = content.body
    return evidence


def _evidence_change(evidence: Evidence, act: EvidenceChange.Act, code: str) -> EvidenceChange:
    return EvidenceChange(
        assessment=evidence.assessment,
        evidence_id=evidence.pk,
        name=evidence.name,
        act=act,
        indicator_code=code,
        by=evidence.added_by,
        at=evidence.added_at,
    )


# --- into the database -----------------------------------------------------------------------------


def _write(batch: Batch, written: list[str]) -> None:
    """All rows of a round; the empty answers of its opening are filled, not doubled."""
    columns = [column.name for column in Answer._meta.concrete_fields if column.name != "id"]
    Answer.objects.bulk_create(
        batch.answers,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["assessment", "indicator"],
        update_fields=[name for name in columns if name not in ("assessment", "indicator")],
    )
    keys = {
        (assessment_id, indicator_id): pk
        for pk, assessment_id, indicator_id in Answer.objects.filter(
            assessment__in={answer.assessment_id for answer in batch.answers}
        ).values_list("pk", "assessment_id", "indicator_id")
    }
    for answer in batch.answers:
        answer.pk = keys[answer.assessment_id, answer.indicator_id]
    for answer, change in batch.changes:
        change.answer = answer
    AnswerChange.objects.bulk_create((change for _, change in batch.changes), batch_size=2000)
    _store_files(batch, written)
    Evidence.objects.bulk_create(batch.evidence)
    Fact.objects.bulk_create(batch.facts)
    EvidenceUse.objects.bulk_create(
        EvidenceUse(evidence=evidence, answer=answer, added_by=evidence.added_by, added_at=evidence.added_at)
        for evidence, answer in batch.uses
    )
    EvidenceChange.objects.bulk_create(batch.evidence_changes)
    Carry.objects.bulk_create(
        Carry(
            answer=answer,
            evidence=evidence.carried_from,
            choice=Carry.Choice.SAME,
            by=evidence.added_by,
            at=evidence.added_at,
        )
        for evidence, answer in batch.carried
    )
    StatusChange.objects.bulk_create(batch.moves)
    batch.reviews.save()


def _store_files(batch: Batch, written: list[str]) -> None:
    """What is carried on shares last year's file."""
    storage = Evidence._meta.get_field("file").storage
    new = (row for row in batch.evidence if row.pk in batch.bodies)
    # One by one: what was written before a failure is known, and taken away again.
    written.extend(storage.save(row.file.name, ContentFile(batch.bodies[row.pk])) for row in new)


def _finish(assessments: list[Assessment], batch: Batch) -> None:
    """What stands on the assessments themselves; the hash is taken over what the database holds now."""
    for assessment in assessments:
        if assessment.submitted_at:
            assessment.answers_hash = answers_hash(assessment)
    Assessment.objects.bulk_update(
        assessments,
        [
            *("status", "closes_on", "answered", "touched", "results", "verified_results", "final_results"),
            *("asked", "reply_until", "reference", "answers_hash", "submitted_at", "submitted_by", "changed_at"),
        ],
        batch_size=100,
    )
