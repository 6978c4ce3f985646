"""How commands speak: JSON on standard output when asked, words otherwise, problems on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

if TYPE_CHECKING:
    from app.settings import Settings
    from app.storage.database import Database

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def say(text: str) -> None:
    """Print for people."""
    typer.echo(text)


def give(value: Any, *, as_json: bool, text: str) -> None:
    """Print a result: as JSON for programs or as text for people."""
    typer.echo(json.dumps(value, default=str, indent=2, ensure_ascii=False) if as_json else text)


def fail(message: str, *, code: int = 1) -> typer.Exit:
    """Print what went wrong and return the exit to raise."""
    typer.echo(message, err=True)
    return typer.Exit(code)


def uploaded(file: Path, settings: Settings) -> bytes:
    """What a file holds, within the limit that uploads over HTTP have."""
    size = file.stat().st_size
    if size > settings.max_upload_bytes:
        raise fail(f"{file} holds {size:,} bytes; PATCHWORK_MAX_UPLOAD_BYTES allows less.")
    return file.read_bytes()


def counted(number: int, word: str) -> str:
    """A number with its noun: ``1 error``, ``1,200 errors``."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _fault(error: dict[str, Any]) -> str:
    """One fault of a file or a request: where it is, said once, and what it is."""
    message = str(error.get("message", error))
    row, column = error.get("row"), error.get("column")
    where = ", ".join([*([f"row {row}"] if row else []), *([str(column)] if column else [])])
    where = where or str(error.get("field") or "")
    return message if not where or message.startswith((f"{where}:", f"{column}:")) else f"{where}: {message}"


@contextmanager
def problems_as_messages() -> Iterator[None]:
    """Turn problems and wrong settings into messages a person can act on."""
    from app.problems import Problem

    try:
        yield
    except Problem as problem:
        faults = [_fault(error) for error in problem.extra.get("errors", [])[:50]]
        lines = [f"{problem.title}: {problem.detail}", *(f"  {fault}" for fault in faults if fault != problem.detail)]
        raise fail("\n".join(lines), code=2) from problem
    except ValidationError as error:
        lines = [f"{'.'.join(str(p) for p in item['loc']) or 'setting'}: {item['msg']}" for item in error.errors()]
        raise fail("Wrong settings or input:\n  " + "\n  ".join(lines), code=2) from error


def settings_in_force() -> Settings:
    """The settings, or a message that says which is wrong."""
    from app.settings import get_settings

    with problems_as_messages():
        return get_settings()


def quiet_settings() -> Settings:
    """The settings in force, with logs kept to warnings: a command's output is its answer."""
    from app.logs import configure_logs

    settings = settings_in_force()
    configure_logs("WARNING", settings.log_format)
    return settings


def bring_up_to_date(settings: Settings) -> None:
    """Make the data folder and bring the schema to what this code expects."""
    from app.storage.migrate import upgrade

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(settings.resolved_database_url)


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The service's database at the schema this code expects."""
    from app.storage.database import Database
    from app.storage.migrate import current_revision, head_revision

    database = Database(settings.resolved_database_url)
    try:
        at, head = current_revision(database.engine), head_revision()
        if at != head:
            raise fail(
                f"The database stands at schema {at or 'none'}, this code expects {head}. Run: patchwork migrate"
            )
        yield database
    finally:
        database.dispose()


def progress_line(share: float, stage: str) -> None:
    """Show progress on standard error, where a person is watching."""
    if sys.stderr.isatty():
        typer.echo(f"\r{share:4.0%}  {stage:<70}", err=True, nl=share >= 1)
    elif stage != progress_line.__dict__.get("last"):
        typer.echo(f"{share:4.0%}  {stage}", err=True)
        progress_line.__dict__["last"] = stage
