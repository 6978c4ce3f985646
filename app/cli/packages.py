"""``patchwork import packages``: load an extract, look what is wrong with it, or have its mapping proposed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import (
    AsJson,
    counted,
    fail,
    give,
    open_database,
    problems_as_messages,
    progress_line,
    quiet_settings,
    say,
    uploaded,
)
from app.ingest.package_choices import MENDABLE, REASONS, Choices
from app.ingest.package_findings import FindingList
from app.ingest.package_findings_file import findings_csv, findings_workbook
from app.ingest.package_mapping import PackageMapping, template_names
from app.ingest.package_reader import PackagesRead
from app.ingest.package_suggest import suggest_mapping
from app.ingest.tables import TableError
from app.usecases.demand.import_packages import check_file, choices_of, load_file, mapping_of_text
from app.usecases.demand.set_aside import sentence, stored, told

if TYPE_CHECKING:
    from app.settings import Settings

ACTOR = "command line"
MOST_SHOWN = 20
WRONG_INPUT = 2


def packages(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    taken_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the extract describes. Needed to load it.")
    ] = None,
    label: Annotated[str, typer.Option(help="What to call the snapshot.")] = "Extract",
    mapping: Annotated[
        str | None,
        typer.Option(help="Saved mapping, template, or a TOML file of your own; the headers decide without."),
    ] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Propose a mapping from the file, with the reasons; load nothing.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Where --suggest writes the mapping (TOML).")] = None,
    set_aside: Annotated[str, typer.Option(help=f"Rows to leave out and count, by commas: {', '.join(REASONS)}.")] = "",
    mend: Annotated[str, typer.Option(help=f"Rows to mend as suggested, by commas: {', '.join(MENDABLE)}.")] = "",
    findings: Annotated[
        Path | None, typer.Option(help="File for everything found, .csv or .xlsx (rows marked).")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Say what is wrong and load nothing.")] = False,
    synthetic: Annotated[bool, typer.Option("--synthetic", help="The packages are made up.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load an extract of care packages (CSV, XLSX, Parquet) as a dated snapshot, whole or not at all."""
    settings = quiet_settings()
    content = uploaded(file, settings)
    if suggest:
        _suggest(content, out, as_json=as_json)
        return
    if taken_on is None:
        raise fail(
            "--taken-on: found nothing, expected the day the extract describes, as 2026-10-31.", code=WRONG_INPUT
        )
    if findings is not None and findings.suffix.lower() not in {".csv", ".xlsx"}:
        raise fail(f"--findings: found {findings.name!r}, expected a name ending in .csv or .xlsx.", code=WRONG_INPUT)
    with problems_as_messages():
        how = _mapping(mapping)
        choices = choices_of(_named(set_aside), _named(mend))
    if check or findings is not None:
        sound = _look(settings, content, taken_on, how, choices, findings, as_json=as_json and check)
        if check:
            raise typer.Exit(0 if sound else 1)
    with problems_as_messages(), open_database(settings) as database:
        done = load_file(
            database,
            settings,
            settings.council,
            content,
            label=label,
            taken_on=taken_on.date(),
            mapping=how,
            synthetic=synthetic,
            actor=ACTOR,
            choices=choices,
            report=progress_line,
        )
    give(done, as_json=as_json, text="\n".join(_as_loaded(done)))


def _as_loaded(done: dict[str, Any]) -> list[str]:
    known = "These packages stood already as" if done["already_loaded"] else "Loaded"
    warnings = counted(done["warnings"], "warning")
    held = f"{counted(done['packages'], 'package')}, {done['hours_per_week']:,.1f} hours a week, {warnings}"
    lines = [f"{known} snapshot {done['snapshot_id']}: {held}."]
    if done["sheet"] is not None or done["header_row"] != 1:
        sheet = f"sheet {done['sheet']!r}, " if done["sheet"] is not None else ""
        lines.append(f"Read from {sheet}column names in row {done['header_row']}.")
    if done["rows_passed_over"]:
        lines.append(f"{done['rows_passed_over']:,} rows passed over by the mapping's filters.")
    if done["lines_joined"]:
        lines.append(f"{done['lines_joined']:,} lines went into the package of an earlier line.")
    return [*lines, *filter(None, [sentence(done["set_aside"])])]


