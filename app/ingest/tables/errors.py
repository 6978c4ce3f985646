"""What can be wrong with a file as a table, before anybody asks what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass


class TableError(ValueError):
    """A file that cannot be read as a table at all; the parts say what was found, expected, and what to do."""

    def __init__(self, code: str, found: str, expected: str, suggestion: str | None = None) -> None:
        hint = f"; {suggestion}" if suggestion else ""
        super().__init__(f"found {found}, expected {expected}{hint}")
        self.code, self.found, self.expected, self.suggestion = code, found, expected, suggestion

    def __reduce__(self) -> tuple[type[TableError], tuple[str, str, str, str | None]]:
        return type(self), (self.code, self.found, self.expected, self.suggestion)


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell, or a line, that says nothing a reader could take: its row in the file, and the column's own name."""

    row: int
    column: str
    code: str
    found: str
    expected: str
    suggestion: str | None = None

    @property
    def message(self) -> str:
        """One sentence for whoever brought the file."""
        hint = f"; {self.suggestion}" if self.suggestion else ""
        return f"row {self.row}, {self.column}: found {self.found}, expected {self.expected}{hint}"
