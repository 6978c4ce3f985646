"""Extracts looked at before they are loaded: what would be wrong with them, and how they might be read."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile

from app.api.demand.schemas import FileChecked, FindingView, MappingSuggested, PlacedColumn, SetAsideView
from app.api.dependencies import AppServices, require
from app.days import RecordedDay
from app.ingest.package_choices import MENDABLE, REASONS, Choices
from app.ingest.package_findings import FindingList
from app.ingest.package_findings_file import findings_csv, findings_workbook
from app.ingest.package_mapping import PackageMapping
from app.ingest.package_reader import PackagesRead
from app.ingest.package_suggest import suggest_mapping
from app.ingest.table_door import as_problem
from app.ingest.tables import TableError
from app.problems import invalid_input
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.demand.import_packages import check_file, choices_of, mapping_of_text
from app.usecases.demand.set_aside import stored, told

router = APIRouter()
Writer = Annotated[Principal, Depends(require(Permission.DEMAND_WRITE))]
MappingName = Annotated[str | None, Form(max_length=80, description="Saved mapping or template.")]
MappingFile = Annotated[UploadFile | None, File(description="A mapping of one's own, as TOML, in place of a name.")]
Reasons = Annotated[
    str,
    Form(
        max_length=200,
        description=f"Reasons by commas: {', '.join(REASONS)}. Mended can be {' and '.join(MENDABLE)} only.",
    ),
]
Extract = Annotated[UploadFile, File(description="CSV, XLSX or Parquet, one row a care package.")]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def mapping_asked(name: str | None, toml: bytes | None) -> str | PackageMapping | None:
    """The mapping named, or the one sent.

    Raises:
        Problem: both were given, or what was sent is no mapping.
    """
    if not toml:
        return name or None
    if name:
        raise invalid_input("mapping: found a name and a file, expected one of them.", errors=[{"field": "mapping"}])
    return mapping_of_text(toml.decode("utf-8", "replace"), "mapping_file")


def choices_asked(set_aside: str, mend: str) -> Choices:
    """What to do with rows that cannot be placed or counted, from lists by commas."""
    named = [[part.strip() for part in text.split(",") if part.strip()] for text in (set_aside, mend)]
    return choices_of(*named)


@router.post(
    "/checks",
    response_model=FileChecked,
    responses={200: {"content": {"text/csv": {}, _XLSX: {}}, "description": "Findings, in the format asked for."}},
)
def check_extract(
    caller: Writer,
    services: AppServices,
    file: Extract,
    taken_on: Annotated[RecordedDay, Form(description="The day the extract describes.")],
    mapping: MappingName = None,
    mapping_file: MappingFile = None,
    set_aside: Reasons = "",
    mend: Reasons = "",
    form: Annotated[Literal["json", "csv", "xlsx"], Form(alias="format", description="Of the findings.")] = "json",
) -> FileChecked | Response:
    """Check an extract and store nothing: every finding, as JSON, as CSV, or as a workbook with the rows marked."""
    read = check_file(
        services.database,
        services.settings,
        caller.council,
        file.file.read(),
        taken_on=taken_on,
        mapping=mapping_asked(mapping, None if mapping_file is None else mapping_file.file.read()),
        choices=choices_asked(set_aside, mend),
    )
    good = read if isinstance(read, PackagesRead) else None
    errors = FindingList() if isinstance(read, PackagesRead) else read.errors
    if form == "csv":
        return _sent(findings_csv(errors, read.warnings).encode("utf-8-sig"), "text/csv; charset=utf-8", "csv")
    if form == "xlsx":
        return _sent(findings_workbook(errors, read.warnings, read.table), _XLSX, "xlsx")
    return FileChecked(
        loads=good is not None,
        rows=read.rows,
        packages=len(good.packages) if good else 0,
        mapping=good.mapping.name if good else None,
        sheet=read.table.sheet if read.table else None,
        header_row=read.table.header_row if read.table else None,
        rows_passed_over=good.passed_over if good else {},
        lines_joined=good.lines_joined if good else 0,
        set_aside=SetAsideView(**told(stored(good.set_aside if good else {}))),
        errors_total=errors.total,
        warnings_total=read.warnings.total,
        findings=[FindingView(**asdict(item), message=item.message) for item in (*errors.shown, *read.warnings.shown)],
    )


def _sent(content: bytes, media_type: str, ending: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="findings.{ending}"', "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


@router.post("/mappings/suggestions")
def suggest_column_mapping(_caller: Writer, file: Extract) -> MappingSuggested:
    """Propose how an extract is read: each column taken for a field with its reason. Nothing is stored."""
    try:
        found = suggest_mapping(io.BytesIO(file.file.read()).getvalue())
    except TableError as error:
        raise as_problem(error) from error
    return MappingSuggested(
        mapping=None if found.mapping is None else found.mapping.model_dump(mode="json"),
        toml=found.toml,
        template=found.template,
        placed=[PlacedColumn(**asdict(item)) for item in found.placed],
        unused=list(found.unused),
        missing=list(found.missing),
        notes=list(found.notes),
    )
