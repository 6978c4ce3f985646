"""Everything an installation holds, in one file of open formats: its backup, and what another installation takes in.

The file is a zip archive of one JSON Lines file a table (UTF-8; binary values and shapes in Base64, shapes as WKB on
the British National Grid, exact decimals and dates as text) and a manifest that names the schema, the code, the rows of
each table and the SHA-256 of each file. It is read in one transaction, so it is one moment of a service that goes on
working, on SQLite and on PostgreSQL alike; and it can be restored into either.

What the engine of jobs keeps beside is left out: jobs under way are queued again by the worker after a restore.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, Connection, Integer, Table, TableClause, func, insert, select, text
from sqlalchemy import column as plain_column
from sqlalchemy import table as plain_table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DataError, IntegrityError, StatementError

import app.storage.brokerage.tables
import app.storage.consultation
import app.storage.returns  # noqa: F401 - its tables belong to the whole
from app.ingest.guard import DAMAGED_ZIP
from app.problems import Problem
from app.storage.database import Database
from app.storage.migrate import current_revision, head_revision
from app.storage.models import Base
from app.version import code_version

FORMAT: Final = "patchwork-archive/1"
_BATCH: Final = 2_000
_UNFIT: Final = (DataError, IntegrityError, StatementError)
"""What a database says of rows that do not fit its tables."""
_MOST_MANIFEST_BYTES: Final = 1_000_000
_PASSING: Final = frozenset({"idempotency_record", "user_session", "upload"})
"""Tables that hold nothing once the moment is over: answers to retries, browser sessions, files being read."""


def back_up(database: Database, path: Path) -> dict[str, Any]:
    """Write everything to a file; the service may go on working.

    The file comes into being whole: it is written under another name first.

    Returns:
        The manifest.

    Raises:
        Problem: the file exists, or the database is not at the schema of this code.
    """
    if path.exists():
        raise Problem(409, "conflict", "File exists", f"{path} exists already; give another name.")
    revision = _at_head(database)
    rows: dict[str, int] = {}
    digests: dict[str, str] = {}
    part = path.with_name(path.name + ".part")
    try:
        with database.engine.connect() as opened, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            one_moment = {"isolation_level": "REPEATABLE READ"} if database.is_postgresql else {}
            connection = opened.execution_options(**one_moment)
            with connection.begin():
                for table in _tables():
                    rows[table.name], digests[table.name] = _write_table(connection, table, archive)
            manifest = {
                "format": FORMAT,
                "revision": revision,
                "code_version": code_version(),
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "rows": rows,
                "sha256": digests,
            }
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def restore(database: Database, path: Path) -> dict[str, Any]:
    """Take in an archive, into a database that holds nothing yet; all or nothing.

    Returns:
        The manifest.

    Raises:
        Problem: the file is damaged or of another schema, or the database holds something.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            with archive.open("manifest.json") as stream:
                manifest = json.loads(stream.read(_MOST_MANIFEST_BYTES))
            _check(database, archive, manifest)
            with database.engine.execution_options(sqlite_write=True).connect() as connection, connection.begin():
                _refuse_what_is_held(connection)
                for table in _tables():
                    _read_table(connection, table, archive, manifest)
                if database.is_postgresql:
                    _count_on(connection)
    except (LookupError, TypeError, AttributeError, RecursionError, *_UNFIT, *DAMAGED_ZIP) as error:
        if isinstance(error, Problem):
            raise
        raise _damaged(path, f"{type(error).__name__}") from error
    return dict(manifest)


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in _PASSING]


def _at_head(database: Database) -> str:
    revision, head = current_revision(database.engine), head_revision()
    if revision is None or revision != head:
        raise Problem(
            409,
            "conflict",
            "Another schema",
            f"The database is at {revision}, this code expects {head}: patchwork migrate.",
        )
    return revision


