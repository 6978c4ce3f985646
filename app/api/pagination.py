"""Lists in pages: an opaque cursor, the same shape everywhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from app.problems import invalid_input

T = TypeVar("T")
R = TypeVar("R")

PageLimit = Annotated[int, Query(ge=1, le=1000, description="Most items to return.")]
PageCursor = Annotated[str | None, Query(max_length=400, description="`next_cursor` of the page before.")]


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = Field(default=None, description="Send it as `cursor` for more; null on the last page.")


def encode_cursor(position: dict[str, Any]) -> str:
    """Pack a position in a list into opaque text."""
    return base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).rstrip(b"=").decode()


def decode_cursor(text: str | None) -> dict[str, Any] | None:
    """Unpack a cursor, or raise the problem that says it is not one."""
    if text is None:
        return None
    try:
        value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise invalid_input(
            "cursor: not a cursor of this list; take next_cursor from the page before.",
            errors=[{"field": "query.cursor", "message": "not a cursor", "found": text}],
        )
    return value


def cursor_value(text: str | None, key: str, kind: type[int] | type[str]) -> Any:
    """Return one value of a cursor, checked to be of the kind the list needs; None without a cursor."""
    position = decode_cursor(text)
    if position is None:
        return None
    value = position.get(key)
    if not isinstance(value, kind):
        raise invalid_input(
            "cursor: it belongs to another list.",
            errors=[{"field": "query.cursor", "message": "belongs to another list", "found": text}],
        )
    return value


def page_of(
    rows: Sequence[R], limit: int, present: Callable[[R], T], position: Callable[[R], dict[str, Any]]
) -> Page[T]:
    """Make a page from ``limit + 1`` rows at the most: the extra row only tells that there is more.

    Args:
        rows: Up to ``limit + 1`` rows in the list's order.
        limit: How many the page may show.
        present: Turns a row into an item.
        position: What the cursor must remember of the last row shown.
    """
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=[present(row) for row in shown],
        next_cursor=encode_cursor(position(shown[-1])) if more and shown else None,
    )
