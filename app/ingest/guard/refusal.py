"""A file that is not read, said so that whoever sent it can mend it."""

from __future__ import annotations


class FileRefused(ValueError):  # noqa: N818 - it says what happened to the file
    """A file that cannot or may not be read.

    Attributes:
        code: short name of the fault: file_damaged, file_encrypted, file_too_large, sheet_too_large, too_many_vertices,
            reader_stopped, reader_out_of_memory, reader_too_slow.
        place: where in the file: a sheet and cell, a part of an archive, or "file".
        found: what is there.
        expected: what could be read.
        remedy: what to do.
    """

    def __init__(self, code: str, place: str, found: str, expected: str, remedy: str) -> None:
        """Keep the parts and say them in one sentence each."""
        super().__init__(f"{place}: found {found}, expected {expected}. {remedy}")
        self.code, self.place, self.found, self.expected, self.remedy = code, place, found, expected, remedy

    def __reduce__(self) -> tuple[type[FileRefused], tuple[str, str, str, str, str]]:
        """Let it travel between processes."""
        return FileRefused, (self.code, self.place, self.found, self.expected, self.remedy)
