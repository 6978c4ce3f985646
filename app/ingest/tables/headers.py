"""Headers: how they are compared, and how the columns a door asks for are found among them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.ingest.tables.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SHOWN = 20


def plain_header(name: str) -> str:
    """A header as compared: lower case, runs of space and underscore as one space, no byte-order mark."""
    return " ".join(name.replace("_", " ").replace("\ufeff", "").casefold().split())


def find_columns(headers: Sequence[str], names: Iterable[str]) -> dict[str, str]:
    """Each name found among the headers, to the header as the file writes it.

    Raises:
        TableError: a header that is asked for stands twice.
    """
    plain = [plain_header(header) for header in headers]
    found = {}
    for name in names:
        at = [i for i, header in enumerate(plain) if header == plain_header(name)]
        if len(at) > 1:
            written = " and ".join(repr(headers[i]) for i in at)
            raise TableError(
                "column_repeated",
                f"{len(at)} columns named {name!r} ({written})",
                "one column of that name",
                "rename or delete one of them",
            )
        if at:
            found[name] = headers[at[0]]
    return found


def pick(headers: Sequence[str], asked: Mapping[str, Sequence[str]], optional: Iterable[str] = ()) -> dict[str, str]:
    """The columns a door asks for, each under its first alias that is there.

    Args:
        headers: The file's.
        asked: Our name of a column to what files call it, the best name first.
        optional: Those of ours that may be missing.

    Returns:
        Our name to the header as the file writes it.

    Raises:
        TableError: a column is missing, or the one chosen stands twice.
    """
    spare = set(optional)
    out, missing = {}, []
    for ours, aliases in asked.items():
        for alias in aliases:
            if found := find_columns(headers, [alias]):
                out[ours] = found[alias]
                break
        else:
            if ours not in spare:
                missing.append(ours)
    if missing:
        raise column_missing(headers, missing)
    return out


def column_missing(headers: Sequence[str], missing: Sequence[str], expected: str | None = None) -> TableError:
    """The error of columns that are not there, with what is."""
    has = listed(headers)
    return TableError(
        "column_missing", f"no column {', '.join(missing)} among {has}", expected or f"a column {', '.join(missing)}"
    )


def listed(headers: Sequence[str]) -> str:
    """Some of the headers, for a message."""
    named = [re.sub(r"\s+", " ", header)[:60] for header in headers if header]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return (", ".join(named[:_SHOWN]) + more) or "no column names at all"
