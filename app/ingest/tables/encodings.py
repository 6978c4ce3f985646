"""The bytes of a text file as text, in whatever encoding spreadsheets and case systems write."""

from __future__ import annotations

import codecs
from typing import Final

from app.ingest.tables.errors import TableError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE: Final = 65_536
_CUT_SHORT: Final = "export or copy the file again: it seems cut short"
_MOST_NULS: Final = 0.3
"""Plain text in UTF-16 is NUL in nearly every second byte; a binary file is not, on one side only."""


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding.

    A byte-order mark decides; without one, NULs on one side say UTF-16, then UTF-8 is tried, then Windows-1252 (or Mac
    Roman, where lines end as old Macs end them).

    Raises:
        TableError: binary, cut short, or in no encoding known.
    """
    named = encoding_of(content[:_SAMPLE])
    if named is None:
        raise TableError("file_format", "a binary file", "CSV, XLSX or Parquet")
    if named != "utf-8":
        return _no_nul(_by_name(content, named)), named.removesuffix("-sig")
    try:
        return _no_nul(content.decode("utf-8")), "utf-8"
    except UnicodeDecodeError as error:
        whole = content[: error.start]
        if error.reason == "unexpected end of data" and not whole.isascii():
            raise TableError(
                "file_encoding", "UTF-8 text that ends within a letter", "a whole file", _CUT_SHORT
            ) from None
    old = "mac-roman" if b"\r" in content and b"\n" not in content else "cp1252"
    try:
        return _no_nul(content.decode(old)), old
    except UnicodeDecodeError as error:
        raise TableError(
            "file_encoding", "text in no known encoding", "UTF-8, UTF-16 or Windows-1252", "save the file as CSV UTF-8"
        ) from error


def encoding_of(start: bytes) -> str | None:
    """The encoding that the first bytes of a file say, ``utf-8`` where they say nothing; None where it is no text."""
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if b"\0" not in start:
        return "utf-8"
    even, odd = start[0::2], start[1::2]
    if odd.count(0) > _MOST_NULS * len(odd) and not even.count(0):
        return "utf-16-le"
    if even.count(0) > _MOST_NULS * len(even) and not odd.count(0):
        return "utf-16-be"
    return None


def _by_name(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        if error.end >= len(content) - 3:
            raise TableError(
                "file_encoding", f"{name} text that ends within a letter", "a whole file", _CUT_SHORT
            ) from None
        found = f"{name} by its first bytes, but byte {error.start:,} is none"
        raise TableError("file_encoding", found, f"{name} throughout", "save the file as CSV UTF-8") from None


def _no_nul(text: str) -> str:
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise TableError("file_format", f"a NUL character near row {row:,}", "text without NUL characters")
    return text