def _write_table(connection: Connection, table: Table, archive: zipfile.ZipFile) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    keys = list(table.primary_key.columns)
    found = connection.execution_options(yield_per=_BATCH).execute(select(table).order_by(*keys))
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as stream:
        for row in found.mappings():
            line = json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False).encode() + b"\n"
            stream.write(line)
            digest.update(line)
            count += 1
    return count, digest.hexdigest()


def _read_table(connection: Connection, table: Table, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    rows, count = _rows(archive, table), 0
    while batch := list(islice(rows, _BATCH)):
        connection.execute(insert(_absent_as_null(table)), batch)
        count += len(batch)
    if count != manifest["rows"].get(table.name, 0):
        raise ValueError(f"{table.name}: found {count} rows, expected {manifest['rows'].get(table.name, 0)}")


def _absent_as_null(table: Table) -> TableClause:
    """The table with absent JSON kept as absent, which otherwise becomes the JSON text null."""
    absent = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    return plain_table(
        table.name,
        *(plain_column(c.name, absent if isinstance(c.type, JSON) and c.nullable else c.type) for c in table.columns),
    )


def _rows(archive: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    if f"{table.name}.jsonl" not in archive.namelist():
        return
    columns = {column.name: column for column in table.columns}
    with archive.open(f"{table.name}.jsonl") as stream:
        for line in stream:
            yield {name: _typed(value) for name, value in json.loads(line).items() if name in columns}


def _plain(value: Any) -> Any:
    """A value as JSON that says its type where JSON has none."""
    if isinstance(value, BaseGeometry):
        return {"$wkb": base64.b64encode(shapely.to_wkb(value)).decode()}
    if isinstance(value, bytes | memoryview):
        return {"$base64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, Decimal):
        return {"$decimal": format(value, "f")}
    if isinstance(value, datetime):
        return {"$instant": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    return {"$json": value} if isinstance(value, dict) else value


_TYPES: Final[dict[str, Any]] = {
    "$wkb": lambda text_: shapely.from_wkb(base64.b64decode(text_)),
    "$base64": base64.b64decode,
    "$decimal": Decimal,
    "$instant": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$json": lambda value: value,
}


def _typed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, held),) = value.items()
    return _TYPES[kind](held)


def _check(database: Database, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    if manifest.get("format") != FORMAT:
        raise _damaged(Path(archive.filename or "archive"), f"format {manifest.get('format')!r}")
    if manifest["revision"] != _at_head(database):
        raise Problem(
            409,
            "conflict",
            "Another schema",
            f"The archive is of schema {manifest['revision']}, this code of {head_revision()}. Restore it with "
            f"Patchwork {manifest['code_version']}, then upgrade.",
        )
    for table, wanted in manifest["sha256"].items():
        digest = hashlib.sha256()
        with archive.open(f"{table}.jsonl") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        if digest.hexdigest() != wanted:
            raise _damaged(Path(archive.filename or "archive"), f"{table}.jsonl is not what was written")


def _refuse_what_is_held(connection: Connection) -> None:
    """Only an empty database is filled; what a migration or a first start put there is taken out first."""
    for table in reversed(_tables()):
        held = connection.scalar(select(func.count()).select_from(table)) or 0
        if not held:
            continue
        if table.name == "service_secret":
            connection.execute(table.delete())
        else:
            raise Problem(
                409,
                "conflict",
                "Not empty",
                f"The database holds {held:,} rows of {table.name}. An archive is restored into an empty one: "
                "give another PATCHWORK_DATA_DIR or database, run patchwork migrate, and restore there.",
            )


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL's own numbers go on after the highest taken in."""
    for table in _tables():
        for column in table.primary_key.columns:
            if not isinstance(column.type, Integer):
                continue
            sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
            if sequence:
                highest = connection.scalar(select(func.max(column)))
                connection.execute(
                    text("SELECT setval(:sequence, :at, :used)"),
                    {"sequence": sequence, "at": highest or 1, "used": highest is not None},
                )


def _damaged(path: Path, found: str) -> Problem:
    return Problem(
        422, "import-refused", "Archive damaged", f"{path}: {found}; expected a whole file made by patchwork backup."
    )
