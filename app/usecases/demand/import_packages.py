"""Loading an extract of care packages: read, check every row, then store a dated snapshot whole or change nothing."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.ingest.package_choices import ChoiceError, Choices
from app.ingest.package_findings import Finding
from app.ingest.package_limits import package_limits
from app.ingest.package_mapping import PackageMapping, load_template, parse_mapping, template_names
from app.ingest.package_reader import STOP, PackagesRead, PackagesRefused, read_packages
from app.jobs.context import JobContext
from app.jobs.fingerprint import canonical_json
from app.jobs.problems import JobProblem
from app.jobs.registry import job_kind
from app.jobs.uploads import read_and_forget, upload_of
from app.lookup.directory import national_directory
from app.lookup.index import LookupIndex, build_index
from app.problems import Problem, invalid_input
from app.settings import Settings
from app.storage.database import Database
from app.storage.demand import save_snapshot, snapshot_with_content
from app.storage.models import ColumnMapping, DemandSnapshot
from app.storage.provenance import made_from
from app.storage.state import bump_state
from app.usecases.demand.set_aside import stored, told
from geo.gazetteer import Gazetteer
from geo.postcodes import InvalidPostcode, parse, spaced

ERRORS_SHOWN = 1_000
STORED_WARNINGS = 200


class ImportRequest(BaseModel):
    """What makes an import the same as another: the file, how it is read, and what it stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    upload_sha256: str
    label: str
    taken_on: date
    mapping: str | None
    mapping_body: dict[str, Any] | None = None
    set_aside: list[str] = []
    mend: list[str] = []
    synthetic: bool
    withdrawn_before: list[int] = []
    """Snapshots with this file that were withdrawn since: loading it again after that is a new job."""


class CountyPostcodes:
    """The council's postcodes, and the nation's, as the package reader asks for them."""

    def __init__(self, index: LookupIndex, directory: Gazetteer | None) -> None:
        """Keep both."""
        self._index, self._directory = index, directory

    def status(self, postcodes: Sequence[str]) -> list[str]:
        """``live``, ``terminated``, ``out_of_county`` or ``unknown`` for each."""
        keys = [text.replace(" ", "") for text in postcodes]
        found = []
        for key in keys:
            row = self._index.postcodes.get(key)
            if row is not None:
                found.append("live" if row.live else "terminated")
            else:
                known = self._directory is not None and self._directory.lookup(key) is not None
                found.append("out_of_county" if known else "unknown")
        return found

    def area_ids(self, postcodes: Sequence[str]) -> list[str]:
        """The area each postcode lies in; empty for one that is not the council's."""
        rows = (self._index.postcodes.get(text.replace(" ", "")) for text in postcodes)
        return ["" if row is None else row.area_id for row in rows]

    def suggest(self, postcode: str) -> str | None:
        """The nearest sensible postcode of the council instead of this one."""
        try:
            key = parse(postcode).key
        except InvalidPostcode:
            return None
        row = self._index.postcodes.get(key)
        if row is not None and row.live:
            return spaced(key)
        if row is not None:
            near = self._index.nearest_live(row.easting, row.northing, 1)
            return spaced(near[0][0]) if near else None
        similar = self._index.similar(key, 1)
        if similar:
            return spaced(similar[0])
        entry = self._directory.lookup(key) if self._directory is not None else None
        if entry is not None and entry.easting is not None and entry.northing is not None:
            near = self._index.nearest_live(entry.easting, entry.northing, 1)
            return spaced(near[0][0]) if near else None
        return None


def find_mapping(session: Session, council: str, name: str | PackageMapping | None) -> PackageMapping | None:
    """The saved mapping or shipped template of a name, or a mapping itself; None where the file's headers decide.

    Raises:
        Problem: there is neither.
    """
    if name is None or isinstance(name, PackageMapping):
        return name
    saved = session.get(ColumnMapping, (council, name))
    if saved is not None:
        return PackageMapping.model_validate(saved.body)
    if name in template_names():
        return load_template(name)
    raise Problem(
        422,
        "invalid-input",
        "Unknown mapping",
        f"mapping: found {name!r}, expected a saved mapping or one of the templates {', '.join(template_names())}.",
        errors=[{"field": "mapping", "message": "no such mapping", "found": name}],
    )


