"""Delimited text as lines: which sign parts the fields, a ``sep=`` line, and quotes that do not close."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from app.ingest.tables.encodings import decode
from app.ingest.tables.errors import TableError
from app.ingest.tables.table import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.ingest.tables.limits import TableLimits

DELIMITERS: Final = (",", ";", "\t", "|")
FIELD_LIMIT: Final = 131_072  # characters of one field, the csv module's own default
_SEP_LINE: Final = re.compile(r"\ufeff?\"?sep=(.|\\t)\"?[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)


def delimited_lines(
    content: bytes, fits: Callable[[list[list[str]]], bool], limits: TableLimits, look_in: int
) -> Lines:
    """The lines of a delimited text.

    Args:
        content: The file.
        fits: Whether some of the first lines are a header the door can use.
        limits: Of the table.
        look_in: How many first lines a header may stand in.

    Raises:
        TableError: see :func:`app.ingest.tables.encodings.decode`; or a quote that does not close.
    """
    text, encoding = decode(content)
    named = None
    if said := _SEP_LINE.match(text):
        # A spreadsheet takes the line as a word to itself and does not show it: rows count from the next one.
        named, text = said[1].replace("\\t", "\t"), text[said.end() :]
    delimiter = named or _sniff(text, fits, look_in)

    def lines(_keep: Sequence[int]) -> Iterator[list[str]]:
        csv.field_size_limit(FIELD_LIMIT)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            yield from islice(reader, limits.max_rows + look_in + 1)
        except csv.Error as error:
            found = f"line {reader.line_num}: {error}"
            raise TableError("file_damaged", found, "CSV with every quote closed") from error

    return Lines(_head(text, delimiter, look_in, strict=True), lines, "csv", encoding=encoding, delimiter=delimiter)


def _head(text: str, delimiter: str, look_in: int, *, strict: bool) -> list[list[str]]:
    csv.field_size_limit(FIELD_LIMIT)
    out: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    try:
        for line in islice(reader, look_in):
            out.append(line)  # noqa: PERF402  what was read before an error counts
    except csv.Error:
        pass
    return out


def _sniff(text: str, fits: Callable[[list[list[str]]], bool], look_in: int) -> str:
    """The delimiter under which the first lines hold the header asked for; else the one with most fields in a line."""
    heads = {delimiter: _head(text, delimiter, look_in, strict=False) for delimiter in DELIMITERS}
    for delimiter, head in heads.items():
        # A line that another sign would part is no header of one column, though a door might know a word in it.
        others = set(DELIMITERS) - {delimiter}
        if fits([[] if len(line) == 1 and others & set(line[0]) else line for line in head]):
            return delimiter
    return max(DELIMITERS, key=lambda delimiter: max((len(line) for line in heads[delimiter]), default=0))
