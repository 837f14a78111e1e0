"""The form as a PDF: the only module that renders with WeasyPrint. Imported by the task and the command, not by a view.

One rendering is enough, because `pdf_pages` knows every height before it; what was laid out is compared with what was
reckoned, and only a difference costs a second rendering.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import fontpkg_sarabun
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from assessments.exports import pdf_pages
from assessments.exports.pdf_lines import LineBreaker
from assessments.exports.pdf_pages import LINE, Lines, Page, paginate
from assessments.exports.pdf_text import thai_text
from assessments.report import Form

FONT_SIZE = 9
FONTS = {
    weight: Path(fontpkg_sarabun.__file__).parent / "files" / f"Sarabun-{name}.ttf"
    for weight, name in ((400, "Regular"), (700, "Bold"))
}
MOST_RENDERINGS = 3

logger = logging.getLogger("pmj.forms")
Step = Callable[[str], None]


class PdfFailed(Exception):
    """No sound PDF came out; the message says why."""


@dataclass(frozen=True, slots=True)
class Pdf:
    content: bytes
    pages: int


class OurFontsOnly(URLFetcher):
    """Refuses every address but those of the form's own two fonts: no text can make the form read a file or the net."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["file"], allow_redirects=False)
        self._allowed = {path.as_uri(): path for path in FONTS.values()}

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        path = self._allowed.get(url)
        if path is None:
            logger.warning("refused to fetch %r for a form", url[:200])
            raise ValueError("only the form's own fonts are read")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})


def font_faces() -> str:
    return "".join(
        f'@font-face{{font-family:"Form";font-weight:{weight};src:url("{path.as_uri()}")}}'
        for weight, path in FONTS.items()
    )


@lru_cache(maxsize=1)
def _fonts() -> FontConfiguration:
    """The form's fonts, loaded once for each process."""
    fonts = FontConfiguration()
    CSS(string=font_faces(), font_config=fonts, url_fetcher=OurFontsOnly())
    return fonts


@lru_cache(maxsize=2)
def _breaker(weight: int) -> LineBreaker:
    return LineBreaker(_fonts().font_map, family="Form", size=FONT_SIZE, weight=weight)


def _measure(text: str, width: float, *, bold: bool = False) -> Lines:
    return _breaker(700 if bold else 400).lines(text, width)


def html_of(form: Form) -> str:
    """The form as a page of HTML with its pages and lines already broken."""
    return _html(form, paginate(form, _measure))


def _html(form: Form, pages: tuple[Page, ...]) -> str:
    html = render_to_string("forms/pdf.html", {"form": form, "pages": pages, "nl": "\n"})
    # Our own style sheet; the office's name and the reference stand in it as CSS strings, without a < of their own.
    return html.replace("<style></style>", f"<style>{_css(form, len(pages))}</style>", 1)


def render(html: str) -> bytes:
    """One pass of WeasyPrint, with our fonts, our fetcher and Thai text that can be read back."""
    return write(laid_out(html))


def make_pdf(form: Form, on_step: Step = lambda step: None) -> Pdf:
    """The form as a PDF; raises PdfFailed. `on_step` hears how far it is: "layout", "5/17" pages, "writing"."""
    on_step("layout")
    for attempt in range(MOST_RENDERINGS):
        pages = paginate(form, _measure, tighter=attempt * 2 * LINE)
        html = _html(form, pages)
        with _progress(on_step, len(pages)):
            document = laid_out(html)
        if _as_reckoned(document, pages):
            on_step("writing")
            return Pdf(write(document), len(pages))
        logger.warning("a form's pages came out otherwise than reckoned, attempt %d", attempt + 1)
    raise PdfFailed("the pages of the form could not be filled as reckoned")


def laid_out(html: str) -> Any:
    return HTML(string=html, url_fetcher=OurFontsOnly()).render(font_config=_fonts())


def write(document: Any) -> bytes:
    with thai_text():
        written: bytes = document.write_pdf()
    return written


def _as_reckoned(document: Any, pages: tuple[Page, ...]) -> bool:
    """Whether every page holds exactly its own rows."""
    if len(document.pages) != len(pages):
        return False
    return all(
        set(laid_out.anchors) == {row.anchor for row in page.rows}
        for laid_out, page in zip(document.pages, pages, strict=True)
    )


