"""What the house asks of every file: sizes, and shortcuts that nobody takes."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.conf import settings

from assessments import workflow

ROOT: Path = settings.BASE_DIR
OURS = ("indicators", "assessments", "pmj_standards", "script", "tests")
PYTHON = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts)
PRODUCT = [path for path in PYTHON if path.relative_to(ROOT).parts[0] not in ("tests", "script")]
TEMPLATES = sorted((ROOT / "templates").rglob("*"))
TEMPLATES = [path for path in TEMPLATES if path.is_file()]
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
STATIC = sorted(path for path in (ROOT / "static").rglob("*") if path.suffix in (".js", ".css"))

# What WeasyPrint gets carries its own style sheet; no browser ever reads these documents.
PRINTED = ("forms/pdf.html", "books/contents.html", "memo/pdf.html")


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def found(pattern: str, paths: list[Path]) -> list[str]:
    """The places where a pattern stands, as file:line."""
    places = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line):
                places.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    return places


def test_no_python_file_is_over_500_lines() -> None:
    assert names([path for path in PYTHON if lines(path) > 500]) == []


def test_no_template_is_over_150_lines() -> None:
    assert names([path for path in TEMPLATES if lines(path) > 150]) == []


def test_no_template_or_code_turns_escaping_off() -> None:
    shortcuts = r"\|\s*safe\b|safeseq|mark_safe|SafeString|html_safe"
    assert found(shortcuts, TEMPLATES + PRODUCT) == []
    # A mail's plain text is no HTML: escaped quotes would reach its reader as &quot;.
    pages = [path for path in TEMPLATES if path.suffix != ".txt"]
    assert found("autoescape off", pages + PRODUCT) == []


def test_the_search_for_shortcuts_finds_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_conventions.ROOT", tmp_path)
    page = tmp_path / "page.html"
    page.write_text("<p>\n{{ text|safe }}\n</p>")
    assert found(r"\|\s*safe\b", [page]) == ["page.html:2: {{ text|safe }}"]


def test_nothing_is_exempt_from_the_csrf_check() -> None:
    assert found(r"csrf_exempt", PRODUCT) == []


def test_no_form_takes_all_fields_of_a_model() -> None:
    assert found(r"""fields\s*=\s*["']__all__["']|^\s*exclude\s*[:=]""", PRODUCT) == []


def test_no_page_has_inline_style_or_script() -> None:
    pages = [path for path in PAGES if not str(path.relative_to(ROOT / "templates")).startswith(PRINTED)]
    assert found(r"""\sstyle=|<style|<script(?![^>]*\bsrc=)|\son[a-z]+=|hx-on|javascript:""", pages) == []


def test_nothing_is_loaded_from_another_host() -> None:
    away = r"""(?:src|href|action)=["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import|\bimport\(|from ["']https?:"""
    assert found(away, PAGES + STATIC) == []


def test_no_field_is_required_by_the_browser() -> None:
    assert found(r"<(?:input|select|textarea)[^>]*\srequired\b|type=\"(?:number|date)\"", PAGES) == []


def test_status_changes_only_where_moves_are_made() -> None:
    writes = r"update\([^)]*\bstatus=|\.status\s*=\s"
    places = [place for place in found(writes, PRODUCT) if "assessment" in place]
    # 0013 only gives states their new names, where the table's own words changed.
    allowed = ("assessments/services/states.py", "assessments/demo/", "assessments/migrations/0013")
    assert [place for place in places if not place.startswith(allowed)] == []


def test_a_view_holds_no_query() -> None:
    views = [path for path in PRODUCT if "views" in path.parts or path.name == "views.py"]
    assert found(r"\.objects\.|\.filter\(|\.save\(|\.delete\(\)", views) == []


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def test_a_view_is_at_most_40_lines() -> None:
    views = [path for path in PRODUCT if "views" in path.parts or path.name == "views.py"]
    long = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in views
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert long == []


def all_forms(kind: type) -> Iterator[type]:
    child: type
    for child in kind.__subclasses__():
        yield child
        yield from all_forms(child)


def test_every_form_posts_far_fewer_fields_than_the_server_takes() -> None:
    import pmj_standards.urls  # noqa: F401 - every view, and with it every form, is imported

    ours = [form for form in all_forms(forms.Form) if form.__module__.startswith(("assessments", "indicators"))]
    assert ours
    assert [form.__name__ for form in ours if len(getattr(form, "base_fields", ())) >= 500] == []
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS == 500


def test_top_level_is_the_one_that_was_agreed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not tracked:
        pytest.skip("not a clone: nothing says which files belong to the tree")
    top = {name.split("/")[0] for name in tracked}
    agreed = {"manage.py", "pmj_standards", "assessments", "indicators", "templates", "static", "fixtures", "tests"}
    agreed |= {"pyproject.toml", "README.md", "requirements.lock", "requirements-dev.lock", "script"}
    agreed |= {"docs", "SECURITY.md"}
    assert {name for name in top if not name.startswith(".")} <= agreed


def test_the_readme_shows_the_table_of_moves() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```mermaid\n(.*?)\n```", readme, re.DOTALL)
    assert shown is not None
    assert shown[1] == workflow.diagram()
