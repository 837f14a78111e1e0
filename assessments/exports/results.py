"""A workbook with each formula's result beside it: openpyxl writes none, and previews do not calculate."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal

_EMPTY_RESULT = r"<v\s*/>|<v></v>"


def with_results(book: bytes, formulas: Sequence[Mapping[str, Decimal | str]]) -> bytes:
    """The results by cell, a mapping for each sheet in its order."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", item.filename)
            if found:
                content = _results_in_sheet(content.decode(), formulas[int(found[1]) - 1]).encode()
            new.writestr(item, content)
    return out.getvalue()


def _results_in_sheet(xml: str, results: Mapping[str, Decimal | str]) -> str:
    def filled(match: re.Match[str]) -> str:
        result = results[match["cell"]]
        kind = ' t="str"' if isinstance(result, str) else ""
        text = str(result).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f'<c r="{match["cell"]}"{match["rest"]}{kind}>{match["formula"]}<v>{text}</v></c>'

    pattern = rf'<c r="(?P<cell>[A-Z]+\d+)"(?P<rest>[^>]*)>(?P<formula><f>[^<]*</f>)(?:{_EMPTY_RESULT})</c>'
    return re.sub(pattern, filled, xml)
