"""Where lines break, asked of Pango before anything is laid out.

Breaking all texts of a form costs Pango some hundredths of a second. Lines broken here and set with
`white-space: pre` come out exactly as many, so that the height of every row is known beforehand and the pages are
filled without a second rendering.
"""

from typing import Any

from weasyprint.text.ffi import TO_UNITS, ffi, gobject, pango, unicode_to_char_p

_WRAP_WORD_CHAR = 2
PX = 4 / 3


class LineBreaker:
    """Breaks texts of one font. `size` in points. Words come from libthai; a word wider than the line is cut."""

    def __init__(self, font_map: Any, *, family: str, size: float, weight: int) -> None:
        context = ffi.gc(pango.pango_font_map_create_context(font_map), gobject.g_object_unref)
        pango.pango_context_set_round_glyph_positions(context, False)
        language, self._language = unicode_to_char_p("th")
        pango.pango_context_set_language(context, pango.pango_language_from_string(language))
        description = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
        name, self._family = unicode_to_char_p(family)
        pango.pango_font_description_set_family(description, name)
        pango.pango_font_description_set_weight(description, weight)
        pango.pango_font_description_set_absolute_size(description, int(size * PX * TO_UNITS))
        self._layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(self._layout, False)
        pango.pango_layout_set_font_description(self._layout, description)
        pango.pango_layout_set_wrap(self._layout, _WRAP_WORD_CHAR)
        self._known: dict[tuple[str, float], tuple[str, ...]] = {}

    def lines(self, text: str, width: float) -> tuple[str, ...]:
        """The text's lines at a width in points; none for an empty text. Breaks that a person typed are kept."""
        if not text:
            return ()
        key = (text, width)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._break(text, width)
        return found

    def _break(self, text: str, width: float) -> tuple[str, ...]:
        pango.pango_layout_set_width(self._layout, int(width * PX * TO_UNITS))
        encoded = text.encode()
        pango.pango_layout_set_text(self._layout, ffi.from_buffer("char[]", encoded), len(encoded))
        lines = []
        place = 0
        while (line := pango.pango_layout_get_line_readonly(self._layout, place)) != ffi.NULL:
            start = line.start_index
            lines.append(encoded[start : start + line.length].decode().strip(" "))
            place += 1
        return tuple(lines)
