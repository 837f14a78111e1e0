"""The QR code on a receipt or a printed form, and what scanning it tells to anyone."""

import re
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.core.signing import Signer
from django.test import Client

from assessments import report, services
from assessments.models import Assessment, User
from assessments.proofs import Claim, claim_of, proof_link, token_of
from assessments.qr import QUIET, qr_of
from assessments.services import Entry
from indicators.editions import EditionNode
from tests import reviewing
from tests.answers import answer_all
from tests.assessments.test_check_submit import run_worker
from tests.evidence import added

HASH = "0123456789abcdef" * 4
OTHER = "f" + HASH[1:]
LATER = "2026-08-10T09:15:00+07:00"


@pytest.fixture
def sent(assessment: Assessment, editor: User, head: User) -> Assessment:
    """Submitted on 3 August 2569 at 10:00."""
    answer_all(assessment, editor)
    return services.submit(assessment=assessment, by=head, certified=True)


def address(assessment: Assessment) -> str:
    return f"/verify/{token_of(assessment.reference, assessment.answers_hash)}/"


def sent_back(assessment: Assessment, by: User) -> Assessment:
    return services.return_for_correction(assessment=assessment, by=by, reason="แก้ 2.1", due_on=date(2026, 9, 15))


def corrected(assessment: Assessment, by: User, standard: EditionNode) -> None:
    answer = assessment.answers.get(indicator__code="2.1")
    entry = Entry(inputs={"count": 1})
    services.save_answer(
        assessment=assessment, indicator=standard.indicators["2.1"], by=by, version=answer.version, entry=entry
    )


# --- the token ---------------------------------------------------------------------------------------


def test_a_token_says_what_it_was_made_of_and_is_short() -> None:
    token = token_of("2569-50-12", HASH)
    assert claim_of(token) == Claim(2569, "TH-50", 12, HASH[:24])
    assert len(token) == 50
    assert re.fullmatch(r"[A-Za-z0-9._-]+", token)


@pytest.mark.parametrize("place", range(50))
def test_a_token_changed_anywhere_is_none(place: int) -> None:
    token = token_of("2569-50-12", HASH)
    assert claim_of(token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]) is None


@pytest.mark.parametrize("token", ["", ".", "..", "2569-50-1", "2569-50-1.AAAA.", "เชียงใหม่", "\x00", "a" * 3000])
def test_what_was_never_a_token_is_none(token: str) -> None:
    assert claim_of(token) is None


def test_a_signature_under_another_salt_or_key_is_none(settings: Any) -> None:
    text = token_of("2569-50-12", HASH).rpartition(".")[0]
    assert claim_of(Signer(salt="another", sep=".").sign(text)) is None
    assert claim_of(Signer(salt="assessments.proofs", sep=".", key="another").sign(text)) is None
    # The whole signature instead of its beginning is not one that we print.
    assert claim_of(Signer(salt="assessments.proofs", sep=".").sign(text)) is None


def test_a_paper_outlives_the_key_that_signed_it(settings: Any) -> None:
    token = token_of("2569-50-12", HASH)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key"
    assert claim_of(token) == Claim(2569, "TH-50", 12, HASH[:24])
    settings.SECRET_KEY_FALLBACKS = []
    assert claim_of(token) is None


# --- the page ----------------------------------------------------------------------------------------


def test_unchanged_it_equals_what_was_sent(sent: Assessment) -> None:
    response = Client().get(address(sent))
    page = response.content.decode()
    assert response.status_code == 200
    assert '<h1><span aria-hidden="true">✓</span> ตรงกับที่ส่ง</h1>' in page
    for words in ("เชียงใหม่", "2569", sent.answers_hash, "level-good"):
        assert words in page


def test_nobody_is_named_and_no_figure_but_the_level_is_given(sent: Assessment, head: User, editor: User) -> None:
    page = Client().get(address(sent)).content.decode()
    assert head.full_name not in page
    assert editor.full_name not in page
    assert "10.00" not in page
    assert f"/assessments/{sent.pk}/" not in page


