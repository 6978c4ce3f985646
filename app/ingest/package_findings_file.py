"""Findings as a file for whoever brought the extract: a list of them, and the rows concerned, their cells marked."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.ingest.package_findings import Finding, FindingList
    from app.ingest.tables import TextTable

_COLOURS: Final = {"error": "#F4C7C3", "warning": "#FCE8B2"}
_HEADINGS: Final = ("row", "column", "severity", "code", "found", "expected", "suggestion")
_WIDTHS: Final = (8, 24, 10, 26, 28, 60, 28)
_MOST_ROWS: Final = 5_000


def findings_csv(errors: FindingList, warnings: FindingList) -> str:
    """Errors, then warnings, as CSV that is safe to open in a spreadsheet."""
    rest = warnings.to_csv().split("\r\n", 1)[1]
    return errors.to_csv() + rest


def findings_workbook(errors: FindingList, warnings: FindingList, table: TextTable | None) -> bytes:
    """A workbook: sheet ``Findings`` lists each, sheet ``Rows`` has the rows, the cells at fault coloured and noted.

    Only the columns that are read stand in it: names and addresses of an extract do not. Every cell is text.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        fills = {name: book.add_format({"bg_color": colour}) for name, colour in _COLOURS.items()}
        page = book.add_worksheet("Findings")
        page.freeze_panes(1, 0)
        _write(page, 0, _HEADINGS, bold)
        for column, width in enumerate(_WIDTHS):
            page.set_column(column, column, width)
        line = 1
        for listed in (errors, warnings):
            for item in listed.shown:
                texts = (item.column, item.severity, item.code, item.found, item.expected, item.suggestion or "")
                _write(page, line, (str(item.row or ""), *texts), fills[item.severity])
                line += 1
            if listed.left_out:
                page.write_string(line, 5, f"{listed.left_out:,} more of {listed.total:,} are not listed")
                line += 1
        if table is not None and len(table):
            _rows(book, bold, fills, [*errors.shown, *warnings.shown], table)
    return out.getvalue()


def _rows(book: Any, bold: Any, fills: dict[str, Any], found: Sequence[Finding], table: TextTable) -> None:
    page = book.add_worksheet("Rows")
    page.freeze_panes(1, 1)
    names = list(table.columns)
    place = {name: i + 1 for i, name in enumerate(names)} | {table.headers[name]: i + 1 for i, name in enumerate(names)}
    _write(page, 0, ("row", *(table.headers[name] for name in names)), bold)
    page.set_column(1, len(names), 20)
    line_of = {int(row): i for i, row in enumerate(table.rows.tolist())}
    by_row: dict[int, list[Finding]] = {}
    for item in found:
        if item.row in line_of:
            by_row.setdefault(item.row, []).append(item)
    for line, row in enumerate(sorted(by_row)[:_MOST_ROWS], start=1):
        i = line_of[row]
        _write(page, line, (str(row), *(table.columns[name][i] for name in names)), None)
        for item in by_row[row]:
            at = place.get(item.column, 0)
            text = str(row) if at == 0 else table.columns[names[at - 1]][i]
            page.write_string(line, at, text, fills[item.severity])
            notes = [other.message for other in by_row[row] if place.get(other.column, 0) == at]
            page.write_comment(line, at, "\n".join(notes)[:1_000])


def _write(page: Any, line: int, texts: Sequence[str], form: Any) -> None:
    for column, text in enumerate(texts):
        page.write_string(line, column, text, form)
