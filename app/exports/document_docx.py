"""A document as a Word file: real headings, lists and tables, so that it can be read aloud, searched and worked on."""

from __future__ import annotations

import io

import docx
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Cm, Length, Pt, Twips
from docx.table import _Cell, _Row

from app.exports.document import Document, Points, Table, printable

A4 = (Cm(21.0), Cm(29.7))
MARGIN = Cm(2)
LANGUAGE = "en-GB"
MOST_WEIGHT, EDGE = 48, 4
"""Characters that a column's width counts at most, for long texts wrap; and what its edges take beside the text."""
KEPT_WHOLE = 12
"""Rows up to which a table stands on one page."""


def document_docx(document: Document) -> bytes:
    """Write a document as DOCX: A4 lying, for tables of several bands; column names repeat on every page."""
    file = docx.Document()
    _set_up(file, document)
    file.add_heading(printable(document.title), level=0)
    file.add_paragraph(printable(document.subtitle))
    for section in document.sections:
        file.add_heading(printable(section.heading), level=1)
        for block in section.blocks:
            if isinstance(block, Table):
                _table(file, block)
            elif isinstance(block, Points):
                for item in block.items:
                    file.add_paragraph(printable(item), style="List Bullet")
            else:
                file.add_paragraph(printable(block))
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _set_up(file: WordFile, document: Document) -> None:
    properties = file.core_properties
    properties.title, properties.language = printable(document.title)[:255], LANGUAGE
    properties.author, properties.comments = "Patchwork", ""
    page = file.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_height, page.page_width = A4
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = MARGIN


def _table(file: WordFile, table: Table) -> None:
    caption = file.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    caption.add_run(printable(table.caption)).bold = True
    grid = file.add_table(rows=1 + len(table.rows), cols=len(table.head))
    grid.style = "Table Grid"
    rows, widths = list(grid.rows), _widths(table)
    grid.autofit = False
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    _say_of_row(rows[0], "w:tblHeader")  # column names repeat on every page
    whole = len(table.rows) <= KEPT_WHOLE
    for number, (row, texts) in enumerate(zip(rows, [table.head, *table.rows], strict=True)):
        bold = number == 0 or number - 1 in table.totals
        _say_of_row(row, "w:cantSplit")
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = widths[column]
            _write(cell, text, bold=bold, words=table.is_words(column))
            cell.paragraphs[0].paragraph_format.keep_with_next = whole and number < len(table.rows)
    file.add_paragraph()


def _write(cell: _Cell, text: str, *, bold: bool, words: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if not words:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(printable(text))
    run.bold, run.font.size = bold, Pt(9)


def _widths(table: Table) -> list[Length]:
    """Widths of the columns: the page shared out by the longest text of each, so that no figure is broken."""
    weights = [min(EDGE + _longest(table, column), MOST_WEIGHT) for column in range(len(table.head))]
    room = (A4[1] - 2 * MARGIN) // Twips(1)  # files hold whole twips: rounded down, so that the page is wide enough
    return [Twips(room * weight // sum(weights)) for weight in weights]


def _longest(table: Table, column: int) -> int:
    """Characters of the longest cell; column names wrap between words."""
    names = table.head[column].split()
    return max((len(text) for text in (*names, *(row[column] for row in table.rows))), default=0)


def _say_of_row(row: _Row, what: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(what))  # noqa: SLF001 - the library has no other way