class _progress(logging.Handler):  # noqa: N801 - used as a context
    """Hears WeasyPrint's progress log: one record for each page."""

    def __init__(self, on_step: Step, pages: int) -> None:
        super().__init__()
        self.on_step, self.pages, self.page = on_step, pages, 0
        self.logger = logging.getLogger("weasyprint.progress")

    def __enter__(self) -> None:
        self.level_before, self.passed_on = self.logger.level, self.logger.propagate
        self.logger.setLevel(logging.INFO)
        self.logger.propagate = False
        self.logger.addHandler(self)

    def __exit__(self, *_: object) -> None:
        self.logger.removeHandler(self)
        self.logger.setLevel(self.level_before)
        self.logger.propagate = self.passed_on

    def emit(self, record: logging.LogRecord) -> None:
        if "Page" in record.msg:
            self.page = min(self.page + 1, self.pages)
            self.on_step(f"{self.page}/{self.pages}")


def _css(form: Form, pages: int) -> str:
    widths = sorted({*pdf_pages.SCORED_WIDTHS, *pdf_pages.NOT_SCORED_WIDTHS})
    who = f"ปีงบประมาณ พ.ศ. {form.year}" if form.is_blank else f"{form.office} · ปีงบประมาณ พ.ศ. {form.year}"
    mark = f"{form.mark_text} · เลขที่ {form.reference}" if form.reference else form.mark_text
    small = "font:400 8.5pt/12pt Form;color:#333"
    blank_height = pdf_pages.BLANK_LINES * LINE
    return f"""{font_faces()}
@page{{size:841.9pt 595.3pt;margin:40pt 34.7pt 36pt;
@top-left{{{small};content:{css_string(who)};vertical-align:bottom;padding-bottom:6pt}}
@top-right{{{small};font-weight:700;content:{css_string(mark)};vertical-align:bottom;padding-bottom:6pt}}
@bottom-left{{{small};content:{css_string(f"มาตรฐาน พ.ศ. {form.edition}")};vertical-align:top;padding-top:6pt}}
@bottom-right{{{small};content:"หน้า " counter(page) "/{pages}";vertical-align:top;padding-top:6pt}}}}
html{{font:400 {FONT_SIZE}pt/{LINE}pt Form;color:#000}}
body,h1,h2,p{{margin:0;padding:0}}
.next{{break-before:page}}
h1{{font:700 12pt/18pt Form;text-align:center;white-space:nowrap;height:40pt}}
.day{{font:400 11pt/18pt Form;text-align:center;height:{pdf_pages.TITLE_HEIGHT - 40}pt}}
h2{{font:700 10.5pt/18pt Form;white-space:nowrap;height:{pdf_pages.HEADING_HEIGHT}pt}}
table{{table-layout:fixed;width:772.5pt;border-collapse:separate;border-spacing:0;
border:0 solid #000;border-width:{pdf_pages.BORDER}pt 0 0 {pdf_pages.BORDER}pt}}
td,th{{padding:{pdf_pages.PAD_Y}pt {pdf_pages.PAD_X}pt;border:0 solid #000;
border-width:0 {pdf_pages.BORDER}pt {pdf_pages.BORDER}pt 0;vertical-align:top;text-align:left;white-space:pre}}
th{{font-weight:700;text-align:center;vertical-align:middle;background:#eef0f4}}
.n{{text-align:center}}
.blank td{{height:{blank_height}pt}}
.total td{{font-weight:700}}
.proof{{position:relative;height:{pdf_pages.PROOF_SIDE}pt;margin-top:{pdf_pages.PROOF_HEIGHT - pdf_pages.PROOF_SIDE}pt;
padding-left:{pdf_pages.PROOF_SIDE + 8}pt}}
.proof svg{{position:absolute;left:0;top:0;width:{pdf_pages.PROOF_SIDE}pt;height:{pdf_pages.PROOF_SIDE}pt}}
.proof p{{white-space:nowrap;padding-top:3pt}}
.proof .first{{font-weight:700;padding-top:10pt}}
.over{{border-bottom:{pdf_pages.BORDER}pt solid #000}}
.watermark{{position:fixed;z-index:-1;top:130pt;left:0;width:772pt;text-align:center;
font:700 190pt/200pt Form;color:#efeff3;transform:rotate(-24deg)}}
{"".join(f".w{width:.0f}{{width:{width}pt}}" for width in widths)}"""


def css_string(text: str) -> str:
    """A text as a CSS string that cannot end early."""
    safe = "".join(c if c.isalnum() or c in " .·-()" or "\u0e00" <= c <= "\u0e7f" else f"\\{ord(c):x} " for c in text)
    return f'"{safe}"'