def test_a_final_result_still_equals_its_paper(sent: Assessment, reviewer: User, head: User) -> None:
    reviewing.final(sent, reviewer, head)
    assert Client().get(address(sent)).context["proof"].changed_at is None


def test_sent_back_and_not_touched_it_still_equals(sent: Assessment, reviewer: User) -> None:
    sent_back(sent, reviewer)
    proof = Client().get(address(sent)).context["proof"]
    assert (proof.changed_at, proof.whole_hash) == (None, sent.answers_hash)


def test_sent_back_and_edited_it_tells_when_and_states_no_level(
    sent: Assessment, reviewer: User, editor: User, standard: EditionNode, time_machine: Any
) -> None:
    paper = address(sent)
    sent_back(sent, reviewer)
    time_machine.move_to(LATER)
    corrected(sent, editor, standard)
    page = Client().get(paper).content.decode()
    assert "แก้ไขแล้วเมื่อ 10 สิงหาคม 2569 09:15 น." in page
    assert "ยังไม่ได้ส่งอีกครั้ง" in page
    assert "level-" not in page
    assert sent.answers_hash not in page
    assert f"{sent.answers_hash[:24]}…" in page


def test_evidence_that_was_added_is_a_change_too(
    stored: Any, sent: Assessment, reviewer: User, editor: User, time_machine: Any
) -> None:
    paper = address(sent)
    returned = sent_back(sent, reviewer)
    time_machine.move_to(LATER)
    added(returned, editor)
    proof = Client().get(paper).context["proof"]
    assert (proof.changed_at.isoformat()[:16], proof.sent_again) == ("2026-08-10T02:15", False)


def test_submitted_again_the_old_paper_is_changed_and_the_new_one_is_not(
    sent: Assessment, reviewer: User, editor: User, head: User, standard: EditionNode, time_machine: Any
) -> None:
    old = address(sent)
    sent_back(sent, reviewer)
    corrected(sent, editor, standard)
    time_machine.move_to(LATER)
    again = services.submit(assessment=sent, by=head, certified=True)
    page = Client().get(old).content.decode()
    assert "แก้ไขแล้วเมื่อ 10 สิงหาคม 2569 09:15 น." in page
    assert "level-" not in page
    assert again.answers_hash not in page
    new = Client().get(address(again)).content.decode()
    assert "ตรงกับที่ส่ง" in new


def test_submitted_again_unchanged_both_papers_equal(
    sent: Assessment, reviewer: User, head: User, time_machine: Any
) -> None:
    old = address(sent)
    sent_back(sent, reviewer)
    time_machine.move_to(LATER)
    again = services.submit(assessment=sent, by=head, certified=True)
    assert again.reference == "2569-50-2"
    before, now = Client().get(old).context["proof"], Client().get(address(again)).context["proof"]
    assert (before.changed_at, now.changed_at) == (None, None)


@pytest.mark.parametrize(
    ("reference", "answers_hash"),
    [("2569-50-2", HASH), ("2569-83-1", HASH), ("2570-50-1", HASH), ("2569-10-1", HASH)],
)
def test_genuine_but_of_no_submission_it_is_none_of_ours(sent: Assessment, reference: str, answers_hash: str) -> None:
    assert Client().get(f"/verify/{token_of(reference, answers_hash)}/").status_code == 404


def test_another_hash_under_the_same_reference_is_not_the_record(sent: Assessment) -> None:
    """Only a database of an earlier day, restored, could come to this."""
    proof = Client().get(f"/verify/{token_of(sent.reference, OTHER)}/").context["proof"]
    assert proof.total is None
    assert proof.changed_at == sent.submitted_at


def test_damaged_it_is_not_a_document_of_ours(sent: Assessment) -> None:
    response = Client().get(address(sent)[:-4] + "/")
    assert response.status_code == 404
    assert "ไม่ใช่เอกสารของระบบนี้" in response.content.decode()


