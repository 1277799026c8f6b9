"""Writes workbooks as a spreadsheet saves them: sheets of rows, in as little XML as they need."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

#: A cell that holds what a formula last gave, as Excel writes #N/A.
NOT_AVAILABLE = object()

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_FIRST_DAY = dt.datetime(1899, 12, 30)

# a plain cell, and one that is shown as a date
_STYLES = f"""<styleSheet xmlns="{_MAIN}">
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/></numFmts>
<fonts count="1"><font/></fonts><fills count="1"><fill/></fills>
<borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>
</styleSheet>"""


def workbook(
    sheets: Mapping[str, Iterable[Sequence[Any]]],
    *,
    merged: Sequence[str] = (),
    hidden: Sequence[str] = (),
) -> bytes:
    """The bytes of a workbook.

    Args:
        sheets: rows by name; a number is a float in the file, a date the days since 1899.
        merged: ranges of the first sheet that are one cell, as in A2:A4.
        hidden: names of sheets that are not shown.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        names = list(sheets)
        types = "".join(
            f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            for at, _ in enumerate(names, 1)
        )
        packed.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            f"{types}</Types>",
        )
        packed.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        states = {name: 'state="hidden"' for name in hidden}
        entries = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}" {states.get(name, "")}/>'
            for at, name in enumerate(names, 1)
        )
        packed.writestr(
            "xl/workbook.xml",
            _document("workbook", f"<sheets>{entries}</sheets>", f' xmlns:r="{_OFFICE}"'),
        )
        targets = [("worksheet", f"worksheets/sheet{at}.xml") for at, _ in enumerate(names, 1)]
        packed.writestr(
            "xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")])
        )
        packed.writestr("xl/styles.xml", _STYLES)
        for at, rows in enumerate(sheets.values(), 1):
            packed.writestr(f"xl/worksheets/sheet{at}.xml", _sheet(rows, merged if at == 1 else ()))
    return content.getvalue()


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _sheet(rows: Iterable[Sequence[Any]], merged: Sequence[str]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            _cell(f"{chr(ord('A') + at)}{number}", value) for at, value in enumerate(row)
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    ranges = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    cells = f"<mergeCells>{ranges}</mergeCells>" if merged else ""
    return _document("worksheet", f"<sheetData>{''.join(lines)}</sheetData>{cells}")


def _document(tag: str, content: str, attributes: str = "") -> str:
    return f'<{tag} xmlns="{_MAIN}"{attributes}>{content}</{tag}>'


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if value is NOT_AVAILABLE:
        return f'<c r="{name}" t="e"><v>#N/A</v></c>'
    if isinstance(value, bool):
        return f'<c r="{name}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{name}"><v>{value!r}</v></c>'
    if isinstance(value, dt.datetime):
        return f'<c r="{name}" s="1"><v>{(value - _FIRST_DAY) / dt.timedelta(days=1)!r}</v></c>'
    return f'<c r="{name}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
