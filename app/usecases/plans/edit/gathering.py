"""Zones put back in one piece: what is cut off goes to the zone around it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.usecases.plans.measure.inputs import PlanInputs
from geo.plans.editing import Draft
from geo.zoning.problem.islands import piece_of_each


def gathered(inputs: PlanInputs, draft: Draft, zone: int) -> Mapping[str, int]:
    """The zone that each area cut off from the main piece of a zone goes to.

    The main piece is the one with most care hours, of equals the one with most areas. Every other piece goes to the
    zone that most of its areas' neighbours are in; one that has no neighbours, such as an island, stays.

    Args:
        inputs: The county, with the neighbours that the plan's rules make.
        draft: The plan before.
        zone: Number of the zone.
    """
    ids = inputs.areas.ids.tolist()
    numbers = np.array([draft.zone_of[area] for area in ids])
    adjacency = inputs.areas.adjacency
    members = np.flatnonzero(numbers == zone)
    piece = piece_of_each(adjacency[members][:, members])
    hours = np.bincount(piece, inputs.travel.hours[members])
    main = int(np.lexsort((np.arange(hours.size), -hours))[0]) if hours.size else 0
    found: dict[str, int] = {}
    for number in range(hours.size):
        part = members[piece == number]
        around = adjacency[part].indices
        beside = numbers[around][numbers[around] != zone]
        if number != main and beside.size:
            heirs, times = np.unique(beside, return_counts=True)
            found |= dict.fromkeys((ids[unit] for unit in part), int(heirs[np.argmax(times)]))
    return found