def _named(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _mapping(given: str | None) -> str | PackageMapping | None:
    """A mapping by its name, or out of a file where there is one of that name."""
    if given is None:
        return None
    file = Path(given)
    if file.suffix.lower() != ".toml" and (given in template_names() or not file.is_file()):
        return given
    try:
        return mapping_of_text(file.read_text(encoding="utf-8-sig"), file.name)
    except (OSError, UnicodeDecodeError) as error:
        raise fail(f"--mapping: {given} cannot be read ({error}).", code=WRONG_INPUT) from error


def _look(
    settings: Settings,
    content: bytes,
    taken_on: datetime,
    mapping: str | PackageMapping | None,
    choices: Choices,
    findings: Path | None,
    *,
    as_json: bool,
) -> bool:
    """Check the file, write what was found, and say whether it would load."""
    with problems_as_messages(), open_database(settings) as database:
        read = check_file(
            database, settings, settings.council, content, taken_on=taken_on.date(), mapping=mapping, choices=choices
        )
    errors = FindingList() if isinstance(read, PackagesRead) else read.errors
    if findings is not None:
        csv = findings.suffix.lower() == ".csv"
        findings.write_bytes(
            findings_csv(errors, read.warnings).encode("utf-8-sig")
            if csv
            else findings_workbook(errors, read.warnings, read.table)
        )
    aside = told(stored(read.set_aside if isinstance(read, PackagesRead) else {}))
    done = {
        "loads": isinstance(read, PackagesRead),
        "rows": read.rows,
        "errors": errors.total,
        "warnings": read.warnings.total,
        "set_aside": aside,
        "findings": [asdict(item) | {"message": item.message} for item in (*errors.shown, *read.warnings.shown)],
    }
    lines = [_verdict(read.rows, errors, read.warnings)]
    lines += [f"Written to {findings}."] if findings is not None else []
    lines += filter(None, [sentence(aside)])
    for found, name in ((errors, "error"), (read.warnings, "warning")):
        lines += [f"{name.capitalize()}: {item.message}." for item in found.shown[:MOST_SHOWN]]
        left = found.total - min(MOST_SHOWN, len(found.shown))
        lines += [f"And {counted(left, f'more {name}')}: --findings writes all of them to a file."] if left else []
    if as_json:
        give(done, as_json=True, text="")
    else:
        say("\n".join(lines))
    return isinstance(read, PackagesRead)


def _verdict(rows: int, errors: FindingList, warnings: FindingList) -> str:
    """How many rows were looked at, and what was found; of the file itself where no row could be read."""
    found = f"{counted(errors.total, 'error')}, {counted(warnings.total, 'warning')}"
    if not rows and errors.total:
        return f"No row could be read: {found}."
    return f"{counted(rows, 'row')}: {found}."


def _suggest(content: bytes, out: Path | None, *, as_json: bool) -> None:
    try:
        found = suggest_mapping(content)
    except TableError as error:
        raise fail(f"The file cannot be read: {error}.", code=WRONG_INPUT) from error
    if out is not None:
        out.write_text(found.toml, encoding="utf-8")
    done = {
        "mapping": None if found.mapping is None else found.mapping.model_dump(mode="json"),
        "toml": found.toml,
        "template": found.template,
        "placed": [asdict(item) for item in found.placed],
        "unused": list(found.unused),
        "missing": list(found.missing),
        "notes": list(found.notes),
    }
    lines = [f"{item.column} is {item.field.replace('_', ' ')}: {item.why}." for item in found.placed]
    lines += [f"Not read: {', '.join(found.unused)}."] if found.unused else []
    lines += [f"Not found: {', '.join(found.missing)}."] if found.missing else []
    lines += found.notes
    lines += [f"Written to {out}." if out is not None else "\n" + found.toml]
    give(done, as_json=as_json, text="\n".join(lines))
