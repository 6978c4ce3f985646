"""A zone cut in half: how a split without named areas finds the new zone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.usecases.plans.measure.inputs import PlanInputs
from geo.plans.editing import EditError
from geo.plans.travel_cost import yearly_cost
from geo.zoning import NoPlanFoundError, ZoningProblem, solve

HALVING_STARTS = 2
HALVING_SECONDS = 20.0
HALVING_TOLERANCES = (0.02, 0.05, 0.15, 0.5)
"""Tried in turn: halves a twentieth apart would use up by themselves what a plan of 5% allows."""


def halved(inputs: PlanInputs, members: Sequence[str]) -> list[str]:
    """The areas of a zone that make up its new half: two contiguous parts of about the same hours, at least cost.

    Raises:
        EditError: the zone has one area, or no two contiguous parts were found.
    """
    position = {area: i for i, area in enumerate(inputs.areas.ids.tolist())}
    at = np.array([position[area] for area in members])
    if at.size < 2:
        raise EditError(f"split: the zone has {at.size} area, expected two or more")
    cost = yearly_cost(inputs.travel)[np.ix_(at, at)]
    hours = inputs.travel.hours[at]
    if hours.sum() <= 0:
        hours = np.ones(at.size)
    for tolerance in HALVING_TOLERANCES:
        try:
            problem = ZoningProblem(
                hours, inputs.areas.adjacency[at][:, at], cost, 2, tolerance=tolerance, islands="attach"
            )
            plan = solve(problem, seconds=HALVING_SECONDS, work=HALVING_STARTS)
        except (NoPlanFoundError, ValueError):
            continue
        return [members[i] for i in np.flatnonzero(plan.labels == 1).tolist()]
    raise EditError("split: the zone cannot be halved into contiguous parts; name the areas of the new zone")
