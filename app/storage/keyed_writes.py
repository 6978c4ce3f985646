"""A write with an Idempotency-Key is noted as done in the very transaction that does it.

What is noted after the work may be lost when the process is killed between the two, and the retry would do it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.storage.models import IdempotencyRecord

WRITTEN = "patchwork-written"
"""Where a record without an answer says that a transaction of its request was kept, and when."""
_current: ContextVar[tuple[str, str, str] | None] = ContextVar("keyed_write", default=None)


@contextmanager
def keyed_write(council: str, principal: str, key: str) -> Iterator[None]:
    """Every transaction that is kept within is part of the request with this key."""
    token = _current.set((council, principal, key))
    try:
        yield
    finally:
        _current.reset(token)


def note_written(session: Session) -> None:
    """Say on the record of the request that this transaction is part of, if any, that something was kept."""
    identity = _current.get()
    record = session.get(IdempotencyRecord, identity) if identity is not None else None
    if record is None or record.status is not None or was_written(record):
        return
    record.headers = {**(record.headers or {}), WRITTEN: datetime.now(UTC).isoformat(timespec="seconds")}


def was_written(record: IdempotencyRecord) -> bool:
    """Whether a request that was not answered kept something."""
    return WRITTEN in (record.headers or {})
