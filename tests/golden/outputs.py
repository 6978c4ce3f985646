"""What the engines answer for fixed inputs and seeds, short enough to keep and compare."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np

from app.usecases.rounds.examples import EXAMPLE_DAY
from geo.zoning import ZoningProblem, solve
from pricing import price
from routing.rounds.documents import day_from_json
from routing.rounds.planning import solve as solve_day
from tests.geo.zoning.zoning_maps import grid_problem

ROUNDED = 6
"""Decimals kept of floating-point figures: platforms may differ below."""

WAGE = {
    "wage_pounds_per_hour": 9.30,
    "on_costs": {
        "method": "compound",
        "holiday": 0.1207,
        "training": 0.015,
        "sickness": 0.01,
        "notice": 0.003,
        "employer_ni": 0.0531,
        "pension": 0.0140,
    },
    "mean_visit_minutes": 40,
    "travel": {"minutes_per_visit": 6.25, "miles_per_visit": 1.55, "pence_per_mile": 45},
    "business": {"pounds_per_contact_hour": 3.60},
    "return": {"method": "on_cost", "share": 0.05},
    "visit_lengths_minutes": [15, 30, 45, 60],
    "round_to_pence": 5,
}


def problems() -> dict[str, ZoningProblem]:
    """Maps of three sizes, plain and with rules and prices."""
    return {
        "small": grid_problem(4, 5, 3, seed=1, tolerance=0.2),
        "middle": grid_problem(9, 10, 5, seed=2, tolerance=0.1),
        "large": grid_problem(20, 20, 6, seed=3, tolerance=0.05),
        "rules": grid_problem(8, 8, 4, seed=4, tolerance=0.15, locked={0: 0}, apart=[(0, 63)], together=[(9, 10)]),
        "cuts": grid_problem(8, 8, 4, seed=5, tolerance=0.15, cut_price=0.5),
    }


def plans() -> dict[str, Any]:
    """Cost, bound, gap and labels of each map by a counted search."""
    found = {}
    for name, problem in problems().items():
        plan = solve(problem, seconds=600, seed=7, work=2)
        found[name] = {
            "cost": round(plan.cost, ROUNDED),
            "bound": round(plan.bound, ROUNDED),
            "gap": round(plan.gap, ROUNDED),
            "labels": digest(plan.labels.tolist()),
        }
    return found


def prices() -> dict[str, Any]:
    """Two build-ups, by line and by visit length."""
    additive = {
        **WAGE,
        "on_costs": {**WAGE["on_costs"], "method": "additive"},  # type: ignore[dict-item]
        "return": {"method": "share_of_price", "share": 0.05},
    }
    return {
        name: {
            "total": str(rate.total),
            "unrounded": str(round(rate.unrounded, 10)),
            "lines": [[line.name, str(round(line.pounds_per_contact_hour, 10))] for line in rate.lines],
            "by_visit_length": [
                [str(visit.minutes), str(visit.pounds_per_hour), str(visit.pounds_per_visit)]
                for visit in rate.by_visit_length
            ],
        }
        for name, rate in (("compound", price(WAGE)), ("additive", price(additive)))
    }


def rounds() -> dict[str, Any]:
    """The made-up example day, planned with a counted search."""
    answer = solve_day(day_from_json(json.dumps(EXAMPLE_DAY)), seconds=600, seed=7, solution_limit=20)
    return {"cost_pounds": round(float(answer.cost_pounds), 4), "unserved": len(answer.unserved)}


def county(database: Path) -> dict[str, Any]:
    """Band of every area and area of every postcode of the demonstration county."""
    with sqlite3.connect(database) as connection:
        bands = connection.execute("SELECT area_id, band, rule_band FROM band_area ORDER BY area_id").fetchall()
        areas = connection.execute("SELECT key, area_id FROM postcode ORDER BY key").fetchall()
    return {"areas": len(bands), "bands": digest(bands), "postcodes": len(areas), "areas_of_postcodes": digest(areas)}


def digest(values: Any) -> str:
    """A short fingerprint of plain values."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def outputs() -> dict[str, Any]:
    """Everything that needs no database."""
    return {"plans": plans(), "prices": prices(), "rounds": rounds()}


def same(kept: Any, found: Any) -> bool:
    """Whether two trees of outputs agree; floats to the last kept decimal."""
    if isinstance(kept, dict):
        return kept.keys() == found.keys() and all(same(kept[key], found[key]) for key in kept)
    if isinstance(kept, float):
        return bool(np.isclose(kept, found, rtol=1e-6, atol=10.0**-ROUNDED))
    return bool(kept == found)
