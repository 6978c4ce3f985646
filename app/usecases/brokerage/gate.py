"""The one door through which figures of the brokerage leave: small groups withheld, the rest in whole steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.usecases.demand.gate import Audience
from geo.disclosure import Rules, protected_values, shown, step_for, text_keys

PEOPLE, HOURS = "people", "hours_per_week"
DAYS = ("mean_days", "median_days", "p90_days")
"""Told in whole days. Any other figure of a group is of single people, such as the longest wait, and not told."""


def gated(rows: list[dict[str, Any]], keys: tuple[str, ...], audience: Audience) -> list[dict[str, Any]]:
    """Rows fit for an audience; see `geo.disclosure`.

    Args:
        rows: One a group, with ``people``, ``hours_per_week`` and days.
        keys: What names the group; never withheld.
        audience: Whom they are for.
    """
    if audience.exact or not rows:
        return [{**row, "withheld": False} for row in rows]
    people = np.array([row[PEOPLE] for row in rows], dtype=np.int64)
    hours = np.array([float(row[HOURS]) for row in rows], dtype=np.float64)
    # A group has no keys of its own: it is known by what it holds, so that the same one is always protected alike.
    marks = text_keys([f"{row[PEOPLE]}\0{row[HOURS]}\0{row.get('mean_days')}" for row in rows], audience.secret)
    step = step_for(float(hours.sum()) / max(int(people.sum()), 1))
    rules = Rules(audience.secret, audience.threshold, {HOURS: step})
    told = {
        PEOPLE: protected_values(PEOPLE, people.astype(np.float64), marks, rules),
        HOURS: protected_values(HOURS, hours, marks, rules),
    }
    seen = shown(people, marks, rules)
    return [
        {
            **{name: row[name] if name in keys else None for name in row},
            **({name: float(values[i]) for name, values in told.items()} if seen[i] else {}),
            **({name: float(round(row[name])) for name in DAYS if row.get(name) is not None} if seen[i] else {}),
            "withheld": not seen[i],
        }
        for i, row in enumerate(rows)
    ]
