"""A plain builder of workbooks (.xlsx): the parts that a spreadsheet writes, with the cells of a test."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DATE_STYLE, TIME_STYLE = 1, 2


@dataclass(frozen=True)
class Cell:
    """A cell that is no plain text or number."""

    value: str | None
    """As it stands in the file; None: nothing was saved."""
    type: str = "n"
    formula: str = ""
    style: int = 0


def date_cell(days: float) -> Cell:
    """Return a date: days since the end of 1899."""
    return Cell(str(days), style=DATE_STYLE)


def time_cell(part_of_a_day: float) -> Cell:
    return Cell(str(part_of_a_day), style=TIME_STYLE)


Value = str | int | float | bool | Cell | None
Rows = Sequence[Sequence[Value]]


def workbook(rows: Rows, before: Mapping[str, str] | None = None, at: tuple[int, int] = (1, 1)) -> bytes:
    """Return a workbook with *rows* from the row and column *at* on, in the sheet 'Scholen'.

    *before* are sheets that stand in front of it, by name, each with its state: visible or hidden.
    """
    sheets = {**(before or {}), "Scholen": "visible"}
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, (name, state) in enumerate(sheets.items(), 1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    styles = f'<Relationship Id="rId99" Type="{OFFICE}/styles" Target="styles.xml"/>'
    kinds = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'spreadsheetml.{kind}+xml"/>'
        for part, kind in (
            ("workbook", "sheet.main"),
            ("styles", "styles"),
            *((f"worksheets/sheet{n}", "worksheet") for n in range(1, len(sheets) + 1)),
        )
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}{styles}'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/></cellXfs>'
        "</styleSheet>",
        **{f"xl/worksheets/sheet{n}.xml": _sheet([["id", "leeg"]], (1, 1)) for n in range(1, len(sheets))},
        f"xl/worksheets/sheet{len(sheets)}.xml": _sheet(rows, at),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)
    return file.getvalue()


def _sheet(rows: Rows, at: tuple[int, int]) -> str:
    first_row, first_column = at
    lines = "".join(
        f'<row r="{r}">{"".join(_cell(r, c, value) for c, value in enumerate(row, first_column))}</row>'
        for r, row in enumerate(rows, first_row)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _cell(row: int, column: int, value: Value) -> str:
    place = f"{letters(column)}{row}"
    match value:
        case None:
            return ""
        case str():
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        case bool():
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f'<c r="{place}"><v>{value!r}</v></c>'
    formula = f"<f>{escape(value.formula)}</f>" if value.formula else ""
    result = f"<v>{escape(value.value)}</v>" if value.value is not None else ""
    return f'<c r="{place}" t="{value.type}" s="{value.style}">{formula}{result}</c>'


def letters(column: int) -> str:
    found = ""
    while column:
        column, letter = divmod(column - 1, 26)
        found = chr(ord("A") + letter) + found
    return found
