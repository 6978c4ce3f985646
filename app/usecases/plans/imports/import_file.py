"""Plans drawn elsewhere as large files: read by a worker, so that no request holds much geometry."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from app.ingest.plan_files import corners_at_most, read_plan_file
from app.jobs.context import JobContext
from app.jobs.registry import job_kind
from app.jobs.uploads import read_and_forget, upload_of
from app.storage.decisions import made_by_job, note_job
from app.storage.models import ZonePlan
from app.storage.uploads import forget_uploads, keep_upload
from app.usecases.plans.imports.import_plan import keep_plan
from app.usecases.plans.measure.rules.table import ZoneRules

MOST_CORNERS_AT_ONCE: Final = 250_000
"""Shapes of so many corners are laid over a county's postcodes in about a second; more are read as a job."""


class PlanFileImport(BaseModel):
    """A file that is to become a plan. The same file sent again is another plan, as `asked` is another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    upload_sha256: str
    asked: str
    name: str
    layer: str | None
    snap_metres: float
    rules: dict[str, Any] | None


def needs_job(content: bytes) -> bool:
    """Whether a file may hold so many corners that it is read as a job.

    Raises:
        Problem: it is damaged, or larger than any map.
    """
    return corners_at_most(content) > MOST_CORNERS_AT_ONCE


def plan_file_import(
    session: Session, council: str, content: bytes, filename: str, actor: str, **asked: Any
) -> PlanFileImport:
    """Keep a file for the job that reads it, and describe the job.

    Args:
        session: A write session.
        council: Whose.
        content: The file.
        filename: What it is called.
        actor: Who sends it.
        **asked: The other members of :class:`PlanFileImport`.
    """
    forget_uploads(session, council)
    return PlanFileImport(upload_sha256=keep_upload(session, council, content, filename, actor), **asked)


@job_kind("import-plan", PlanFileImport)
def run_plan_import(context: JobContext, request: PlanFileImport) -> dict[str, Any]:
    """Read an uploaded file and keep its plan; the upload is deleted however it ends, but for a crash."""
    return read_and_forget(context, "keep", _kept, request)


def _kept(context: JobContext, request: PlanFileImport) -> dict[str, Any]:
    with context.database.read() as session:
        known = made_by_job(session, ZonePlan, context.council, context.job_id)
    if known is not None:
        return {"plan_id": known}
    upload = upload_of(context, request.upload_sha256)
    context.progress(0.1, "reading the file")
    given = read_plan_file(upload.content, request.layer)
    context.progress(0.4, "laying the shapes over the postcodes")
    with context.database.write() as session:
        plan = keep_plan(
            session,
            context.council,
            request.name,
            given,
            context.settings,
            context.requested_by,
            snap_metres=request.snap_metres,
            rules=ZoneRules.model_validate(request.rules) if request.rules else None,
        )
        return {"plan_id": note_job(session, plan, context.job_id)}
