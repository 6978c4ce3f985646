"""What ails a database that refuses a request: full, read-only, damaged, out of connections, busy or away.

Told from the driver's own codes: SQLite's result codes (sqlite.org/rescode.html) and PostgreSQL's SQLSTATE classes
(PostgreSQL documentation, appendix A).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import TimeoutError as PoolTimeoutError


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of trouble.

    Attributes:
        slug: its entry in the catalogue of problems.
        title: in a few words.
        remedy: what to do about it.
        passes: whether the same request may work shortly without anybody doing anything.
    """

    slug: str
    title: str
    remedy: str
    passes: bool = False


FULL: Final = Fault(
    "storage-full",
    "The disk is full",
    "Make room on the disk that holds the data folder or the database server's data. Nothing of this request was kept.",
)
READ_ONLY: Final = Fault(
    "storage-read-only",
    "The database cannot be written",
    "Let the service's user write the data folder and its files; of PostgreSQL, ask whether it is a standby.",
)
DAMAGED: Final = Fault(
    "storage-damaged",
    "The database is damaged",
    "Stop the service, keep a copy of the file, and restore the last backup: patchwork restore.",
)
NO_CONNECTIONS: Final = Fault(
    "connections-exhausted",
    "The database has no connection left",
    "Send the request again shortly. If it stays so, raise max_connections of PostgreSQL or run fewer processes.",
    passes=True,
)
BUSY: Final = Fault("busy", "The database is busy or away", "Send the request again shortly.", passes=True)

_SQLITE: Final = {
    "SQLITE_FULL": FULL,
    "SQLITE_IOERR": FULL,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_CANTOPEN": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
}
_POSTGRESQL: Final = {
    "53100": FULL,
    "53300": NO_CONNECTIONS,
    "25006": READ_ONLY,
    "42501": READ_ONLY,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}


def diagnose(error: BaseException) -> Fault:
    """Which kind of trouble an error of the database is; busy where nothing says otherwise."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, PoolTimeoutError):
            return NO_CONNECTIONS
        name = getattr(seen, "sqlite_errorname", None)
        if isinstance(name, str):
            known = next((fault for prefix, fault in _SQLITE.items() if name.startswith(prefix)), None)
            if known is not None:
                return known
        state = getattr(seen, "sqlstate", None)
        if isinstance(state, str) and state in _POSTGRESQL:
            return _POSTGRESQL[state]
        if "too many clients" in str(seen) or "remaining connection slots" in str(seen):
            return NO_CONNECTIONS  # refused before there is a state to tell
        seen = getattr(seen, "orig", None) or seen.__cause__
    return BUSY
