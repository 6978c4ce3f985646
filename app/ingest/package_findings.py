"""What an import found wrong: every finding counted, the first ones spelled out by row and column.

A finding quotes the file, so it is for the person who uploaded it. Nothing of a person's data stands in its `repr`: a
finding that strays into a log names row, column and code alone.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from app.ingest.tables import TextTable

Severity = Literal["error", "warning"]
_QUOTED = 80  # characters of a value shown back
_LONG = 300  # of what is said of a file as a whole


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: spreadsheet row (the header of a plain file is row 1; 0 is the file as a whole) and column."""

    row: int
    column: str
    code: str
    severity: Severity
    found: str = field(repr=False)
    expected: str
    suggestion: str | None = field(default=None, repr=False)

    @property
    def message(self) -> str:
        """One sentence for the uploader."""
        if not self.row:
            hint = f"; {self.suggestion}" if self.suggestion else ""
            return f"{self.column}: found {self.found or 'nothing'}, expected {self.expected}{hint}"
        where = f"row {self.row}, {self.column}"
        hint = f"; did you mean {self.suggestion}?" if self.suggestion else ""
        return f"{where}: found {self.found or 'nothing'!r}, expected {self.expected}{hint}"


@dataclass(frozen=True)
class FindingList:
    """The first findings in row order, and how many there are in all."""

    shown: tuple[Finding, ...] = ()
    total: int = 0
    by_code: dict[str, int] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        """Findings counted but not shown."""
        return self.total - len(self.shown)

    def __len__(self) -> int:
        return self.total

    def summary(self) -> str:
        """Counts by kind, without any value of the file: fit for a log."""
        return ", ".join(f"{code} {count:,}" for code, count in sorted(self.by_code.items())) or "none"

    def to_csv(self) -> str:
        """The findings as CSV for the uploader, safe to open in a spreadsheet, with a last line for those left out."""
        out = io.StringIO()
        write = csv.writer(out, lineterminator="\r\n").writerow
        write(["row", "column", "severity", "code", "found", "expected", "suggestion"])
        for item in self.shown:
            texts = (item.column, item.severity, item.code, item.found, item.expected, item.suggestion or "")
            write([item.row or "", *map(inert, texts)])
        if self.left_out:
            write(["", "", "", "", "", f"{self.left_out:,} more of {self.total:,} are not listed", ""])
        return out.getvalue()


def _as_warning(build: Callable[[int], Finding], i: int) -> Finding:
    return replace(build(i), severity="warning")


def inert(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before what would start a formula (OWASP, CSV Injection)."""
    return f"'{text}" if text.lstrip(" ")[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} and text.strip() else text


class Collector:
    """Gathers findings by array, so that a hundred thousand bad rows cost no more than their positions."""

    def __init__(self, rows: NDArray[np.int64]) -> None:
        """Start for a table whose i-th line stands in spreadsheet row `rows[i]`."""
        self._rows = rows
        self._silent: NDArray[np.bool_] | None = None
        self._batches: list[tuple[NDArray[np.int64], Callable[[int], Finding], str, Severity]] = []

    def add(
        self,
        where: NDArray[Any],
        column: str,
        code: str,
        found: Sequence[Any] | NDArray[Any] | Callable[[int], str],
        expected: str,
        *,
        suggestion: Callable[[int], str | None] | None = None,
        severity: Severity = "error",
    ) -> None:
        """Record a finding for every line where the mask is true; `found` and `suggestion` are asked only if shown."""
        at = np.flatnonzero(where if self._silent is None else np.asarray(where, dtype=np.bool_) & ~self._silent)
        if not len(at):
            return

        def build(i: int) -> Finding:
            text = found(i) if callable(found) else str(found[i])
            hint = suggestion(i) if suggestion else None
            return Finding(int(self._rows[i]), column, code, severity, text[:_QUOTED], expected, hint)

        self._batches.append((at, build, code, severity))

    def add_file(
        self,
        column: str,
        code: str,
        found: str,
        expected: str,
        suggestion: str | None = None,
        severity: Severity = "error",
    ) -> None:
        """Record something about the file as a whole."""
        finding = Finding(0, column, code, severity, found[:_LONG], expected, suggestion)
        self._batches.append((np.array([-1]), lambda _: finding, code, severity))

    def add_table(self, table: TextTable) -> None:
        """Record what is wrong with the table itself: ragged lines, and cells that hold no value."""
        self.add(
            np.isin(table.rows, list(table.ragged)),
            "row",
            "row_ragged",
            lambda i: f"{table.ragged[int(table.rows[i])]} fields",
            f"{table.width} fields as in the header; a value with the delimiter in it needs quotes",
        )
        if not table.faults:
            return
        at = {int(row): i for i, row in enumerate(table.rows.tolist())}
        kinds: dict[tuple[str, str, str], dict[int, str]] = {}
        for fault in table.faults:
            if fault.row in at:
                kinds.setdefault((fault.column, fault.code, fault.expected), {})[at[fault.row]] = fault.found
        for (column, code, expected), found in kinds.items():
            where = np.zeros(len(table.rows), dtype=np.bool_)
            where[list(found)] = True
            self.add(where, column, code, found.__getitem__, expected)

    def silence(self, where: NDArray[np.bool_]) -> None:
        """Record nothing more of these lines: they are not to be loaded."""
        self._silent = where if self._silent is None else self._silent | where

    def lines_with(self, codes: Collection[str]) -> NDArray[np.bool_]:
        """Lines that have an error of one of these kinds."""
        out = np.zeros(len(self._rows), dtype=np.bool_)
        for at, _, code, severity in self._batches:
            if severity == "error" and code in codes:
                out[at[at >= 0]] = True
        return out

    def excuse(self, where: NDArray[np.bool_]) -> None:
        """Make the errors of these lines warnings: the lines are set aside, so that they stop nothing."""
        batches = self._batches
        self._batches = []
        for at, build, code, severity in batches:
            mine = np.zeros(len(at), dtype=np.bool_)
            mine[at >= 0] = where[at[at >= 0]]
            if severity == "warning" or not mine.any():
                self._batches.append((at, build, code, severity))
                continue
            self._batches.append((at[mine], partial(_as_warning, build), code, "warning"))
            if not mine.all():
                self._batches.append((at[~mine], build, code, severity))

    def listing(self, severity: Severity, most: int) -> FindingList:
        """Findings of that severity, the first `most` by row, with the full counts."""
        batches = [b for b in self._batches if b[3] == severity]
        counts: Counter[str] = Counter()
        for at, _, code, _ in batches:
            counts[code] += len(at)
        if not batches:
            return FindingList()
        lines = np.concatenate([at for at, *_ in batches])
        batch = np.repeat(np.arange(len(batches)), [len(at) for at, *_ in batches])
        first = np.lexsort((batch, lines))[:most]
        shown = tuple(batches[batch[k]][1](int(lines[k])) for k in first)
        return FindingList(shown, int(sum(counts.values())), dict(counts))
