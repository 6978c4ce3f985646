"""Rounds kept in an installation without waiting for a worker: a planned day, and a simulation."""

from __future__ import annotations

import json
from typing import Any

from app.storage.rounds import find_run, save_simulation
from app.usecases.rounds.day import ask_rounds, store_answer
from app.usecases.rounds.examples import EXAMPLE_DAY
from app.usecases.rounds.requests import RoundsRequest
from routing.rounds import day_from_json, solve
from tests.api.inprocess import InProcess

COUNCIL = "leicestershire"


def planned_day(county: InProcess, seed: int = 0) -> int:
    """A day with its plan; returns its number."""
    services = county.app.state.services
    number = ask_rounds(services.jobs, COUNCIL, RoundsRequest(day=EXAMPLE_DAY, seconds=1, seed=seed), "tests")
    with services.database.read() as session:
        run = find_run(session, COUNCIL, number)
        assert run is not None
        known = run.answer
    if known is None:
        day = day_from_json(json.dumps(EXAMPLE_DAY))
        store_answer(services.database, COUNCIL, number, solve(day, seconds=60, solution_limit=1), None)
    return number


def simulation(county: InProcess) -> int:
    """A simulation with figures for one band; returns its number."""
    estimate = {"mean": 7.0, "low": 6.0, "high": 8.0}
    row: dict[str, Any] = {
        "group": "urban",
        "carer_visits": 100,
        "travel_minutes": estimate,
        "waiting_minutes": {"mean": 1.0, "low": 0.5, "high": 1.5},
        "miles": {"mean": 1.6, "low": 1.5, "high": 1.7},
        "mean_visit_minutes": 36.0,
    }
    plan = county.get("/v1/meta").json()
    result = {
        "by": {"all": [row], "band": [row]},
        "days": ["2019-07-01"],
        "provider_days": 1,
        "demand_is_synthetic": True,
        "engine": "tests",
        "travel_version": "tests",
    }
    with county.installation.database.write() as session:
        return save_simulation(
            session,
            COUNCIL,
            plan_id=plan["plan"]["id"],
            snapshot_id=plan["snapshot"]["id"],
            parameters={},
            result=result,
            provenance={"plan": {"id": plan["plan"]["id"], "name": plan["plan"]["name"]}},
            actor="tests",
        ).id
