"""A document as plain data: sections of paragraphs, lists and tables, whatever file it is then written to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

DocumentForm = Literal["docx", "html"]
DOCUMENT_TYPES: dict[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
}

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column names; the first column names the row, the others are figures unless ``words`` says otherwise.

    Attributes:
        caption: what the table shows.
        head: the column names.
        rows: the cells, as they are to be read.
        words: numbers of the columns, from 0, that hold text; the first always does.
        totals: numbers of the rows, from 0, that sum others and stand out.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: frozenset[int] = frozenset()
    totals: frozenset[int] = frozenset()

    def is_words(self, column: int) -> bool:
        """Whether a column holds text, which stands on the left; figures stand on the right."""
        return column == 0 or column in self.words


@dataclass(frozen=True, slots=True)
class Points:
    """A list of short texts."""

    items: Sequence[str]


Block = str | Table | Points
"""What a section is made of; a bare text is a paragraph."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Document:
    """A title, a line under it, and sections."""

    title: str
    subtitle: str
    sections: Sequence[Section]

    def tables(self) -> Iterator[Table]:
        """Every table in order."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Table))


def printable(text: str) -> str:
    """The text without the characters that no document may hold (XML 1.0, section 2.2)."""
    return _UNPRINTABLE.sub("", text)
