"""Jobs that read a file somebody sent: found by its hash, deleted however the job ends, but for a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from app.jobs.context import JobCancelled, JobContext
from app.jobs.problems import JobProblem
from app.storage.models import Upload
from app.storage.uploads import forget_uploads


def read_and_forget(
    context: JobContext, step: str, read: Callable[[JobContext, Any], dict[str, Any]], request: BaseModel
) -> dict[str, Any]:
    """Run the one step of a job that reads an upload, then delete the upload. After a crash it is needed again.

    Args:
        context: The job's.
        step: Name of the step.
        read: What it does; takes the context and the request.
        request: The job's.
    """
    try:
        outcome: dict[str, Any] = context.step(step, read, context, request)
    except (Exception, JobCancelled):
        _forget(context)
        raise
    _forget(context)
    return outcome


def upload_of(context: JobContext, sha256: str) -> Upload:
    """The file a job is to read.

    Raises:
        JobProblem: it is no longer kept.
    """
    with context.database.read() as session:
        upload = session.get(Upload, (context.council, sha256))
    if upload is None:
        raise JobProblem(
            "Upload gone", "The uploaded file is no longer kept; send it again.", slug="not-found", status=404
        )
    return upload


def _forget(context: JobContext) -> None:
    with context.database.write() as session:
        forget_uploads(session, context.council, context.job_id)
