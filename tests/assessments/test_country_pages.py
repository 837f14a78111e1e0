"""The overview of a round and its matrix: what they show, the lists behind their figures, who may see them."""

import importlib
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import timezone

from assessments import services, shapes
from assessments.country import signs_of
from assessments.models import Answer, Assessment, Province, Round, SupportMembership, SupportOffice, User
from assessments.queries import country as queries
from assessments.services.answers import results_of
from assessments.workflow import Role, Status
from indicators.editions import EditionNode
from indicators.models import Edition
from indicators.thai import rounded
from tests.answers import answer_all
from tests.assessments.queue import in_english
from tests.conftest import person, signed_in

Stand = Callable[..., None]
GOOD = "4" * 55


def results(standard: EditionNode, signs: str) -> dict[str, Any]:
    """Kept totals as `recount` writes them, of a row of signs."""
    scores = [None if sign == "-" else int(sign) * Decimal("2.5") for sign in signs]
    found = {node.pk: (score, True) for node, score in zip(standard.scored, scores, strict=True)}
    return results_of(standard, found)


@pytest.fixture
def stands(round_2569: Round, standard: EditionNode, head: User) -> Stand:
    """Sets an office of the round (or of another) into a state with the scores of its three values."""

    def set_(
        iso: str, claimed: str, *, status: Status = Status.SUBMITTED, verified: str = "", final: str = "", **where: Any
    ) -> None:
        round_ = where.get("round", round_2569)
        Assessment.objects.filter(round=round_, province__iso=iso).update(
            status=status,
            touched=True,
            results=results(standard, claimed),
            verified_results=results(standard, verified) if verified else {},
            final_results=results(standard, final) if final else {},
            submitted_at=timezone.now(),
            submitted_by=head,
            answers_hash=sha256(b"").hexdigest(),
            reference=f"{round_.year}-{iso}",
        )

    return set_


