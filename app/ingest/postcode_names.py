"""Names of districts, wards and built-up areas, from the documents that come in the zip of a postcode directory.

Beside its table a directory has lookups of names and codes, one file a kind, whose file names carry a date. A lookup is
known by its columns: the same letters and year before ``CD`` and ``NM``, such as ``BUA24CD`` and ``BUA24NM``.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from app.ingest.guard import DAMAGED_ZIP, FileRefused, read_apart
from app.ingest.postcode_archive import documents
from app.ingest.tables import TableError, read_table
from app.ingest.tables.limits import TableLimits

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "district": ("lad", "laua"),
    "ward": ("wd",),
    "built_up": ("bua",),
    "built_up_part": ("buasd",),
}
"""What the columns of each kind of lookup begin with."""

MOST_BYTES: Final = 30_000_000
_LIMITS: Final = TableLimits(max_bytes=MOST_BYTES, max_unpacked_bytes=200_000_000, max_rows=400_000, max_columns=40)
_WORTH_A_LOOK: Final = re.compile(
    r"\b(bua|buasd|built|la|lad|laua|local auth\w*|wd|ward|wards)\d*\b.*names?", re.IGNORECASE
)
_OF_2011: Final = re.compile(r"\s+(bua|buasd)$", re.IGNORECASE)
PSEUDO: Final = re.compile(r"[A-Z]9{8}")
"""Codes that stand for no place: ``E99999999``, ``W99999999`` and the like."""

Names = dict[str, dict[str, str]]


def names_in(path: Path, wanted: Mapping[str, Collection[str]]) -> Names:
    """Names by kind and code, of the codes wanted, as the documents of a directory's zip give them.

    A document that cannot be read is passed over: a directory is loaded for its postcodes.

    Args:
        path: The file; one that is no zip has no documents.
        wanted: By kind, of :data:`KINDS`, the codes whose names are asked for.
    """
    asked = {kind: list(codes) for kind, codes in wanted.items()}
    try:
        found: Names = read_apart("app.ingest.postcode_names:names_in_here", path, asked)
    except FileRefused:
        return {kind: {} for kind in KINDS}
    return found


def names_in_here(path: Path, wanted: Mapping[str, Collection[str]]) -> Names:
    """As :func:`names_in`, in this very process."""
    found: Names = {kind: {} for kind in KINDS}
    chosen = [name for name in documents(path) if _WORTH_A_LOOK.search(_plain(name))]
    if not chosen:
        return found
    with zipfile.ZipFile(path) as packed:
        for name in sorted(chosen):
            if packed.getinfo(name).file_size > MOST_BYTES:
                continue
            try:
                content = packed.read(name)
            except DAMAGED_ZIP:
                continue
            for kind, by_code in _lookup(content).items():
                asked = set(wanted.get(kind, ()))
                found[kind] |= {code: text for code, text in by_code.items() if code in asked}
    return found


def _plain(member: str) -> str:
    return PurePosixPath(member).stem.replace("_", " ")


def _lookup(content: bytes) -> Names:
    """Names by code, by kind, of one document; empty where it is none of ours."""
    chosen: dict[str, tuple[str, str]] = {}

    def choose(headers: list[str]) -> dict[str, str]:
        chosen.clear()
        chosen.update(_columns(headers))
        if not chosen:
            raise TableError("column_missing", "no names and codes", "columns such as BUA24CD and BUA24NM")
        return {
            f"{kind} {part}": header for kind, pair in chosen.items() for part, header in zip("cn", pair, strict=True)
        }

    try:
        table = read_table(content, choose, limits=_LIMITS, what="names and codes")
    except TableError:
        return {}
    return {
        kind: {
            code.strip(): clean
            for code, text in zip(table.columns[f"{kind} c"], table.columns[f"{kind} n"], strict=True)
            if (clean := _OF_2011.sub("", text.strip())) and not PSEUDO.fullmatch(code.strip())
        }
        for kind in chosen
    }


def _columns(headers: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By kind, the columns of code and name; of several years the newest."""
    plain = {re.sub(r"[^a-z0-9]", "", header.lower()): header for header in headers}
    found: dict[str, tuple[str, str]] = {}
    for kind, starts in KINDS.items():
        years = [
            (match[2], header, plain[f"{match[1]}{match[2]}nm"])
            for name, header in plain.items()
            if (match := re.fullmatch(rf"({'|'.join(starts)})(\d\d)?cd", name))
            and f"{match[1]}{match[2] or ''}nm" in plain
        ]
        if years:
            found[kind] = max(years, key=lambda item: item[0] or "")[1:]
    return found
