"""What callers see of rounds."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.api.jobs.schemas import JobStatus
from app.json_value import JsonObject
from app.problems import ProblemDocument
from app.usecases.rounds.requests import AnswerDocument, DayDocument


class RoundsSummary(BaseModel):
    """A day handed in, without its visits and its plan."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    label: str
    synthetic: bool = Field(description="Whether the visits are made up.")
    replans_id: int | None = Field(description="The run whose plan this one changes as little as it can.")
    job_id: str | None
    created_by: str
    created_at: datetime


class RoundsStatus(RoundsSummary):
    """A day handed in, and how far its planning is."""

    status: JobStatus
    stage: str = Field(description="What is being done right now, in a few words.")
    progress_share: float = Field(ge=0, le=1)
    seconds: float
    seed: int
    problem: ProblemDocument | None = Field(description="Why there is no plan, where planning failed.")


class RoundsView(RoundsStatus):
    """A day handed in, and its plan once there is one. Personal data."""

    answer: AnswerDocument | None = Field(description="The plan; it has passed the checker. Null until it is ready.")
    kpis: JsonObject | None = Field(description="Key figures of the plan, such as punctuality slack and travel share.")
    changes: list[JsonObject] | None = Field(description="Who is moved against the run it re-plans.")


class DayView(BaseModel):
    """A day as it was handed in. Personal data."""

    id: int
    day: DayDocument