def test_anyone_reads_and_nobody_writes(sent: Assessment, as_stranger: Client) -> None:
    assert as_stranger.get(address(sent)).status_code == 200
    assert Client().head(address(sent)).status_code == 200
    assert Client().post(address(sent)).status_code == 405


def test_no_proxy_keeps_it_and_no_search_engine_lists_it(sent: Assessment) -> None:
    response = Client().get(address(sent))
    assert "private" in response["Cache-Control"]
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "sessionid" not in response.cookies


def test_it_costs_few_queries(sent: Assessment, reviewer: User, django_assert_num_queries: Any) -> None:
    paper = address(sent)
    with django_assert_num_queries(2):
        Client().get(paper)
    with django_assert_num_queries(0):
        Client().get("/verify/2569-50-1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA/")
    sent_back(sent, reviewer)
    with django_assert_num_queries(4):
        Client().get(paper)


# --- where the code stands ---------------------------------------------------------------------------


def test_the_receipt_shows_the_code_and_who_certified_when(as_editor: Client, sent: Assessment, head: User) -> None:
    page = as_editor.get(f"/assessments/{sent.pk}/receipt/").content.decode()
    assert qr_of(proof_link(sent)).path in page
    assert page.count(proof_link(sent)) == 2
    for words in (head.full_name, "3 สิงหาคม 2569 10:00 น.", sent.answers_hash):
        assert words in page


def test_the_mailed_receipt_leads_to_the_proof(
    assessment: Assessment, editor: User, head: User, django_capture_on_commit_callbacks: Any
) -> None:
    answer_all(assessment, editor)
    with django_capture_on_commit_callbacks(execute=True):
        sent = services.submit(assessment=assessment, by=head, certified=True)
    run_worker()
    assert f"ตรวจสอบว่าเอกสารที่พิมพ์ยังตรงกับที่ส่ง: {proof_link(sent)}\n" in str(mail.outbox[0].body)


def test_the_form_shows_it_once_submitted(as_editor: Client, sent: Assessment, reviewer: User, head: User) -> None:
    def page() -> str:
        return as_editor.get(f"/assessments/{sent.pk}/form/").content.decode()

    form = report.form_of(Assessment.objects.whole().get(pk=sent.pk))
    assert form.proof == report.Proof(head.full_name, "3 สิงหาคม 2569 10:00 น.", sent.answers_hash, proof_link(sent))
    assert qr_of(proof_link(sent)).path in page()
    assert f"รับรองและส่งโดย {head.full_name} เมื่อวันที่ 3 สิงหาคม 2569 10:00 น." in page()
    sent_back(sent, reviewer)
    assert report.form_of(Assessment.objects.whole().get(pk=sent.pk)).proof is None
    assert 'class="qr"' not in page()


def test_the_form_survives_being_written_down(sent: Assessment) -> None:
    form = report.form_of(Assessment.objects.whole().get(pk=sent.pk))
    assert report.Form.from_data(form.as_data()) == form


def test_a_code_is_dark_squares_within_a_white_margin() -> None:
    code = qr_of("https://standards.example.go.th/verify/" + token_of("2569-50-1", HASH) + "/")
    assert code.side == 41 + 2 * QUIET
    squares = [(int(x), int(y), int(w)) for x, y, w in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", code.path)]
    assert "".join(f"M{x} {y}h{w}v1h-{w}z" for x, y, w in squares) == code.path
    assert min(x for x, _, _ in squares) == min(y for _, y, _ in squares) == QUIET
    assert max(x + w for x, _, w in squares) == code.side - QUIET
    # The three corners of every QR code begin with seven dark modules.
    assert (QUIET, QUIET, 7) in squares
    assert (code.side - QUIET - 7, QUIET, 7) in squares
    assert (QUIET, code.side - QUIET - 7, 7) in squares
