"""Demand: snapshots of care packages, their totals, what changed between them, and how extracts are read."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

import anyio
import anyio.to_thread
from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from app.api.demand.files import MappingFile, MappingName, Reasons, choices_asked, mapping_asked
from app.api.demand.files import router as files_router
from app.api.demand.schemas import (
    Comparison,
    ImportOutcome,
    ImportStarted,
    MappingView,
    PackageView,
    SetAsideView,
    SnapshotView,
    Totals,
)
from app.api.dependencies import AppServices, Services, require
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.days import RecordedDay
from app.ingest.package_mapping import PackageMapping
from app.lookup.index import LookupIndex
from app.problems import Problem, ProblemDocument, invalid_input, not_found, problem_response
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.demand import current_snapshot, find_snapshot, list_packages, list_snapshots, withdraw_snapshot
from app.storage.models import CarePackage, DemandSnapshot, Job
from app.storage.state import bump_state
from app.storage.uploads import forget_uploads, keep_upload
from app.usecases.demand.column_mappings import all_mappings, save_mapping
from app.usecases.demand.figures import compare_snapshots, snapshot_or_current, snapshot_totals
from app.usecases.demand.gate import INSIDE, Audience, headline
from app.usecases.demand.import_packages import import_request
from app.usecases.demand.set_aside import set_aside_of
from geo.postcodes import spaced

router = APIRouter(prefix="/demand", tags=["demand"])
router.include_router(files_router)
TotalsReader = Annotated[Principal, Depends(require(Permission.DEMAND_TOTALS))]
ExactReader = Annotated[Principal, Depends(require(Permission.DEMAND_EXACT))]
PackageReader = Annotated[Principal, Depends(require(Permission.DEMAND_PACKAGES))]
Writer = Annotated[Principal, Depends(require(Permission.DEMAND_WRITE))]
Group = Literal["band", "zone", "service_type", "provider", "area_id"]
_POLL_SECONDS = 0.15


def _snapshot_view(session: Session, row: DemandSnapshot, audience: Audience) -> SnapshotView:
    """A snapshot as an audience may see it: without exact figures those of the current one alone, protected."""
    plain = {name: getattr(row, name) for name in SnapshotView.model_fields if hasattr(row, name)}
    plain |= {"set_aside": set_aside_of(row, audience)}
    if not audience.exact:
        plain |= {"warnings": [], "provenance": {}}
        current = current_snapshot(session, row.council)
        if current is None or current.id != row.id:
            return SnapshotView(**{**plain, "packages": None, "hours_per_week": None})
    return SnapshotView(**{**plain, **headline(session, row, audience)})


@router.post(
    "/snapshots",
    status_code=201,
    response_model=ImportOutcome,
    responses={
        200: {"model": ImportOutcome, "description": "Exactly these packages stood already; nothing was changed."},
        202: {"model": ImportStarted, "description": "The load goes on as a job."},
        422: {"model": ProblemDocument, "description": "Refused: every error by row and column; nothing was changed."},
    },
)
async def load_snapshot(
    caller: Writer,
    services: AppServices,
    file: Annotated[UploadFile, File(description="CSV, XLSX or Parquet, one row a care package.")],
    taken_on: Annotated[RecordedDay, Form(description="The day the extract describes.")],
    label: Annotated[str, Form(min_length=1, max_length=120)] = "Extract",
    mapping: MappingName = None,
    mapping_file: MappingFile = None,
    set_aside: Reasons = "",
    mend: Reasons = "",
    synthetic: Annotated[bool, Form(description="Whether the packages are made up.")] = False,  # noqa: FBT002
    wait_seconds: Annotated[float, Form(ge=0, le=60, description="How long to wait before answering 202.")] = 25,
) -> Response:
    """Load an extract as a dated snapshot, whole or not at all.

    Every row is checked. With errors nothing is loaded, and the answer lists each by row and column with what was found
    and what was expected. The same packages for the same day are recognised and not loaded twice.
    """
    content = await file.read()
    filename = (file.filename or "upload")[-200:]
    how = mapping_asked(mapping, None if mapping_file is None else await mapping_file.read())
    choices = choices_asked(set_aside, mend)

    def submit() -> tuple[Job, bool]:
        with services.database.write() as session:
            forget_uploads(session, caller.council)
            digest = keep_upload(session, caller.council, content, filename, caller.name)
            request = import_request(
                session,
                caller.council,
                digest,
                label=label,
                taken_on=taken_on,
                mapping=how,
                synthetic=synthetic,
                choices=choices,
            )
            job = services.jobs.submit_in(session, "import-packages", request, caller.council, caller.name)
            done_before = job.status == "succeeded"
            if done_before:
                forget_uploads(session, caller.council)  # nobody is to read it
            return job, done_before

    job, done_before = await anyio.to_thread.run_sync(submit)
    finished = await _wait(services, job, wait_seconds)
    return _import_response(services, finished, done_before=done_before)


async def _wait(services: Services, job: Job, seconds: float) -> Job:
    until = time.monotonic() + seconds
    while job.status in {"queued", "running"} and time.monotonic() < until:
        await anyio.sleep(_POLL_SECONDS)
        found: Job | None = await anyio.to_thread.run_sync(services.jobs.get, job.id, job.council)
        job = job if found is None else found
    return job


def _import_response(services: Services, job: Job, *, done_before: bool) -> Response:
    follow = f"/v1/jobs/{job.id}"
    if job.status == "succeeded" and job.result is not None:
        services.lookup.refresh()
        known = job.result["already_loaded"] or done_before
        with services.database.read() as session:
            row = find_snapshot(session, job.council, job.result["snapshot_id"])
            aside = None if row is None else set_aside_of(row, INSIDE)
        return JSONResponse(
            {**job.result, "already_loaded": known, "set_aside": aside},
            status_code=200 if known else 201,
            headers={"location": f"/v1/demand/snapshots/{job.result['snapshot_id']}"},
        )
    if job.status == "failed" and job.problem is not None:
        problem = dict(job.problem)
        members = {key: problem.pop(key) for key in ("status", "type", "title", "detail")}
        return problem_response(
            Problem(
                members["status"], members["type"].rsplit("/", 1)[-1], members["title"], members["detail"], **problem
            )
        )
    if job.status == "cancelled":
        raise Problem(409, "conflict", "Cancelled", "The load was cancelled; nothing was changed.", job_id=job.id)
    body = {"job_id": job.id, "status": job.status, "follow": follow}
    return JSONResponse(body, status_code=202, headers={"location": follow})


@router.get("/snapshots")
def list_demand_snapshots(
    caller: TotalsReader, services: AppServices, limit: PageLimit = 100, cursor: PageCursor = None
) -> Page[SnapshotView]:
    """List snapshots, newest first."""
    before = cursor_value(cursor, "id", int)
    with services.database.read() as session:
        rows = list_snapshots(session, caller.council, limit, before)
        audience = services.audience(caller)
        return page_of(rows, limit, lambda row: _snapshot_view(session, row, audience), lambda row: {"id": row.id})


@router.get("/snapshots/{snapshot_id}")
def get_snapshot(snapshot_id: int, caller: TotalsReader, services: AppServices) -> SnapshotView:
    """One snapshot without its packages."""
    with services.database.read() as session:
        row = find_snapshot(session, caller.council, snapshot_id)
        if row is None:
            raise not_found("snapshot", snapshot_id)
        return _snapshot_view(session, row, services.audience(caller))


@router.delete("/snapshots/{snapshot_id}", status_code=204)
def withdraw_demand_snapshot(snapshot_id: int, caller: Writer, services: AppServices) -> None:
    """Take a snapshot out of use. The one before it is the current one again."""
    with services.database.write() as session:
        row = find_snapshot(session, caller.council, snapshot_id)
        if row is None:
            raise not_found("snapshot", snapshot_id)
        withdraw_snapshot(session, row, caller.name)
        bump_state(session, caller.council)
    services.lookup.refresh()


@router.get("/snapshots/{snapshot_id}/packages")
def list_snapshot_packages(
    snapshot_id: int,
    caller: PackageReader,
    services: AppServices,
    response: Response,
    waiting_only: Annotated[bool, Query(description="Only packages without a provider that wait.")] = False,  # noqa: FBT002
    band: Annotated[str | None, Query(max_length=20)] = None,
    zone_number: Annotated[int | None, Query()] = None,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
) -> Page[PackageView]:
    """List single packages: special-category personal data, for those who place them."""
    response.headers["cache-control"] = "no-store"
    after = cursor_value(cursor, "reference", str)
    with services.database.read() as session:
        if find_snapshot(session, caller.council, snapshot_id) is None:
            raise not_found("snapshot", snapshot_id)
        rows = list_packages(
            session,
            snapshot_id,
            limit,
            after,
            waiting_only=waiting_only,
            area_ids=_areas_of(services.lookup.index, band, zone_number),
        )
    return page_of(rows, limit, _package_view, lambda row: {"reference": row.reference})


def _areas_of(index: LookupIndex, band: str | None, zone_number: int | None) -> list[str] | None:
    if band is None and zone_number is None:
        return None
    return [
        area_id
        for area_id in index.area_ids
        if (band is None or index.band(area_id).band == band)
        and (zone_number is None or index.zone_of.get(area_id) == zone_number)
    ]


def _package_view(row: CarePackage) -> PackageView:
    return PackageView(
        reference=row.reference,
        postcode=spaced(row.postcode_key),
        area_id=row.area_id,
        service_type=row.service_type,
        hours_per_week=row.minutes_per_week / 60,
        visits_per_week=row.visits_per_week,
        carers_per_visit=row.carers_per_visit,
        start_date=row.start_date,
        end_date=row.end_date,
        provider=row.provider,
        waiting_since=row.waiting_since,
    )


@router.get("/totals")
def get_demand_totals(
    caller: TotalsReader,
    services: AppServices,
    by: Annotated[list[Group], Query(description="Up to two groupings.", max_length=2)] = ["band"],  # noqa: B006
    snapshot_id: Annotated[int | None, Query(description="The current one when absent.")] = None,
    plan_id: Annotated[int | None, Query(description="Zones of this plan; the published one when absent.")] = None,
) -> Totals:
    """Hours, packages, people and visits by group.

    Roles that plan inside the council see exact figures. Everyone else sees those of the current snapshot alone, in
    whole steps, with what rests on few people withheld.
    """
    audience = services.audience(caller)
    if "area_id" in by and not audience.exact:
        raise Problem(
            403,
            "not-permitted",
            "Not permitted",
            "Totals by area need the permission demand:exact: a few packages in one area would point to people.",
            permission=Permission.DEMAND_EXACT.value,
        )
    with services.database.read() as session:
        row = snapshot_or_current(session, caller.council, snapshot_id, audience)
        items = snapshot_totals(
            session,
            caller.council,
            row,
            list(dict.fromkeys(by)),
            plan_id=plan_id,
            drafts=caller.may(Permission.DRAFTS_READ),
            audience=audience,
        )
        return Totals(
            snapshot_id=row.id,
            synthetic=row.synthetic,
            by=list(dict.fromkeys(by)),
            suppressed_below=audience.withheld_below,
            set_aside=SetAsideView(**set_aside_of(row, audience)),
            items=items,
        )


@router.get("/comparison")
def compare_demand_snapshots(
    caller: ExactReader,
    services: AppServices,
    before_id: Annotated[int, Query()],
    after_id: Annotated[int, Query()],
    by: Annotated[list[Group], Query(max_length=2)] = ["band"],  # noqa: B006
) -> Comparison:
    """What changed between two snapshots: added, ended, increased, decreased and moved hours by group."""
    with services.database.read() as session:
        before = snapshot_or_current(session, caller.council, before_id)
        after = snapshot_or_current(session, caller.council, after_id)
        summary, items = compare_snapshots(session, caller.council, before, after, list(dict.fromkeys(by)))
    return Comparison(
        before_id=before.id,
        after_id=after.id,
        synthetic=before.synthetic or after.synthetic,
        set_aside_before=SetAsideView(**set_aside_of(before, INSIDE)),
        set_aside_after=SetAsideView(**set_aside_of(after, INSIDE)),
        summary=summary,
        by=list(dict.fromkeys(by)),
        items=items,
    )


@router.get("/mappings")
def list_column_mappings(caller: Writer, services: AppServices) -> dict[str, list[MappingView]]:
    """Saved column mappings and the shipped templates."""
    with services.database.read() as session:
        return {"items": [MappingView(**item) for item in all_mappings(session, caller.council)]}


@router.put("/mappings/{name}")
def save_column_mapping(name: str, mapping: PackageMapping, caller: Writer, services: AppServices) -> MappingView:
    """Save how one system's extract is read, under a name used when loading."""
    if mapping.name != name:
        raise invalid_input(
            f"name: found {mapping.name!r} in the body, expected {name!r} as in the address.",
            errors=[{"field": "body.name", "message": "differs from the address", "found": mapping.name}],
        )
    with services.database.write() as session:
        saved: dict[str, Any] = save_mapping(session, caller.council, mapping, caller.name)
    return MappingView(**saved)