def mapping_of_text(text: str, name: str = "mapping") -> PackageMapping:
    """A mapping written as TOML.

    Raises:
        Problem: it is no TOML, or no mapping; every field at fault is named.
    """
    try:
        return parse_mapping(text)
    except tomllib.TOMLDecodeError as error:
        raise invalid_input(
            f"{name}: found text that is no TOML ({error}).",
            errors=[{"field": name, "message": f"no TOML: {error}"}],
        ) from error
    except ValidationError as error:
        errors = [
            {"field": ".".join([name, *map(str, item["loc"])]), "message": item["msg"]} for item in error.errors()
        ]
        raise invalid_input(f"{errors[0]['field']}: {errors[0]['message']}.", errors=errors) from error


def choices_of(set_aside: Sequence[str], mend: Sequence[str]) -> Choices:
    """What to do with rows that cannot be placed or counted.

    Raises:
        Problem: a reason is not known, or cannot be mended.
    """
    try:
        return Choices.of(set_aside, mend)
    except ChoiceError as error:
        field = str(error).partition(":")[0]
        raise invalid_input(f"{error}.", errors=[{"field": field, "message": str(error)}]) from error


def import_request(
    session: Session,
    council: str,
    upload_sha256: str,
    *,
    label: str,
    taken_on: date,
    mapping: str | PackageMapping | None,
    synthetic: bool,
    choices: Choices = STOP,
) -> ImportRequest:
    """Describe an import so that asking twice is one job, but asking again after a withdrawal is a new one."""
    withdrawn = session.scalars(
        select(DemandSnapshot.id)
        .where(DemandSnapshot.council == council, DemandSnapshot.withdrawn_at.is_not(None))
        .order_by(DemandSnapshot.id)
    ).all()
    return ImportRequest(
        upload_sha256=upload_sha256,
        label=label,
        taken_on=taken_on,
        mapping=mapping.name if isinstance(mapping, PackageMapping) else mapping,
        mapping_body=mapping.model_dump(mode="json") if isinstance(mapping, PackageMapping) else None,
        set_aside=sorted(choices.set_aside),
        mend=sorted(choices.mend),
        synthetic=synthetic,
        withdrawn_before=list(withdrawn),
    )


def check_file(
    database: Database,
    settings: Settings,
    council: str,
    content: bytes,
    *,
    taken_on: date,
    mapping: str | PackageMapping | None,
    choices: Choices = STOP,
    report: Callable[[float, str], None] = lambda _share, _stage: None,
) -> PackagesRead | PackagesRefused:
    """Read and check a file and store nothing; arguments as for :func:`load_file`.

    Raises:
        Problem: there is no such mapping, or no postcodes are loaded.
    """
    report(0.05, "reading the postcode directory")
    directory = national_directory(settings)
    with database.read() as session:
        chosen = find_mapping(session, council, mapping)
        index = build_index(session, council)
    if not index.postcodes:
        raise JobProblem(
            "No postcodes loaded",
            "Load the council's postcodes first: patchwork import postcodes.",
            slug="nothing-published",
            status=409,
        )
    report(0.15, "checking every row")
    return read_packages(
        content,
        postcodes=CountyPostcodes(index, directory),
        as_of=taken_on,
        mapping=chosen,
        limits=package_limits(),
        most_shown=ERRORS_SHOWN,
        choices=choices,
    )


def load_file(
    database: Database,
    settings: Settings,
    council: str,
    content: bytes,
    *,
    label: str,
    taken_on: date,
    mapping: str | PackageMapping | None,
    synthetic: bool,
    actor: str,
    choices: Choices = STOP,
    report: Callable[[float, str], None] = lambda _share, _stage: None,
) -> dict[str, Any]:
    """Check a file and store it as a snapshot.

    Args:
        database: Where to.
        settings: For the folder of the directory cache.
        council: Whose.
        content: The file: CSV, XLSX or Parquet.
        label: What to call the snapshot.
        taken_on: The day it describes.
        mapping: Saved mapping or template, or a mapping itself; None lets the headers decide.
        synthetic: Whether it is made up; shown wherever its figures are.
        actor: Who loads it.
        choices: What to do with rows that cannot be placed or counted; they stop the file without.
        report: Told how far it is.

    Returns:
        snapshot_id, already_loaded, packages, hours_per_week, warnings (count), mapping, how the file was read, and
        what was passed over, joined and set aside.

    Raises:
        Problem: ``import-refused`` with every error by row and column; nothing was changed.
    """
    read = check_file(
        database, settings, council, content, taken_on=taken_on, mapping=mapping, choices=choices, report=report
    )
    if isinstance(read, PackagesRefused):
        raise _refusal(read)
    report(0.6, f"storing {len(read.packages):,} packages")
    return _store(database, council, read, label=label, taken_on=taken_on, synthetic=synthetic, actor=actor)


