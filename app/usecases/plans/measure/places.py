"""Places as people name them (areas by code, towns and villages by name) turned to the engine's units, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from app.jobs.problems import JobProblem

if TYPE_CHECKING:
    from app.usecases.plans.measure.inputs import PlanInputs
    from app.usecases.plans.measure.rules import PlanRules

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
        """The units of an area, or of every area of a town or village.

        Raises:
            JobProblem: the council has no such place; the detail names the field and what it may have meant.
        """
        if place in self._unit:
            return [self._unit[place]]
        if place in self._settlement:
            return [int(unit) for unit in np.flatnonzero(self._inputs.natural == self._settlement[place])]
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


class NaturalAreas:
    """What must not be cut, or at a price: settlements, and what the request says belongs together.

    Attributes:
        of_unit: (n,) index of the natural area of each unit, -1 for none.
        names: Their names.
        whole: Indices of those that may not be cut at all.
    """

    def __init__(self, inputs: PlanInputs, rules: PlanRules, places: Places) -> None:
        """Raises JobProblem where a place is not known or is in two natural areas."""
        of_unit, self.names = inputs.natural.copy(), list(inputs.natural_names)
        whole: set[int] = set()
        taken: dict[int, str] = {}
        for i, area in enumerate(rules.natural_areas):
            number = len(self.names)
            self.names.append(area.name)
            for place in area.places:
                for unit in places.units(place, f"natural_areas[{i}].places"):
                    if taken.setdefault(unit, area.name) != area.name:
                        raise contradiction(f"natural_areas: {place} is in both {taken[unit]!r} and {area.name!r}.")
                    of_unit[unit] = number
            if area.whole:
                whole.add(number)
        given = {area.name: len(inputs.natural_names) + i for i, area in enumerate(rules.natural_areas)}
        for i, name in enumerate(rules.whole_settlements):
            units = [] if name in given else places.units(name, f"whole_settlements[{i}]")
            whole |= {given[name]} if name in given else {int(of_unit[unit]) for unit in units} - {-1}
        self.of_unit: NDArray[np.int64] = of_unit
        most = rules.whole_settlements_up_to_hours_per_week
        if most is not None:
            inside = of_unit >= 0
            hours = np.bincount(of_unit[inside], inputs.travel.hours[inside], minlength=len(self.names))
            present = np.bincount(of_unit[inside], minlength=len(self.names)) > 0
            whole |= {int(number) for number in np.flatnonzero(present & (hours <= most))}
        self.whole = sorted(whole)

    def ties(self) -> list[tuple[int, int]]:
        """Pairs of units that keep the whole ones whole."""
        tied: list[tuple[int, int]] = []
        for number in self.whole:
            tied += chain(np.flatnonzero(self.of_unit == number).tolist())
        return tied

    def judge(self, inputs: PlanInputs) -> PlanInputs:
        """The county with these natural areas in place of its settlements."""
        return replace(inputs, judged=self.of_unit, judged_names=self.names)

    def called(self, unit: int) -> str:
        """Name of the natural area a unit is in; in none, its number."""
        number = int(self.of_unit[unit])
        return self.names[number] if number >= 0 else str(unit)

    def named(self, unit: int) -> str | None:
        """Name of the natural area a unit is kept whole with."""
        number = int(self.of_unit[unit])
        return self.names[number] if number in self.whole else None


def with_natural_areas(inputs: PlanInputs, rules: PlanRules) -> PlanInputs:
    """The county with the natural areas that a request names in place of its settlements."""
    return NaturalAreas(inputs, rules, Places(inputs)).judge(inputs) if rules.natural_areas else inputs


def neighbours(inputs: PlanInputs, barriers: Sequence[Pair], crossings: Sequence[Pair]) -> Any:
    """(n, n) sparse: which areas are neighbours once rivers part some and bridges join others.

    Raises:
        JobProblem: an area is not known, or a barrier lies between areas that do not touch.
    """
    if not (barriers or crossings):
        return inputs.areas.adjacency
    names, places = unit_names(inputs), Places(inputs)
    changed = inputs.areas.adjacency.tolil(copy=True)
    for i, pair in enumerate(barriers):
        a, b = (places.unit(area_id, f"barriers[{i}]") for area_id in pair)
        if not changed[a, b]:
            raise contradiction(f"barriers: {names[a]} and {names[b]} are not neighbours, so nothing parts them.")
        changed[a, b] = changed[b, a] = 0
    for i, pair in enumerate(crossings):
        a, b = (places.unit(area_id, f"crossings[{i}]") for area_id in pair)
        if a == b:
            raise contradiction(f"crossings: {names[a]} is joined with itself, expected two areas.")
        changed[a, b] = changed[b, a] = 1.0
    return changed.tocsr()


def with_neighbours(inputs: PlanInputs, barriers: Sequence[Pair], crossings: Sequence[Pair]) -> PlanInputs:
    """The county with its neighbours as a request says they are."""
    if not (barriers or crossings):
        return inputs
    return replace(inputs, areas=replace(inputs.areas, adjacency=neighbours(inputs, barriers, crossings)))
