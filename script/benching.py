"""Measures a running product over 127.0.0.1 with one client, keep-alive, and prints a table (`script/bench`).

Bare is the cost that no code of ours could go below: for a page the statements that it runs, sent to SQLite alone;
for a form the same cells through openpyxl, or the same HTML through WeasyPrint, alone.

A shared machine is not always equally fast. Before each line the same piece of pure Python is timed (`yardstick`);
the last column says how much slower the machine was then than at the fastest moment of the run.
"""

import http.client
import io
import os
import re
import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from script.serving import HOST, Server, copy_data, free_port

WARM_UP = 10
OFFICE = "TH-50"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table; times in milliseconds."""

    name: str
    p50: float
    p95: float
    target: str
    bare: float
    queries: int | None = None
    slower: float = 1.0

    def __str__(self) -> str:
        queries = "" if self.queries is None else str(self.queries)
        ratio = f"{self.p50 / self.bare:.2f}" if self.bare else ""
        figures = f"{self.p50:>9.1f} {self.p95:>9.1f}  {self.target:<24}{self.bare:>9.1f} {ratio:>7} {queries:>8}"
        return f"{self.name:<38}{figures} {self.slower:>8.2f}"


HEAD = f"{'milliseconds':<38}{'p50':>9} {'p95':>9}  {'target':<24}{'bare':>9} {'ratio':>7} {'queries':>8} {'slower':>8}"


def timed(act: Callable[[], object], times: int) -> list[float]:
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        act()
        found.append((time.perf_counter() - begin) * 1000)
    return found


def yardstick() -> float:
    """Milliseconds of a fixed piece of work: the machine's speed just now."""

    def work() -> None:
        words: dict[str, list[int]] = {}
        for number in range(20_000):
            words.setdefault(str(number % 997), []).append(number)

    return statistics.median(timed(work, 15))


def p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


class Client:
    """A signed-in person's browser, without the browser: one connection that stays open."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=120)
        self.token = secrets.token_hex(16)
        self.cookie = f"{session}; csrftoken={self.token}"

    def get(self, path: str, *, htmx: bool = False) -> tuple[int, bytes, str]:
        return self._ask("GET", path, None, {"HX-Request": "true"} if htmx else {})

    def post(self, path: str, fields: dict[str, str], *, htmx: bool = True) -> tuple[int, bytes, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.token}
        return self._ask("POST", path, urlencode(fields), headers | ({"HX-Request": "true"} if htmx else {}))

    def upload(self, path: str, book: bytes) -> tuple[int, bytes, str]:
        """Send a workbook as a browser's form does."""
        edge = secrets.token_hex(16)
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="book.xlsx"\r\n\r\n'
        body = head.encode() + book + f"\r\n--{edge}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "X-CSRFToken": self.token}
        return self._ask("POST", path, body, headers)

    def _ask(self, method: str, path: str, body: str | bytes | None, headers: dict[str, str]) -> tuple[int, bytes, str]:
        headers = {"Cookie": self.cookie, **headers}
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server closes a connection that rested while something else was measured.
            self.connection.close()
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        return response.status, response.read(), response.headers.get("Location", "")


