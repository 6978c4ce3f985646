"""Weeks of visits drawn from plans until a number of quarter-hours is met exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from geo.synthetic_report import VisitPlan

_LEAST: Final = 7  # quarter-hours: fewer than one short visit a day joins another package rather than stand alone


def draw_plans(
    quarters: int, service: str, plans: tuple[VisitPlan, ...], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Packages of one service whose care adds up to `quarters` quarter-hours a week.

    Returns:
        One a package: `carers_per_visit`, `minutes_per_week` and `visits_<minutes>`.

    Raises:
        ValueError: no plan serves the service.
    """
    fitting = [plan for plan in plans if plan.weights.get(service, 0) > 0]
    if not fitting:
        raise ValueError(f"service {service}: no visit plan has a weight for it")
    chance = np.array([plan.weights[service] for plan in fitting], dtype=np.float64)
    sizes = np.array([plan.quarters for plan in fitting])
    rows: list[dict[str, Any]] = []
    left = quarters
    while left > 0:
        upto = np.cumsum(np.where(sizes <= left, chance, 0.0))
        if not upto[-1]:
            break
        plan = fitting[int(np.searchsorted(upto, rng.random() * upto[-1], side="right"))]
        rows.append(_row(plan.visits, plan.carers))
        left -= plan.quarters
    if left >= _LEAST or (left and not rows):
        rows.append(_row(_small(left), 1))
    elif left:
        home = next((row for row in rows if row["carers_per_visit"] == 1), None)
        if home is None:
            rows.append(_row(_small(left), 1))
        else:
            for minutes, visits in _small(left).items():
                home[f"visits_{minutes}"] = home.get(f"visits_{minutes}", 0.0) + visits
            home["minutes_per_week"] += 15 * left
    return rows


def _small(quarters: int) -> dict[int, int]:
    """Half-hour visits, and one quarter where the number is odd."""
    return {minutes: visits for minutes, visits in ((30, quarters // 2), (15, quarters % 2)) if visits}


def _row(visits: Any, carers: int) -> dict[str, Any]:
    minutes = sum(length * number for length, number in visits.items()) * carers
    return {"carers_per_visit": carers, "minutes_per_week": minutes} | {
        f"visits_{m}": float(n) for m, n in visits.items()
    }
