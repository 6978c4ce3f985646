"""Columns of text with their rows, and the lines on the way there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from app.ingest.tables.errors import Fault


@dataclass(frozen=True)
class TextTable:
    """Columns of text by the door's names, each `len(rows)` long; lines that are wholly blank are left out.

    Attributes:
        columns: Our name of a column to its texts.
        headers: Our name to the header as the file writes it.
        rows: Row of each line in the file as a spreadsheet counts them.
        kind: ``csv``, ``xlsx`` or ``parquet``.
        width: Fields in the header.
        names: Every header of the file, those not asked for among them, in its order.
        header_row: Row the header stands in.
        ragged: Row to number of fields, for lines whose number of fields is not the header's.
        faults: Cells that hold no value: errors of a spreadsheet, formulas nobody computed, merged cells.
        sheet: Worksheet read, of a workbook.
        encoding: Of a text file.
        delimiter: Of a text file.
        notes: What whoever brought the file should know of how it was read.
    """

    columns: dict[str, list[str]]
    headers: dict[str, str]
    rows: NDArray[np.int64]
    kind: str
    width: int
    names: tuple[str, ...] = ()
    header_row: int = 1
    ragged: dict[int, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def spoilt(self, name: str) -> dict[int, str]:
        """Rows whose text of a column cannot be trusted, each with why: its cell is at fault, or its line is ragged.

        Args:
            name: Our name of the column.
        """
        said = {
            row: f"row {row}: found {found} fields, expected {self.width} as in the header"
            for row, found in self.ragged.items()
        }
        return said | {
            f.row: f"row {f.row}, {f.column}: {f.message}" for f in self.faults if f.column == self.headers[name]
        }


@dataclass(frozen=True)
class Lines:
    """A table as lines of cells, before its header is found.

    Attributes:
        head: The first lines, in which the header is looked for.
        all: Reads the lines from the start, once more; cells of columns (from 0) not asked for may come empty.
        kind: As in `TextTable`; likewise ``sheet``, ``encoding``, ``delimiter``.
        faults: Cell (row, column from 1) to what is wrong there: code, what was found.
        merged: Cells (row, column from 1) that another cell covers, to the one that does.
    """

    head: list[list[Any]]
    all: Callable[[Sequence[int]], Iterator[list[Any]]]
    kind: str
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    faults: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    merged: dict[tuple[int, int], str] = field(default_factory=dict)
