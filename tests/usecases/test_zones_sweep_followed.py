"""A sweep that somebody waits for: stopped, gone on with, and the same however many run at a time."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.storage.models import Job
from app.usecases.plans.draw.draw_zones import settled
from app.usecases.plans.draw.sweep import SweepRequest, try_plan
from app.usecases.plans.draw.sweep_followed import SweepStoppedError, follow_sweep
from tests.databases import Installation

ASKED = SweepRequest(zones=[5, 6, 30], tolerance_shares=[0.3], viable_hours_per_week=600, starts=1, seconds=200)


def _followed(
    demo: Installation, stop_after: int | None = None, processes: int = 2
) -> tuple[dict[str, Any], list[str]]:
    told: list[str] = []
    settings = demo.settings.model_copy(update={"worker_lost_after_seconds": 5})

    def report(share: float, stage: str) -> None:
        assert 0 <= share <= 1
        told.append(stage)
        if stop_after is not None and int(stage.split(maxsplit=1)[0]) >= stop_after:
            raise KeyboardInterrupt

    state = follow_sweep(
        demo.database, settings, ASKED, "tests", processes=processes, report=report, keep=lambda _state: None
    )
    return state, told


def _jobs(demo: Installation) -> dict[str, tuple[str, int]]:
    with demo.database.read() as session:
        return {
            job.id: (job.status, job.attempts) for job in session.scalars(select(Job).where(Job.kind == "try-zones"))
        }


def test_a_sweep_stopped_by_the_keyboard_goes_on_with_what_is_missing(demo: Installation) -> None:
    with pytest.raises(SweepStoppedError, match="of 3 variants are done"):
        _followed(demo, stop_after=1, processes=1)
    stopped = _jobs(demo)
    assert {status for status, _ in stopped.values()} <= {"succeeded", "failed", "cancelled"}
    assert "cancelled" in {status for status, _ in stopped.values()}

    state, told = _followed(demo)
    assert (state["finished"], state["of"]) == (3, 3)
    assert told[-1].startswith("3 of 3 variants done")
    assert [point["status"] for point in state["points"]] == ["succeeded", "succeeded", "failed"]
    assert "Ask for at most" in state["points"][2]["problem"]
    after = _jobs(demo)
    for job_id, (status, attempts) in stopped.items():
        if status != "cancelled":  # what was done is as it was
            assert after[job_id] == (status, attempts)

    again, told = _followed(demo)
    assert (again, told) == (state, [])  # all is done, also that one variant has no plan
    assert _jobs(demo) == after

    with demo.database.read() as session:
        point = settled(session, "leicestershire", ASKED.points()[1])
    alone = try_plan(demo.database, "leicestershire", point, demo.settings)
    assert alone == state["points"][1]["figures"]