def _store(
    database: Database,
    council: str,
    read: PackagesRead,
    *,
    label: str,
    taken_on: date,
    synthetic: bool,
    actor: str,
) -> dict[str, Any]:
    # What was set aside is part of what is recognised: totals say what they miss.
    aside = stored(read.set_aside)
    mark = f" {canonical_json(aside)}" if aside else ""
    # The same packages on another day are another snapshot: the day is part of what is recognised.
    content_sha256 = hashlib.sha256(f"{read.fingerprint} {taken_on.isoformat()}{mark}".encode()).hexdigest()
    try:
        with database.write() as session:
            known = snapshot_with_content(session, council, content_sha256)
            if known is not None:
                return _outcome(known, read, already_loaded=True)
            snapshot = save_snapshot(
                session,
                council,
                packages=read.packages,
                label=label,
                taken_on=taken_on,
                synthetic=synthetic,
                content_sha256=content_sha256,
                mapping_name=read.mapping.name,
                warnings=[_without_found(finding) for finding in read.warnings.shown[:STORED_WARNINGS]],
                provenance=made_from(session, kind=read.kind, rows=read.rows, warnings=read.warnings.total),
                actor=actor,
                set_aside=aside,
            )
            bump_state(session, council)
            return _outcome(snapshot, read, already_loaded=False)
    except IntegrityError:
        with database.read() as session:
            known = snapshot_with_content(session, council, content_sha256)
            if known is None:
                raise
            return _outcome(known, read, already_loaded=True)


def _outcome(snapshot: DemandSnapshot, read: PackagesRead, *, already_loaded: bool) -> dict[str, Any]:
    return {
        "snapshot_id": snapshot.id,
        "already_loaded": already_loaded,
        "packages": snapshot.packages,
        "hours_per_week": snapshot.minutes_per_week / 60,
        "warnings": snapshot.provenance.get("warnings", len(snapshot.warnings)),
        "mapping": snapshot.mapping_name,
        "sheet": read.sheet,
        "header_row": read.header_row,
        "rows": read.rows,
        "rows_passed_over": sum(read.passed_over.values()),
        "lines_joined": read.lines_joined,
        "set_aside": told(snapshot.set_aside or {}),
    }


def _without_found(finding: Finding) -> dict[str, Any]:
    """A finding as it may be kept: without the value, which may be a person's postcode."""
    return {"row": finding.row, "column": finding.column, "code": finding.code, "expected": finding.expected}


def _refusal(refused: PackagesRefused) -> JobProblem:
    errors = refused.errors
    return JobProblem(
        "Import refused",
        f"{errors.total:,} errors in {refused.rows:,} rows; nothing was loaded. {errors.summary()}",
        slug="import-refused",
        errors=[asdict(finding) | {"message": finding.message} for finding in errors.shown],
        errors_total=errors.total,
        errors_left_out=errors.left_out,
        warnings_total=refused.warnings.total,
        rows=refused.rows,
    )


@job_kind("import-packages", ImportRequest)
def run_import(context: JobContext, request: ImportRequest) -> dict[str, Any]:
    """Load an uploaded file; the upload is deleted however it ends, but for a crash, after which it is needed again."""
    return read_and_forget(context, "load", _load_upload, request)


def _load_upload(context: JobContext, request: ImportRequest) -> dict[str, Any]:
    upload = upload_of(context, request.upload_sha256)
    body = request.mapping_body
    done = load_file(
        context.database,
        context.settings,
        context.council,
        upload.content,
        label=request.label,
        taken_on=request.taken_on,
        mapping=PackageMapping.model_validate(body) if body is not None else request.mapping,
        synthetic=request.synthetic,
        actor=context.requested_by,
        choices=Choices.of(request.set_aside, request.mend),
        report=context.progress,
    )
    # Jobs are read by more roles than exact figures: what was set aside is asked of the snapshot.
    return {name: value for name, value in done.items() if name != "set_aside"}
