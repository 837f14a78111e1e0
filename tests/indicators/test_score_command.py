"""`manage.py score`: the contract of the command line, to the letter."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from indicators import editions
from indicators.models import Edition
from tests.indicators.standard import rule
from tests.indicators.test_scoring import CHOICES, COUNTS, PERCENTS

EXAMPLE = {
    "2.1": {"count": 5},
    "2.2": {"numerator": 850, "denominator": 1000},
    "2.5": {"option": 2},
    "4.12": {"directory_total": 100, "attendance": [85, 90, 80]},
    "4.31": {"no_case": True},
}


def best() -> dict[str, Any]:
    """Answers to all 55 scored indicators that reach the top row."""
    answers: dict[str, Any] = {code: {"count": rows[0][0]} for code, rows in COUNTS.items()}
    answers |= {code: {"numerator": 7, "denominator": 7} for code in PERCENTS}
    answers |= {code: {"option": 1} for code in CHOICES}
    answers |= {"2.8": {"numerator": 0, "denominator": 9}}
    answers |= {"4.12": {"directory_total": 10, "attendance": [8, 9, 10]}}
    answers |= {"4.29": {"projects": 5, "joined": 7, "invited": 10}}
    return answers


def run(path: Path, *options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("score", str(path), *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.fixture
def answers(tmp_path: Path, db: None) -> Any:
    """Writes answers to a file and runs the command on it."""

    def scored(given: Any, *options: str) -> dict[str, Any]:
        path = tmp_path / "answers.json"
        path.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
        return run(path, *options)

    return scored


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, db: None) -> Any:
    """Runs the command on standard input with answers of which some are refused: it ends with status 1."""

    def ended(given: Any) -> dict[str, Any]:
        out = io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(given)))
        with pytest.raises(SystemExit) as end:
            call_command("score", stdout=out)
        assert end.value.code == 1
        found: dict[str, Any] = json.loads(out.getvalue())
        return found

    return ended


def test_the_shape_of_the_answer(answers: Any) -> None:
    found = answers(EXAMPLE)
    assert list(found) == ["edition", "indicators", "dimensions", "overall"]
    assert found["edition"] == "2563"
    assert found["indicators"] == {
        "2.1": {"score": "10", "band": 1, "explanation": "5 รูปแบบ → ช่วง 5 รูปแบบขึ้นไป → 10 คะแนน"},
        "2.2": {
            "score": "7.5",
            "band": 2,
            "explanation": "850 จาก 1,000 ฉบับ = ร้อยละ 85 → ช่วง 70-89 → 7.5 คะแนน",
        },
        "2.5": {
            "score": "7.5",
            "band": 2,
            "explanation": "เลือกข้อ 2 → มีแผนแสดงขั้นตอนการกำกับติดตามงานภาพรวม และมีบางกลุ่ม/ฝ่าย → 7.5 คะแนน",
        },
        "4.12": {
            "score": "10",
            "band": 1,
            "explanation": (
                "ทำเนียบ 100 องค์กร จัด 3 กิจกรรม เข้าร่วม 85, 90, 80 องค์กร = ร้อยละ 85, 90, 80 (ถึงร้อยละ 80 จำนวน 3 กิจกรรม)"
                " → ช่วง 3 กิจกรรมขึ้นไป กิจกรรมละร้อยละ 80 ขึ้นไป → 10 คะแนน"
            ),
        },
        "4.31": {"score": None, "pending": "no_case"},
    }
    assert list(found["dimensions"]) == ["2", "3", "4"]
    assert [list(found["dimensions"][number]["areas"]) for number in "234"] == [
        ["1", "2", "3", "4"],
        ["1", "2"],
        [str(number) for number in range(1, 11)],
    ]
    keys = {"sum", "count", "mean", "low", "high", "level"}
    assert set(found["overall"]) == keys
    assert set(found["dimensions"]["2"]) == keys | {"areas"}
    assert set(found["dimensions"]["2"]["areas"]["1"]) == keys


def test_a_range_has_neither_mean_nor_level(answers: Any) -> None:
    # 2.1 and 2.2 give 17.5, 2.5 gives 7.5; open: nine others, of which 2.6 cannot fall below 2.5.
    assert {
        key: answers(EXAMPLE)["dimensions"]["2"][key] for key in ("sum", "count", "mean", "low", "high", "level")
    } == {
        "sum": "25",
        "count": 12,
        "mean": None,
        "low": "2.29",
        "high": "9.58",
        "level": None,
    }


def test_everything_answered_gives_means_and_levels_as_texts(answers: Any) -> None:
    found = answers(best())
    assert found["overall"] == {
        "sum": "550",
        "count": 55,
        "mean": "10.00",
        "low": "10.00",
        "high": "10.00",
        "level": "good",
    }
    assert {number: total["count"] for number, total in found["dimensions"].items()} == {"2": 12, "3": 9, "4": 34}


def test_a_level_is_given_while_both_ends_of_a_range_share_it(answers: Any) -> None:
    given = best()
    del given["4.1"]
    overall = answers(given)["overall"]
    assert overall == {"sum": "540", "count": 55, "mean": None, "low": "9.82", "high": "10.00", "level": "good"}


@pytest.mark.parametrize(
    ("worst", "mean", "level"),
    [(6, "8.91", "good"), (9, "8.36", "fairly_good"), (20, "6.36", "should_improve"), (30, "4.55", "must_improve")],
)
def test_level_codes(answers: Any, worst: int, mean: str, level: str) -> None:
    given = best()
    # Each of these falls from 10 to 0.
    fallen = [code for code in COUNTS if COUNTS[code][-1][1] == "0"] + ["4.2"]
    for code in fallen[:worst]:
        given[code] = {"count": 0} if code in COUNTS else {"option": 3}
    overall = answers(given)["overall"]
    assert (overall["level"], overall["mean"], overall["sum"]) == (level, mean, str(550 - 10 * worst))


def test_nothing_answered_is_urgent_nowhere_and_open_everywhere(answers: Any) -> None:
    found = answers({})
    assert found["indicators"] == {}
    assert found["overall"] == {"sum": "0", "count": 55, "mean": None, "low": "0.09", "high": "10.00", "level": None}


def test_an_area_of_one_indicator_that_scores_0_is_urgent(answers: Any) -> None:
    area = answers({"4.34": {"numerator": 0, "denominator": 4}})["dimensions"]["4"]["areas"]["10"]
    assert area == {"sum": "0", "count": 1, "mean": "0.00", "low": "0.00", "high": "0.00", "level": "urgent"}


def test_dimension_1_is_answered_with_met_and_shortfall(answers: Any) -> None:
    found = answers({"1.2": {"count": 0}, "1.15": {"count": 20}, "1.31": {"spent": "90", "allocated": "100"}})
    assert found["indicators"]["1.2"] == {
        "met": False,
        "shortfall": "1",
        "explanation": "มี 0 ห้อง · เกณฑ์ อย่างน้อย 1 ห้อง → ไม่ผ่านเกณฑ์ ขาด 1 ห้อง",
    }
    within = found["indicators"]["1.15"]
    assert (within["met"], within["shortfall"], within["position"]) == (True, "0", "within")
    waiting = found["indicators"]["1.31"]
    assert (waiting["met"], waiting["shortfall"], waiting["pending"]) == (None, None, "target")
    assert "1" not in found["dimensions"]


def test_the_target_of_the_year_decides_1_31(answers: Any) -> None:
    found = answers({"1.31": {"spent": "90", "allocated": "100"}}, "--target", "93.5")["indicators"]["1.31"]
    assert (found["met"], found["shortfall"]) == (False, "3.5")


def test_a_refused_answer_stands_in_its_place_and_the_rest_is_scored(refused: Any) -> None:
    found = refused({"2.1": {"count": -5}, "2.3": {"count": 12}, "7.7": {"count": 1}, "2.4": None})
    assert found["indicators"]["2.1"] == {"error": "“จำนวนรูปแบบการสื่อสารภายในสำนักงานในรอบปี” ต้องเป็น 0 ขึ้นไป (ที่กรอกคือ -5)"}
    assert found["indicators"]["2.3"]["score"] == "10"
    assert found["indicators"]["7.7"] == {"error": "ไม่มีตัวชี้วัดรหัส 7.7 ในมาตรฐานฉบับนี้"}
    assert found["indicators"]["2.4"] == {"error": 'คำตอบต้องเป็นกลุ่มของชื่อช่องกับค่า เช่น {"count": 5}'}
    assert found["dimensions"]["2"]["sum"] == "10"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ({"count": 5.5}, "จำนวนเต็ม"),
        ({"count": 5.0}, "จำนวนเต็ม"),
        ({"count": "5"}, "ตัวเลข"),
        ({"count": True}, "ตัวเลข"),
        ({}, "กรอก"),
        ({"count": 5, "colour": 1}, "colour"),
        ({"no_case": True}, "ไม่มีกรณีในรอบปี"),
        ([5], "คำตอบ"),
        (5, "คำตอบ"),
    ],
)
def test_each_refusal_is_a_sentence(refused: Any, answer: Any, word: str) -> None:
    error = refused({"2.1": answer})["indicators"]["2.1"]["error"]
    assert word in error
    assert "\n" not in error


def test_a_code_that_cannot_be_written_does_not_cost_the_others(refused: Any) -> None:
    found = refused({"\ud800": {"count": 1}, "2.1": {"count": 5}})
    assert found["indicators"]["2.1"]["score"] == "10"
    assert len(found["indicators"]) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"2.1": {"count": 5}', "broken JSON: "),
        ("", "broken JSON: "),
        ('{"2.1": {"count": NaN}}', "broken JSON: NaN is not a number"),
        ('{"2.1": {"count": Infinity}}', "broken JSON: Infinity is not a number"),
        ('{"2.1": {"count": 5}, "2.1": {"count": 6}}', "broken JSON: '2.1' stands twice"),
        ('{"2.1": {"count": 5, "count": 6}}', "broken JSON: 'count' stands twice"),
        ('[{"count": 5}]', "the answers must be one JSON object"),
        ("5", "the answers must be one JSON object"),
        ("null", "the answers must be one JSON object"),
        ('{"2.1": ' + "[" * 100_000, "broken JSON: "),
    ],
)
def test_broken_input_is_one_clear_line_and_status_2(answers: Any, text: str, told: str) -> None:
    with pytest.raises(CommandError) as error:
        answers(text)
    assert error.value.returncode == 2
    assert str(error.value).startswith(told)
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_read_is_status_2(tmp_path: Path, db: None) -> None:
    (tmp_path / "latin").write_bytes(b'{"2.1": "\xff"}')
    for path in (tmp_path / "none.json", tmp_path, tmp_path / "latin"):
        with pytest.raises(CommandError, match="cannot read") as error:
            run(path)
        assert error.value.returncode == 2


def test_a_byte_order_mark_does_not_matter(answers: Any) -> None:
    assert answers('\ufeff{"2.1": {"count": 5}}')["indicators"]["2.1"]["score"] == "10"


def test_an_edition_that_is_not_there_is_status_2(answers: Any) -> None:
    with pytest.raises(CommandError, match="edition 2570 is not loaded") as error:
        answers({}, "--edition", "2570")
    assert error.value.returncode == 2


@pytest.mark.parametrize("target", ["abc", "NaN", "-1", "100.01", "Infinity"])
def test_a_target_that_is_no_percentage_is_refused(answers: Any, target: str) -> None:
    with pytest.raises(CommandError, match="target"):
        answers({}, f"--target={target}")


def test_the_edition_may_be_named(answers: Any, edition: Edition) -> None:
    assert answers({}, "--edition", str(edition.year))["edition"] == "2563"


def test_a_draft_is_scored_while_nothing_is_published(unpublished: Edition, answers: Any) -> None:
    with pytest.raises(Edition.DoesNotExist):
        editions.current()
    assert answers({"2.1": {"count": 5}})["indicators"]["2.1"]["score"] == "10"


def test_a_newer_draft_is_not_scored_unasked(edition: Edition, answers: Any) -> None:
    Edition.objects.create(year=2600, title="ฉบับร่าง", printed_year=2600)
    assert answers({})["edition"] == "2563"


def test_every_scored_indicator_has_its_own_best_answer() -> None:
    assert sorted(best()) == sorted(
        code for code in {*COUNTS, *PERCENTS, *CHOICES, "2.8", "4.12", "4.29"} if rule(code)
    )


def test_the_command_itself_from_file_and_standard_input(tmp_path: Path) -> None:
    """The real command in a process of its own: where its words go, and its exit status."""
    environment = os.environ | {"DATA_DIR": str(tmp_path / "data")}
    environment.pop("DATABASE_URL", None)

    def manage(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-X", "utf8", "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    early = manage("score", text="{}")
    assert (early.returncode, early.stdout, early.stderr.count("\n")) == (2, "", 1)
    assert "manage.py migrate" in early.stderr
    assert manage("migrate", "-v", "0").returncode == 0
    assert manage("load_standard", "-v", "0").returncode == 0

    good = manage("score", text='{"2.1": {"count": 5}}')
    assert (good.returncode, good.stderr) == (0, "")
    assert json.loads(good.stdout)["indicators"]["2.1"]["score"] == "10"

    file = tmp_path / "answers.json"
    file.write_text('{"2.1": {"count": -1}, "2.3": {"count": 12}}', encoding="utf-8")
    bad = manage("score", str(file))
    assert (bad.returncode, bad.stderr) == (1, "")
    assert json.loads(bad.stdout)["indicators"]["2.3"]["score"] == "10"

    broken = manage("score", text='{"2.1": ')
    assert (broken.returncode, broken.stdout, broken.stderr.count("\n")) == (2, "", 1)
    assert "broken JSON" in broken.stderr
