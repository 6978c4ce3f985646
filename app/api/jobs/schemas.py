"""What callers see of a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.json_value import JsonObject
from app.problems import ProblemDocument

JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]

EXAMPLE: dict[str, Any] = {
    "id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0-1",
    "kind": "draw-plan",
    "status": "running",
    "stage": "Improving",
    "progress_share": 0.4,
    "attempts": 1,
    "cancel_requested": False,
    "requested_by": "Zoning desk",
    "created_at": "2026-03-02T09:30:00Z",
    "started_at": "2026-03-02T09:30:01Z",
    "finished_at": None,
    "updated_at": "2026-03-02T09:30:25Z",
}


class JobSummary(BaseModel):
    """A piece of long work and how far it is."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [EXAMPLE]})

    id: str
    kind: str = Field(description="What is being done, such as `import-packages`.")
    status: JobStatus
    stage: str = Field(description="What is being done right now, in a few words.")
    progress_share: float = Field(ge=0, le=1, description="Part done, 0 to 1.")
    attempts: int = Field(description="How often a worker took it up: more than 1 after a worker was lost.")
    cancel_requested: bool
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    updated_at: datetime


class JobView(JobSummary):
    """A job with what was asked and what came of it."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [{**EXAMPLE, "request": {"zones": 14, "seed": 1}, "result": None, "problem": None}]
        },
    )

    request: JsonObject
    result: JsonObject | None = Field(description="What came of it, once it has succeeded.")
    problem: ProblemDocument | None = Field(description="Why it failed, as a problem document.")