def page(client: Client, address: str = "/country/2569/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def words(text: str) -> str:
    """What a person reads, one space between the words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def part_of(text: str, name: str) -> str:
    """The section with this id."""
    found = re.search(rf'<section id="{name}".*?</section>', text, re.DOTALL)
    assert found is not None, name
    return found[0]


def listed(client: Client, link: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/offices/\d+/">([^<]+)</a>', page(client, unescape(link)))


# --- who may see it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/country/", "/country/2569/", "/country/2569/matrix/"])
def test_access(address: str, round_2569: Round, as_reviewer: Client, as_editor: Client, editor: User) -> None:
    assert as_reviewer.get(address).status_code == 200
    assert as_editor.get(address).status_code == 403
    assert "The list of offices is for the central division" in words(in_english(editor).get(address).content.decode())
    assert Client().get(address).status_code == 302
    assert as_reviewer.post(address).status_code == 405


@pytest.mark.parametrize("address", ["/country/2540/", "/country/2540/matrix/"])
def test_a_year_without_a_round_does_not_exist(address: str, round_2569: Round, as_reviewer: Client) -> None:
    assert as_reviewer.get(address).status_code == 404


def test_before_the_first_round_there_is_nothing(db: None, as_reviewer: Client) -> None:
    assert "/rounds/new/" not in page(as_reviewer, "/country/")


def test_a_supporter_sees_the_provinces_of_the_own_support_office(stands: Stand) -> None:
    office = SupportOffice.objects.create(number=10)
    for iso in ("TH-50", "TH-51"):
        province = Province.objects.get(iso=iso)
        SupportMembership.objects.create(support_office=office, province=province, starts_on="2026-01-01")
        stands(iso, GOOD)
    stands("TH-83", "0" * 55)
    supporter = person("supporter@people.example", Role.SUPPORTER, support_office=office)
    shown = page(in_english(supporter))
    assert "Counted: the 2 of 2 offices that have submitted" in words(shown)
    assert "Phuket" not in shown
    assert "Only the provinces that your support office looks after are shown." in words(shown)
    assert "Phuket" not in page(in_english(supporter), "/country/2569/matrix/")


# --- the edges: nobody, one, all ----------------------------------------------------------------------


def test_without_a_submission_the_page_says_so(round_2569: Round, reviewer: User) -> None:
    shown = words(page(in_english(reviewer)))
    assert "Counted: the 0 of 76 offices" in shown
    assert "Not started 76" in shown
    assert "No office has submitted yet, so there are no figures to show." in shown
    matrix = words(page(in_english(reviewer), "/country/2569/matrix/"))
    assert "No office has a score that counts here yet" in matrix
    for value, sentence in (("verified", "No verdicts have been sent"), ("final", "No result is final yet")):
        assert sentence in words(page(in_english(reviewer), f"/country/2569/?value={value}"))


def test_one_office(stands: Stand, reviewer: User) -> None:
    stands("TH-50", "4" * 12 + "3" * 9 + "2" * 34)
    shown = page(in_english(reviewer))
    assert "Counted: the 1 of 76 offices" in words(shown)
    memo = words(part_of(shown, "_memo"))
    assert "Dimension 2 ระบบและกระบวนการ 10.00 10.0000 1 (100.0) 0 (0.0) 0 (0.0) 0 (0.0) 0 (0.0)" in memo
    assert "Dimensions 2–4 together 6.50 6.5000 0 (0.0) 0 (0.0) 1 (100.0) 0 (0.0) 0 (0.0)" in memo
    assert 'aria-label="Chiang Mai: level Should improve, 6.50"' in shown
    assert 'aria-label="Phuket: No score that counts yet (Not started)"' in shown


def test_an_office_without_any_score_in_an_area(stands: Stand, reviewer: User) -> None:
    """All of area 2-1 waits: the area and the whole are ranges, which count for no mean; the rest is counted."""
    stands("TH-50", GOOD)
    stands("TH-51", "----" + "4" * 51)
    shown = page(in_english(reviewer))
    memo = words(part_of(shown, "_memo"))
    assert "mean of the 1 of 2 offices with nothing open" in memo
    assert "Dimension 3 วัฒนธรรมองค์การ 10.00 10.0000 2 (100.0)" in memo
    assert "Of the 1 of 2 offices whose scores are all known." in words(part_of(shown, "_distribution"))
    by_area = page(in_english(reviewer), "/country/2569/?show=2-1")
    assert 'aria-label="Lamphun: Level still open 0.63–10.00"' in by_area
    assert words(page(in_english(reviewer), "/country/2569/matrix/")).count("–") > 3


# --- all 76 with the levels of 2562 -------------------------------------------------------------------

# Of the offices by rank, in steps of 2.5 points: dimension 2 (12 indicators), 3 (9) and 4 (34).
RANKS = [
    *[(45, 33, 125)] * 44,
    *[(44, 28, 122)] * 6,
    *[(42, 28, 103)] * 2,
    *[(37, 27, 104)] * 16,
    *[(36, 23, 105)] * 4,
    *[(29, 19, 114)] * 2,
    (28, 18, 90),
    (21, 16, 77),
]


def row(steps: int, count: int) -> str:
    """Signs with this sum."""
    each, more = divmod(steps, count)
    return str(each) * (count - more) + str(each + 1) * more


ALL = [row(two, 12) + row(three, 9) + row(four, 34) for two, three, four in RANKS]


@pytest.fixture
def all_76(stands: Stand, round_2569: Round) -> None:
    provinces = Province.objects.with_office().order_by("sort_key")
    for signs, province in zip(ALL, provinces, strict=True):
        stands(province.iso, signs)


def test_the_page_holds_the_levels_of_2562(all_76: None, reviewer: User) -> None:
    shown = words(part_of(page(in_english(reviewer)), "_memo"))

    def mean(place: int, count: int) -> str:
        exact = Fraction(sum(sum(each) if place < 0 else each[place] for each in RANKS), 76 * count) * Fraction(5, 2)
        return f"{rounded(exact)} {rounded(exact, 4)}"

    for line in (
        f"Dimension 2 ระบบและกระบวนการ {mean(0, 12)} 52 (68.4) 20 (26.3) 3 (3.9) 1 (1.3) 0 (0.0)",
        f"Dimension 3 วัฒนธรรมองค์การ {mean(1, 9)} 44 (57.9) 24 (31.6) 4 (5.3) 4 (5.3) 0 (0.0)",
        f"Dimension 4 ผลผลิตและผลลัพธ์ {mean(2, 34)} 50 (65.8) 24 (31.6) 2 (2.6) 0 (0.0) 0 (0.0)",
        f"Dimensions 2–4 together {mean(-1, 55)} 50 (65.8) 24 (31.6) 1 (1.3) 1 (1.3) 0 (0.0)",
    ):
        assert line in shown


def numbers_and_links(section: str) -> list[tuple[int, str]]:
    """Every number that is a link, but no mean."""
    return [(int(number), link) for link, number in re.findall(r'<a href="([^"]+)">(\d+)(?: of \d+)?</a>', section)]


@pytest.mark.parametrize("name", ["_memo", "_distribution", "_ends", "_regions", "_states"])
def test_behind_every_number_stands_the_list_of_that_many_offices(all_76: None, reviewer: User, name: str) -> None:
    client = in_english(reviewer)
    section = part_of(page(client), name)
    if name == "_states":
        section = re.sub(r"<span[^>]*>[^<]*</span> <b>(\d+)</b>", r"\1", section)
    found = numbers_and_links(section)
    assert found
    # The same address is asked once; of the many empty ones a few.
    asked = {link: number for number, link in found if number} | dict(
        [(link, 0) for number, link in found if not number][:2]
    )
    assert {link: len(listed(client, link)) for link in asked} == asked


def test_the_legend_of_the_map_counts_what_its_lists_hold(all_76: None, reviewer: User) -> None:
    client = in_english(reviewer)
    for show in ("overall", "3", "2-1", "2.1"):
        keys = re.findall(r'<a href="([^"]+)">(\d+) offices?</a>', page(client, f"/country/2569/?show={show}"))
        assert sum(int(number) for _, number in keys) == 76
        assert [len(listed(client, link)) for link, _ in keys] == [int(number) for _, number in keys]


def test_the_strongest_and_the_weakest(all_76: None, reviewer: User) -> None:
    shown = page(in_english(reviewer))
    ends = [words(table) for table in re.findall(r"<table.*?</table>", part_of(shown, "_ends"), re.DOTALL)]
    assert [end.split(" Name")[0] for end in ends] == [
        *("Strongest areas", "Weakest areas", "Strongest indicators", "Weakest indicators")
    ]
    columns = [rounded(Fraction(5 * sum(int(signs[place]) for signs in ALL), 2 * 76)) for place in range(55)]
    assert f" {max(columns)} " in ends[2]
    assert f" {min(columns)} " in ends[3]


def test_the_regions_have_all_offices(all_76: None, reviewer: User) -> None:
    shown = words(part_of(page(in_english(reviewer)), "_regions"))
    assert [f"{name} {number} of {number}" in shown for name, number in (("North", 17), ("South", 14))] == [True, True]


# --- three values, and last year ----------------------------------------------------------------------


def test_the_switch_between_claimed_verified_and_final(stands: Stand, reviewer: User) -> None:
    stands("TH-50", "4" * 55, status=Status.FINAL, verified="3" * 55, final="2" * 55)
    stands("TH-51", "4" * 55, status=Status.VERIFIED, verified="1" * 55)
    # Verdicts that were not sent yet are not shown.
    stands("TH-52", "4" * 55, status=Status.IN_REVIEW, verified="0" * 55)
    client = in_english(reviewer)
    told = {value: words(page(client, f"/country/2569/?value={value}")) for value in ("claimed", "verified", "final")}
    assert "Counted: the 3 of 76 offices that have submitted" in told["claimed"]
    assert "Counted: the 2 of 76 offices to which the verdicts were sent" in told["verified"]
    assert "Counted: the 1 of 76 offices whose result is final" in told["final"]
    for value, mean in (("claimed", "10.00 10.0000"), ("verified", "5.00 5.0000"), ("final", "5.00 5.0000")):
        assert f"together {mean}" in told[value]


def test_published_results_are_shown_first(stands: Stand, reviewer: User) -> None:
    stands("TH-50", GOOD, status=Status.FINAL, verified=GOOD, final=GOOD)
    assert "that have submitted" in words(page(in_english(reviewer)))
    stands("TH-50", GOOD, status=Status.PUBLISHED, verified=GOOD, final=GOOD)
    assert "whose result is final" in words(page(in_english(reviewer)))


def test_the_movers_against_the_year_before(
    stands: Stand, edition: Edition, manager: User, reviewer: User, django_assert_num_queries: Any
) -> None:
    earlier = Round.objects.get(year=2569)
    Round.objects.filter(pk=earlier.pk).update(year=2570)
    last = services.open_round(
        year=2569,
        edition=edition,
        opens_on=earlier.opens_on,
        closes_on=earlier.closes_on,
        budget_target=None,
        by=manager,
    )
    this = Round.objects.get(year=2570)
    for iso, before, now in (("TH-50", "33", "44"), ("TH-51", "44", "43"), ("TH-83", "44", "44")):
        stands(iso, before + "4" * 53, round=last)
        stands(iso, now + "4" * 53, round=this)
    stands("TH-52", GOOD, round=this)
    shown = page(in_english(reviewer), "/country/2570/")
    movers = words(part_of(shown, "_movers"))
    assert "Compared with fiscal year 2569: 3 offices" in movers
    assert "1 rose, 1 fell, 1 stayed the same" in movers
    assert "Chiang Mai 9.91 10.00 +0.09" in movers
    assert "Lamphun 10.00 9.95 −0.05" in movers
    change = page(in_english(reviewer), "/country/2570/?change=1&show=2")
    assert 'aria-label="Chiang Mai: +0.42, from 9.58 to 10.00"' in change
    table = re.findall(
        r'<th scope="row"><a href="/country/province/[^"]+">([^<]+)</a></th>', part_of(change, "_map_section")
    )
    assert (table[:3], len(table)) == (["Chiang Mai", "Phuket", "Lamphun"], 76)
    client = in_english(reviewer)
    page(client, "/country/2570/")
    # Session, person, rounds, whether published, offices, those of the year before, regions.
    with django_assert_num_queries(7):
        page(client, "/country/2570/?change=1")
    first = words(page(in_english(reviewer), "/country/2569/?change=1"))
    assert "This is the first round, so there is nothing to compare with. The levels are shown instead." in first


# --- the map ------------------------------------------------------------------------------------------


def test_every_office_stands_on_the_map_and_in_the_table(stands: Stand, reviewer: User) -> None:
    stands("TH-50", "43" + "4" * 53)
    section = part_of(page(in_english(reviewer)), "_map_section")
    assert (section.count('class="map-place"'), section.count('class="map-rest"')) == (76, 2)
    assert section.count('<th scope="row">') == 76
    assert 'aria-label="Chiang Mai: level Good, 9.95"><title>Chiang Mai: level Good, 9.95</title>' in section
    assert "CC BY 4.0" in section


def test_without_the_shapes_the_table_stands_alone(stands: Stand, reviewer: User, monkeypatch: Any) -> None:
    stands("TH-50", GOOD)
    monkeypatch.setattr(shapes, "picture", lambda: None)
    section = part_of(page(in_english(reviewer)), "_map_section")
    assert (section.count('class="map-place"'), section.count('<th scope="row">')) == (0, 76)
    assert "The map cannot be drawn here; the table holds the same." in words(section)


def test_an_unknown_choice_counts_as_not_chosen(stands: Stand, reviewer: User) -> None:
    stands("TH-50", GOOD)
    shown = page(in_english(reviewer), "/country/2569/?value=x&show=9.9&change=7")
    assert 'aria-label="Chiang Mai: level Good, 10.00"' in shown


def test_the_shapes_are_those_of_the_provinces(db: None) -> None:
    picture = shapes.picture()
    assert picture is not None
    assert set(picture.outlines) == {*Province.objects.values_list("iso", flat=True), shapes.LAKE}
    source = (settings.NODE_MODULES / shapes.SOURCE).read_text(encoding="utf-8")
    names = re.findall(r'id="\w+"\s+aria-label="([^"]+)"', source)[:77]
    plain = str.maketrans("", "", " .")
    for name, code in zip(names, shapes.CODES, strict=True):
        province = Province.objects.get(iso=f"TH-{code}")
        known = {each.translate(plain).casefold() for each in (province.name_en, *province.other_names)}
        assert name.translate(plain).casefold() in known
    assert len("".join(picture.outlines.values())) < 60_000


# --- the matrix ---------------------------------------------------------------------------------------


def test_the_matrix_has_an_office_in_each_row(stands: Stand, reviewer: User) -> None:
    stands("TH-50", "0-" + "3" * 53)
    stands("TH-51", "2" + "4" * 54)
    client = in_english(reviewer)
    shown = page(client, "/country/2569/matrix/")
    pk = Assessment.objects.get(province__iso="TH-50").pk
    assert f'<td class="s0"><a href="/assessments/{pk}/indicators/2.1/">0</a></td>' in shown
    assert f'<td class="s-"><a href="/assessments/{pk}/indicators/2.2/">–</a></td>' in shown
    rows = re.findall(r'<tr><th class="name" scope="row"><a href="/country/province/[^"]+">([^<]+)</a>', shown)
    assert (len(rows), rows) == (76, sorted(rows, key=str.casefold))
    assert words(shown[shown.index("<tfoot>") :]).startswith("Mean of the offices counted 9.91 2.50 10.00 8.75")


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("2.1", ["Chiang Mai", "Lamphun", "Lampang"]),
        ("-2.1", ["Lampang", "Lamphun", "Chiang Mai"]),
        ("2.2", ["Lamphun", "Lampang", "Chiang Mai"]),
        ("-overall", ["Lampang", "Lamphun", "Chiang Mai"]),
    ],
)
def test_the_matrix_is_sorted_by_any_column(stands: Stand, reviewer: User, order: str, first: Sequence[str]) -> None:
    """What is open, and an office without scores, stands last either way."""
    stands("TH-50", "0-" + "3" * 53)
    stands("TH-51", "22" + "4" * 53)
    stands("TH-52", GOOD)
    shown = page(in_english(reviewer), f"/country/2569/matrix/?sort={order}")
    rows = re.findall(r'<tr><th class="name" scope="row"><a href="/country/province/[^"]+">([^<]+)</a>', shown)
    if order == "2.2":
        assert rows[:2] == first[:2]
        assert set(rows[2:]) >= {"Chiang Mai"}
    elif order == "-overall":
        assert rows[:2] == first[:2]
    else:
        assert rows[:3] == first
    assert shown.count("aria-sort=") == 1


def test_the_matrix_of_a_region(stands: Stand, reviewer: User) -> None:
    stands("TH-50", GOOD)
    stands("TH-83", GOOD)
    shown = page(in_english(reviewer), "/country/2569/matrix/?region=south")
    assert ("Phuket" in shown, "Chiang Mai" in shown) == (True, False)
    assert "Counted: the 1 of 14 offices" in words(shown)


# --- what is kept, and how much is asked --------------------------------------------------------------


def test_the_kept_signs_are_the_answers_scores(assessment: Assessment, editor: User, standard: EditionNode) -> None:
    answer_all(assessment, editor, c2_1={"count": 0})
    kept = Assessment.objects.get(pk=assessment.pk).results["scores"]
    scores = dict(Answer.objects.filter(assessment=assessment).values_list("indicator", "score"))
    assert kept == signs_of(scores[node.pk] for node in standard.scored)
    assert (len(kept), kept[0]) == (55, "0")


def test_the_migration_fills_the_signs(assessment: Assessment, editor: User) -> None:
    answer_all(assessment, editor)
    expected = Assessment.objects.get(pk=assessment.pk).results
    without = {key: value for key, value in expected.items() if key != "scores"}
    Assessment.objects.filter(pk=assessment.pk).update(results=without)
    importlib.import_module("assessments.migrations.0016_results_keep_each_score").fill(apps, None)
    done = Assessment.objects.get(pk=assessment.pk)
    assert (done.results, done.verified_results) == (expected, {})


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_is_fixed(
    stands: Stand, as_reviewer: Client, django_assert_num_queries: Any, number: int
) -> None:
    for iso in ("TH-50", "TH-51", "TH-52")[:number]:
        stands(iso, GOOD)
    page(as_reviewer)
    # Session, person, rounds, whether published, offices, regions; there is no year before.
    with django_assert_num_queries(6):
        page(as_reviewer)
    with django_assert_num_queries(5):
        page(as_reviewer, "/country/2569/?value=claimed&show=2.1")
    with django_assert_num_queries(6):
        page(as_reviewer, "/country/2569/matrix/")


def test_the_parts_are_slices_of_the_printed_order(standard: EditionNode) -> None:
    parts = queries.parts_of(standard)
    codes = [node.code for node in standard.scored]
    assert (parts["overall"].first, parts["overall"].end, len(parts)) == (0, 55, 1 + 3 + 16 + 55)
    assert codes[parts["4-10"].first : parts["4-10"].end] == [node.code for node in standard.areas["4-10"].indicators]
    assert [parts[str(number)].count for number in (2, 3, 4)] == [12, 9, 34]


def test_signed_in_people_find_the_overview_in_the_header(round_2569: Round, reviewer: User, editor: User) -> None:
    assert 'href="/country/"' in page(signed_in(reviewer), "/offices/")
    assert 'href="/country/"' not in signed_in(editor).get("/").content.decode()


def test_every_part_is_what_the_kept_totals_say(standard: EditionNode) -> None:
    parts = queries.parts_of(standard)
    for signs in (GOOD, "43210" * 11, "4-3-2" * 11, "-" * 55, row(101, 55)):
        kept = results(standard, signs)
        assert kept["scores"] == signs
        totals = {"overall": kept["overall"], **kept["dimensions"], **kept["areas"]}
        for key, total in totals.items():
            (stand,) = parts[key].stands([signs])
            assert (str(stand.low), str(stand.high)) == (total["low"], total["high"]), key
            assert (stand.level if stand.level != "open" else None) == total["level"], key
            assert (stand.mean is None) == (total["mean"] is None), key


# --- the list of offices behind the figures -------------------------------------------------------------


def test_the_list_shows_the_part_that_is_asked_for(stands: Stand, reviewer: User) -> None:
    stands("TH-50", "2" + "4" * 54)
    stands("TH-51", "1" + "4" * 54)
    client = in_english(reviewer)
    address = "/offices/?round=2569&value=claimed&counted=1&part=2.1"
    assert "Indicator 2.1 (claimed)" in words(page(client, address))
    assert listed(client, f"{address}&sort=part") == ["Lamphun", "Chiang Mai"]
    assert listed(client, f"{address}&sort=-part") == ["Chiang Mai", "Lamphun"]
    assert listed(client, f"{address}&level=should_improve") == ["Chiang Mai"]
    assert listed(client, f"{address}&level=fail") == ["Chiang Mai", "Lamphun"]
    assert listed(client, "/offices/?round=2569&value=claimed&counted=1&part=2-1&level=pass") == [
        "Chiang Mai",
        "Lamphun",
    ]
    assert len(listed(client, "/offices/?round=2569&counted=0")) == 74
    # What is not offered counts as not chosen.
    assert len(listed(client, "/offices/?round=2569&part=9.9&band=7")) == 76


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.MANAGER, Role.INSPECTOR, Role.ADMIN])
def test_a_cell_leads_to_the_answer(stands: Stand, role: Role) -> None:
    stands("TH-50", GOOD)
    client = signed_in(person(f"{role.value}@cells.example", role))
    found = re.search(r'<td class="s4"><a href="([^"]+)">', page(client, "/country/2569/matrix/"))
    assert found is not None
    assert client.get(found[1]).status_code == 200
