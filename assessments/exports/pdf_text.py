"""Thai text that is found and copied right from a PDF: a cure for what WeasyPrint 70 writes beside its (right) picture.

HarfBuzz draws ำ as two glyphs (ํ and า) and moves the first before a tone mark; WeasyPrint keeps one text for each
glyph, that of the whole cluster where the glyph first occurs. So สำนักงาน is read back as สำนักงำน
(github.com/Kozea/WeasyPrint, issue 2841). A mark that is raised above another is written with a text rise, and poppler,
unless asked for the raw order, takes a glyph off the base line for a word of its own: ตัวชี้วัด is read as ตัวชีว ้ ัด.
Two things cure both:

* each glyph of a cluster gets its own character before WeasyPrint gives it the cluster's text;
* a line with a mark or ำ carries its real text as `/ActualText`, which readers take instead of the glyphs.

This wraps private API (`weasyprint.draw.text.draw_first_line`) and is tested with pdftotext and PDFium over all
indicators. Nothing else in the product touches that API.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pydyf
from weasyprint.draw import text as drawing
from weasyprint.text.ffi import ffi, pango

# The vowels above and below, the tone marks and their like, and ำ, which begins with one.
_MARKED = re.compile("[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]")
_SARA_AM = re.compile("([\u0e48-\u0e4b]*)\u0e33")


@contextmanager
def thai_text() -> Iterator[None]:
    """While it lasts, WeasyPrint writes Thai text that can be read back. Not for threads; each PDF has its process."""
    original = drawing.draw_first_line

    def draw_first_line(stream: Any, textbox: Any, text_overflow: Any, block_ellipsis: Any, matrix: Any) -> Any:
        text = textbox.text
        if not text.strip():
            return original(stream, textbox, text_overflow, block_ellipsis, matrix)
        _register_glyphs(stream, textbox)
        if _MARKED.search(text) is None:
            return original(stream, textbox, text_overflow, block_ellipsis, matrix)
        actual = pydyf.Dictionary({"ActualText": f"<feff{text.encode('utf-16-be').hex()}>"})
        stream.begin_marked_content("Span", actual)
        try:
            return original(stream, textbox, text_overflow, block_ellipsis, matrix)
        finally:
            stream.end_marked_content()

    drawing.draw_first_line = draw_first_line
    try:
        yield
    finally:
        drawing.draw_first_line = original


def _register_glyphs(stream: Any, textbox: Any) -> None:
    """Give each glyph of this line its own character, where a cluster has as many glyphs as characters."""
    layout = textbox.pango_layout
    pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
    line, _ = layout.get_first_line()
    encoded = layout.text.encode()
    run = line.runs[0] if line.runs != ffi.NULL else ffi.NULL
    while run != ffi.NULL:
        item, glyphs = run.data.item, run.data.glyphs
        run = run.next
        font, _ = stream.add_font(item.analysis.font)
        known = font.to_unicode
        count = glyphs.num_glyphs
        ids = [info.glyph for info in glyphs.glyphs[0:count]]
        if all(glyph in known for glyph in ids):
            continue
        starts = glyphs.log_clusters[0:count]
        place = 0
        while place < count:
            end = place + 1
            while end < count and starts[end] == starts[place]:
                end += 1
            start, stop = item.offset + starts[place], item.offset + (starts[end] if end < count else item.length)
            drawn = _SARA_AM.sub("\u0e4d\\1\u0e32", encoded[start:stop].decode())
            if len(drawn) == end - place:
                for glyph, character in zip(ids[place:end], drawn, strict=True):
                    if not glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG and glyph != pango.PANGO_GLYPH_EMPTY:
                        known.setdefault(glyph, character)
            place = end
