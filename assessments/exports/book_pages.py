"""The book of the year as a file: a title with its table of contents, then every office's form, as they were made.

The forms are joined as they are: nothing in them is drawn again. pikepdf reads each from its file only as it is
written, so a book of 76 forms takes little more memory than one of three.
"""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from django.template.loader import render_to_string

from assessments.exports import pdf

# Sizes in points, A4 lying; the book's own page number stands below the form's own footer.
WIDTH, HEIGHT, NUMBER_BASE, NUMBER_SIZE = 841.9, 595.3, 12, 9
MOST_RENDERINGS = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One office's form in the book: its lines in the contents, how many pages it has, and where its PDF is."""

    name: str
    mark: str
    level: str
    mean: str
    pages: int
    path: Path


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table of contents; `page` is the book's."""

    number: int
    name: str
    mark: str
    level: str
    mean: str
    page: int


def contents_html(year: int, day: str, edition: int, lines: Sequence[Line]) -> str:
    context = {"year": year, "day": day, "edition": edition, "lines": lines}
    return render_to_string("books/contents.html", context).replace(
        "<style></style>", f"<style>{_css(year)}</style>", 1
    )


def write_book(
    target: Path, *, year: int, day: str, edition: int, parts: Sequence[Part], on_step: Callable[[], object]
) -> int:
    """Write the book and give its number of pages. `on_step` is called after each form."""
    front, lines = _front(year, day, edition, parts)
    with pikepdf.Pdf.new() as book:
        with pikepdf.open(io.BytesIO(front)) as pages:
            book.pages.extend(pages.pages)
        for part in parts:
            with pikepdf.open(part.path) as form:
                book.pages.extend(form.pages)
            on_step()
        _number(book)
        _link(book, lines)
        with book.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(line.name, line.page - 1) for line in lines)
        with book.open_metadata() as described:
            described["dc:title"] = f"แบบประเมินมาตรฐานการปฏิบัติหน้าที่ ปีงบประมาณ พ.ศ. {year}"
            described["dc:language"] = ["th"]
        book.Root.Lang = pikepdf.String("th")
        book.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return len(book.pages)


def write_archive(target: Path, *, year: int, parts: Sequence[Part]) -> None:
    """The forms as single files. PDF is packed already, so the ZIP only holds them together."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for number, part in enumerate(parts, start=1):
            packed.write(part.path, f"{number:02d} {part.name} {year}.pdf")


def _front(year: int, day: str, edition: int, parts: Sequence[Part]) -> tuple[bytes, list[Line]]:
    """Title and contents, which count their own pages: rendered again until the numbers in them are right."""
    pages = 1
    for _attempt in range(MOST_RENDERINGS):
        lines = _lines(parts, first=pages + 1)
        content = pdf.render(contents_html(year, day, edition, lines))
        with pikepdf.open(io.BytesIO(content)) as made:
            found = len(made.pages)
        if found == pages:
            return content, lines
        pages = found
    raise pdf.PdfFailed("the table of contents does not come to rest")


def _lines(parts: Sequence[Part], *, first: int) -> list[Line]:
    lines = []
    for number, part in enumerate(parts, start=1):
        lines.append(Line(number, part.name, part.mark, part.level, part.mean, first))
        first += part.pages
    return lines


def _number(book: pikepdf.Pdf) -> None:
    """Number the pages through, in a font that every reader has: figures alone."""
    font = book.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for number, page in enumerate(book.pages, start=1):
        name = page.add_resource(font, pikepdf.Name.Font)
        text = f"- {number} -"
        # Half the width of the figures of Helvetica, 0.556 of their size, and of the two dashes with their spaces.
        left = (float(page.mediabox[2]) - (len(str(number)) * 0.556 + 1.222) * NUMBER_SIZE) / 2
        words = f"Q q BT {name} {NUMBER_SIZE} Tf {left:.1f} {NUMBER_BASE} Td ({text}) Tj ET Q"
        # A page draws in units of its own, which must not hold for the number.
        page.contents_add(b"q", prepend=True)
        page.contents_add(words.encode("ascii"), prepend=False)


def _link(book: pikepdf.Pdf, lines: Sequence[Line]) -> None:
    """Each line of the contents leads to its form. What WeasyPrint wrote is a link to "book:3", since the third form
    was not there yet."""
    of = {f"book:{line.number}": line.page for line in lines}
    for page in book.pages[: lines[0].page - 1] if lines else ():
        for note in page.get("/Annots", ()):
            leads = of.get(str(note.A.URI)) if "/A" in note and "/URI" in note.A else None
            if leads:
                del note["/A"]
                note["/Dest"] = pikepdf.make_page_destination(book, leads - 1)


def _css(year: int) -> str:
    small = "font:400 8.5pt/12pt Form;color:#333"
    return f"""{pdf.font_faces()}
@page{{size:{WIDTH}pt {HEIGHT}pt;margin:48pt 60pt 40pt;
@top-left{{{small};content:{pdf.css_string(f"ปีงบประมาณ พ.ศ. {year}")};vertical-align:bottom;padding-bottom:6pt}}}}
html{{font:400 10pt/16pt Form;color:#000}}
body,h1,h2,p{{margin:0;padding:0}}
h1{{font:700 17pt/26pt Form;text-align:center;padding-top:8pt}}
h2{{font:700 12pt/20pt Form;margin:10pt 0 4pt}}
.under{{font:400 11pt/18pt Form;text-align:center}}
table{{width:100%;border-collapse:collapse}}
thead{{display:table-header-group}}
tr{{break-inside:avoid}}
th,td{{text-align:left;padding:2pt 6pt;border-bottom:.5pt solid #999;vertical-align:top}}
th{{font-weight:700;border-bottom:1pt solid #000}}
.n{{text-align:right}}
a{{color:#000;text-decoration:none}}"""
