"""Places as people name them (areas by code, towns and villages by name) turned to the engine's units, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from app.jobs.problems import JobProblem

if TYPE_CHECKING:
    from app.usecases.plans.measure.inputs import PlanInputs

Pair = tuple[str, str]
MOST_PAIRS = 200_000
"""Pairs of areas that pairs of towns may come to: more would make every move of the search slow."""


def contradiction(detail: str) -> JobProblem:
    """The problem that says why no plan can meet a request."""
    return JobProblem("No plan can meet this", detail, slug="infeasible")


class Places:
    """The areas and settlements of a county by the names people give them."""

    def __init__(self, inputs: PlanInputs) -> None:
        self._inputs = inputs
        self._unit = {area_id: i for i, area_id in enumerate(inputs.areas.ids.tolist())}
        self._districts = set(inputs.areas.districts.tolist())
        self._settlement = {name: i for i, name in enumerate(inputs.natural_names)}

    def unit(self, area_id: str, where: str) -> int:
        """The unit of an area.

        Raises:
            JobProblem: the council has no such area; the detail names the field.
        """
        if area_id not in self._unit:
            raise contradiction(f"{where}: {area_id} is not an area of this council.")
        return self._unit[area_id]

    def units(self, place: str, where: str) -> list[int]:
        """The units of an area, or of every area of a town, village or district.

        Raises:
            JobProblem: the council has no such place; the detail names the field and what it may have meant.
        """
        if place in self._unit:
            return [self._unit[place]]
        if place in self._settlement:
            return [int(unit) for unit in np.flatnonzero(self._inputs.natural == self._settlement[place])]
        if place in self._districts:
            return [int(unit) for unit in np.flatnonzero(self._inputs.areas.districts == place)]
        raise contradiction(
            f"{where}: {place} is not an area of this council, nor a town or village of it.{self._hint(place)}"
        )

    def _hint(self, place: str) -> str:
        like = get_close_matches(place, self._settlement, n=3)
        like += [name for name in self._settlement if place.casefold()[:5] in name.casefold() and name not in like]
        return f" Did you mean {' or '.join(like[:3])}?" if like else ""

    def middle(self, settlement: str, where: str) -> int:
        """The unit of a town or village that the rest of it is nearest to, by hours.

        Raises:
            JobProblem: the council has no such town or village; the detail says what may have been meant.
        """
        if settlement not in self._settlement:
            hint = self._hint(settlement)
            raise contradiction(f"{where}: {settlement} is not a town or village of this council.{hint}")
        at = np.array(self.units(settlement, where))
        weight = self._inputs.travel.hours[at] + 1e-9
        return int(at[np.argmin(weight @ self._inputs.travel.minutes[np.ix_(at, at)])])

    def pairs(self, given: Iterable[tuple[str, str]], field: str) -> list[tuple[int, int]]:
        """Every pair of a unit of the one place and a unit of the other.

        Raises:
            JobProblem: a place is not known, or the pairs are too many.
        """
        found: list[tuple[int, int]] = []
        for i, (one, two) in enumerate(given):
            sides = self.units(one, f"{field}[{i}]"), self.units(two, f"{field}[{i}]")
            found += [(a, b) for a in sides[0] for b in sides[1]]
            if len(found) > MOST_PAIRS:
                raise contradiction(
                    f"{field}: more than {MOST_PAIRS:,} pairs of areas up to {one} and {two}; name fewer."
                )
        return found

    def chains(self, given: Iterable[tuple[str, str]], field: str) -> list[tuple[int, int]]:
        """Pairs that tie all units of two places into one.

        Raises:
            JobProblem: a place is not known.
        """
        tied: list[tuple[int, int]] = []
        for i, (one, two) in enumerate(given):
            tied += chain([*self.units(one, f"{field}[{i}]"), *self.units(two, f"{field}[{i}]")])
        return tied


def chain(units: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs that tie units into one."""
    return list(pairwise(units))


def unit_names(inputs: PlanInputs) -> list[str]:
    """Areas as people know them: the code, and the town or village they are in or near."""
    ids, number, names = inputs.areas.ids.tolist(), inputs.natural, inputs.natural_names
    inside = np.flatnonzero(number >= 0)
    if not inside.size:
        return [str(area_id) for area_id in ids]
    points = np.column_stack([inputs.areas.eastings, inputs.areas.northings])
    nearest = number[inside[cKDTree(points[inside]).query(points)[1]]]
    return [
        f"{area_id} ({'' if own >= 0 else 'near '}{names[own if own >= 0 else near]})"
        for area_id, own, near in zip(ids, number.tolist(), nearest.tolist(), strict=True)
    ]