class Bench:
    def __init__(self, data_dir: Path, port: int, repetitions: int) -> None:
        import django

        django.setup()
        from assessments.models import Assessment, Round, User
        from assessments.workflow import Role

        self.data_dir, self.port, self.repetitions = data_dir, port, repetitions
        self.round = Round.objects.latest("year")
        whole = Assessment.objects.whole()
        self.open = whole.get(round=self.round, province__iso=OFFICE)
        self.done = whole.get(round__year=self.round.year - 1, province__iso=OFFICE)
        self.editor = User.objects.get(province__iso=OFFICE, role=Role.OFFICE_EDITOR)
        self.reviewer = User.objects.filter(role=Role.REVIEWER).first()
        self.office, self.centre = self.client(self.editor), self.client(self.reviewer)

    def client(self, user: Any) -> Client:
        return Client(self.port, self.session(user).cookies.output(attrs=[], header="").strip())

    def session(self, user: Any) -> Any:
        from django.test import Client as TestClient

        client = TestClient(SERVER_NAME=HOST)
        client.force_login(user)
        return client

    def statements(self, user: Any, act: Callable[[Any], Any]) -> list[str]:
        """The SQL of one request, as run in this process on the same data."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client = self.session(user)
        act(client)
        with CaptureQueriesContext(connection) as captured:
            response = act(client)
        assert response.status_code == 200, response.status_code
        return [query["sql"] for query in captured.captured_queries]

    def bare_sql(self, statements: list[str]) -> float:
        """The median of the statements alone, with the connection's own settings."""
        from django.conf import settings

        database = sqlite3.connect(self.data_dir / "db.sqlite3", isolation_level=None, timeout=20)
        for pragma in settings.DATABASES["default"]["OPTIONS"]["init_command"].split(";"):
            database.execute(pragma)

        def run() -> None:
            for text in statements:
                database.execute(text).fetchall()

        return statistics.median(timed(run, 50))

    # --- pages -------------------------------------------------------------------------------------

    def page(self, name: str, client: Client, user: Any, path: str, target: str) -> Line:
        def ask() -> None:
            status, _body, _location = client.get(path)
            assert status == 200, (path, status)

        timed(ask, WARM_UP)
        found = timed(ask, self.repetitions)
        statements = self.statements(user, lambda test_client: test_client.get(path))
        return Line(name, statistics.median(found), p95(found), target, self.bare_sql(statements), len(statements))

    def saving(self) -> Line:
        """One answer, each time with another number, so that each save writes."""
        path = f"/assessments/{self.open.pk}/indicators/2.1/"
        version = self.version_in(self.office.get(path)[1])
        number = 1

        def fields() -> dict[str, str]:
            nonlocal number
            number = number % 900 + 1
            return {"version": str(version), "count": str(number), "performance": "จัดทำแผนครบถ้วน"}

        def save() -> None:
            nonlocal version
            status, body, _location = self.office.post(f"{path}save/", fields())
            assert status == 200, (status, body[:300].decode())
            version = self.version_in(body)

        timed(save, WARM_UP)
        found = timed(save, self.repetitions)
        headers = {"HTTP_HX_REQUEST": "true"}

        def in_process(client: Any) -> Any:
            nonlocal version
            response = client.post(f"{path}save/", fields(), **headers)
            version = self.version_in(response.content)
            return response

        statements = self.statements(self.editor, in_process)
        # A row of history can be inserted once; the rest can be run again and again.
        bare = self.bare_sql([text for text in statements if not text.startswith("INSERT")])
        return Line("saving one answer", statistics.median(found), p95(found), "15, p95 40", bare, len(statements))

    @staticmethod
    def version_in(body: bytes) -> int:
        found = re.search(rb'name="version" value="(\d+)"', body)
        assert found is not None, body[:500]
        return int(found[1])

    # --- the official form -------------------------------------------------------------------------

    def excel(self) -> Line:
        from openpyxl import Workbook, load_workbook

        path = f"/assessments/{self.done.pk}/form.xlsx"

        def ask() -> bytes:
            status, body, _location = self.office.get(path)
            assert status == 200, status
            return body

        book = load_workbook(io.BytesIO(ask()))
        cells = [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets]

        def bare() -> None:
            plain = Workbook()
            for rows in cells:
                sheet = plain.create_sheet()
                for row in rows:
                    sheet.append(row)
            plain.save(io.BytesIO())

        found = timed(ask, 20)
        alone = statistics.median(timed(bare, 10))
        statements = self.statements(self.editor, lambda client: client.get(path))
        name = "the form as Excel"
        return Line(name, statistics.median(found), p95(found), "250", alone, len(statements))

    def national_workbook(self) -> Line:
        """The whole country of a year: 76 offices with their 86 answers."""
        path = f"/country/{self.done.round.year}/results.xlsx"

        def ask() -> None:
            status, body, _location = self.centre.get(path)
            assert status == 200, status
            assert body.startswith(b"PK"), body[:80]

        found = timed(ask, 10)
        statements = self.statements(self.reviewer, lambda client: client.get(path))
        name = "the national workbook, 76 x 86"
        return Line(name, statistics.median(found), p95(found), "2500", 0.0, len(statements))

    def workbook(self) -> list[Line]:
        """The office's workbook: made; and uploaded, read, kept and shown with its differences (two requests)."""
        from openpyxl import load_workbook

        path = f"/assessments/{self.open.pk}/workbook.xlsx"

        def out() -> bytes:
            status, body, _location = self.office.get(path)
            assert status == 200, status
            return body

        book = out()

        def bring_back() -> None:
            status, body, location = self.office.upload(f"/assessments/{self.open.pk}/workbook/upload/", book)
            assert status == 302, (status, body[:300].decode())
            status, _body, _location = self.office.get(location)
            assert status == 200, status

        def bare() -> None:
            read = load_workbook(io.BytesIO(book), read_only=True)
            for sheet in read.worksheets:
                for _row in sheet.iter_rows(values_only=True):
                    pass
            read.close()

        made, back = timed(out, 20), timed(bring_back, 20)
        alone = statistics.median(timed(bare, 10))
        statements = self.statements(self.editor, lambda client: client.get(path))
        return [
            Line("the office's workbook, out", statistics.median(made), p95(made), "500", 0.0, len(statements)),
            Line("  back in: read and compared", statistics.median(back), p95(back), "1000", alone),
        ]

    def pdf(self, passes: int = 5) -> list[Line]:
        """Making the form, from the request until the worker has it ready; and asking again for the same content."""
        from assessments import report
        from assessments.exports import pdf
        from assessments.models import FormFile

        form = report.form_of(self.done)
        html = pdf.html_of(form)
        pdf.render(html)
        alone = statistics.median(timed(lambda: pdf.render(html), passes))
        inside = timed(lambda: pdf.make_pdf(form), passes)
        path = f"/assessments/{self.done.pk}/form.pdf"

        def make() -> None:
            FormFile.objects.all().delete()
            self.office.post(path, {}, htmx=False)
            while not FormFile.objects.filter(state=FormFile.State.READY).exists():
                time.sleep(0.02)

        made = timed(make, passes)

        def again() -> None:
            status, body, _location = self.office.get(path)
            assert status == 200, status
            assert body.startswith(b"%PDF"), body[:80]

        found = timed(again, 40)
        return [
            Line("the form as PDF, in one process", statistics.median(inside), p95(inside), "1.3 times bare", alone),
            Line("  from asking to ready, by the worker", statistics.median(made), p95(made), "", alone),
            Line("  unchanged content", statistics.median(found), p95(found), "50", 0.0),
        ]

    # --- advice from the rules -----------------------------------------------------------------------

    def advice(self) -> Iterator[Line]:
        """Pure work of this process: every step of 55 answers, and the cheapest plan of the whole to the top level."""
        from indicators import editions, planning
        from indicators.insight import next_steps
        from indicators.rules import Rule
        from indicators.scoring import LEVELS

        standard = editions.standard_of(self.done.round.edition)
        answers = {answer.indicator_id: answer for answer in self.done.answers.all()}
        rules = {node: node.rule for node in standard.scored if isinstance(node.rule, Rule)}
        found = [(rule, inputs) for node, rule in rules.items() if (inputs := answers[node.pk].inputs) is not None]

        def steps() -> None:
            for rule, inputs in found:
                next_steps(rule, inputs)

        insight = timed(steps, 100)
        yield Line("insight for 55 answers", statistics.median(insight), p95(insight), "20", 0.0)
        # The hardest case: nothing is answered, so every indicator offers all its rows.
        parts = [planning.part_of(node.code, rule, inputs=None, score=None) for node, rule in rules.items()]
        plan = timed(lambda: planning.propose(parts, LEVELS[0]), 100)
        yield Line("a plan for 55 indicators", statistics.median(plan), p95(plan), "50", 0.0)

    # --- the evidence locker -------------------------------------------------------------------------

    def packing(self, number: int = 300) -> Line:
        """All evidence as a ZIP, in this process: time to the last byte, and the most memory that it needs."""
        from assessments.exports.locker import archive_of
        from assessments.models import Evidence
        from assessments.queries.evidence import Item

        kept = Evidence.objects.kept().filter(kind="file").select_related("added_by")[:number]
        items = [Item(evidence, ("2.1",)) for evidence in kept]

        def pack() -> None:
            for _piece in archive_of(self.done, items, {"2.1": "-"}):
                pass

        spent = timed(pack, 5)
        tracemalloc.start()
        pack()
        peak = tracemalloc.get_traced_memory()[1] / 1024 / 1024
        tracemalloc.stop()
        name = f"all evidence as a ZIP, {len(items)} files"
        return Line(name, statistics.median(spent), p95(spent), f"(peak {peak:.1f} MB)", 0.0)

    # --- the review ----------------------------------------------------------------------------------

    def review(self) -> Iterator[Line]:
        """Last year's round as it stands before reviewers with all 76 offices submitted: on this copy its results are
        taken back. The queue and the next answer in it, and every flag of the round computed in this process."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from assessments.models import Assessment
        from assessments.services.flagging import flag_round
        from assessments.workflow import Status

        round_ = self.done.round
        Assessment.objects.filter(round=round_).update(status=Status.SUBMITTED)
        computed = timed(lambda: flag_round(round_), 5)
        with CaptureQueriesContext(connection) as captured:
            number = flag_round(round_)
        name = f"all {number} flags of a round"
        yield Line(name, statistics.median(computed), p95(computed), "3000", 0.0, len(captured))
        centre = (self.centre, self.reviewer)
        queue = f"/review/{round_.year}/indicators/2.2/"
        yield self.page("the queue of an indicator, 76 offices", *centre, queue, "150")
        answer = f"/assessments/{self.done.pk}/review/2.2/?by=indicator"
        yield self.page("  the next answer in it", *centre, answer, "30")
        yield self.page("what the review teaches", *centre, f"/review/{round_.year}/learned/", "")

    def lines(self) -> Iterator[Line]:
        pk = self.open.pk
        office = (self.office, self.editor)
        centre = (self.centre, self.reviewer)
        yield self.saving()
        yield self.page("an indicator's page", *office, f"/assessments/{pk}/indicators/2.2/", "30")
        yield self.page("an area on one page", *office, f"/assessments/{pk}/areas/2-1/", "")
        yield self.page("the task list", *office, f"/assessments/{pk}/", "40")
        yield self.page("checking the 86 answers", *office, f"/assessments/{pk}/check/", "")
        yield self.page("the improvement plan", *office, f"/assessments/{pk}/plan/", "")
        yield from self.advice()
        yield self.page("what the handbook expects", *office, f"/assessments/{pk}/evidence/expected/", "")
        yield self.packing()
        yield self.page("the list of 76 offices", *centre, f"/offices/?round={self.round.year}", "60")
        before = self.done.round.year
        yield self.page("the overview of the country", *centre, f"/country/{before}/?value=claimed", "120")
        yield self.page("  the matrix, 76 by 55", *centre, f"/country/{before}/matrix/?value=claimed", "200")
        lacking = f"/country/{self.done.round.year}/resources/"
        yield self.page("what the offices lack, 76 x 33", *centre, lacking, "")
        yield self.national_workbook()
        yield self.page("one assessment for the centre", *centre, f"/offices/{self.done.pk}/", "")
        yield self.excel()
        yield from self.workbook()
        yield from self.pdf()
        yield from self.review()


def main(repetitions: int) -> None:
    source = Path(os.environ["DATA_DIR"])
    with tempfile.TemporaryDirectory(prefix="pmj-bench-") as folder:
        data_dir, port = Path(folder), free_port()
        copy_data(source, data_dir)
        os.environ.update(DATA_DIR=str(data_dir), DJANGO_SETTINGS_MODULE="pmj_standards.settings")
        with Server(port, quiet=True):
            print(
                f"{os.cpu_count()} cores, 2 web workers, one client, {repetitions} requests each\n\n{HEAD}", flush=True
            )
            fastest = yardstick()
            lines = Bench(data_dir, port, repetitions).lines()
            while True:
                now = yardstick()
                fastest = min(fastest, now)
                line = next(lines, None)
                if line is None:
                    break
                now = (now + yardstick()) / 2
                print(replace(line, slower=now / fastest), flush=True)
            print(f"\nThe yardstick took {fastest:.1f} ms at its fastest.")


if __name__ == "__main__":
    main(int(sys.argv[1]))
