"""Places as people name them (areas by code, towns and villages by name) turned to the engine's units, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from app.jobs.problems import JobProblem

if TYPE_CHECKING:
    from app.usecases.plans.measure.inputs import PlanInputs

Pair = tuple[str, str]
MOST_PAIRS = 200_000
"""Pairs of areas that pairs of towns may come to: more would make every move of the search slow."""


MOST_OFFERED: Final = 8
_QUALIFIED: Final = re.compile(r" \([^()]*\)$")


def contradiction(detail: str) -> JobProblem:
    """The problem that says why no plan can meet a request."""
    return JobProblem("No plan can meet this", detail, slug="infeasible")


@dataclass(frozen=True, slots=True)
class Place:
    """A place somebody named.

    Attributes:
        kind: ``area``, ``settlement``, ``district`` or ``ward``.
        name: What it is called, or its code.
        units: Its units.
    """

    kind: str
    name: str
    units: list[int]


class Places:
    """The areas, settlements, districts and wards of a county by the names people give them.

    A settlement's name goes before a district's, and that before a ward's: "Blaby" is the village, "Blaby district" the
    district. Capitals do not matter.
    """

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
        """The units of an area, or of every area of a town, village, ward or district.

        Raises:
            JobProblem: see :meth:`find`.
        """
        return self.find(place, where).units

    def find(self, place: str, where: str) -> Place:
        """The place of a name or code.

        Raises:
            JobProblem: the council has no such place, or several; the detail names the field and what may be meant.
        """
        if place in self._unit:
            return Place("area", place, [self._unit[place]])
        if place in self._settlement:
            return self._as_settlement(place)
        for kind, called in (("settlement", self._settlements), ("district", self._districts), ("ward", self._wards)):
            names = called.get(place.casefold(), [])
            if len(names) > 1:
                meant = sorted(self._told(kind, name) for name in names)[:MOST_OFFERED]
                raise contradiction(f"{where}: {place} may be {' or '.join(meant)}; say which of them.")
            if names:
                return self._as_settlement(names[0]) if kind == "settlement" else self._coded[kind][names[0]]
        raise contradiction(
            f"{where}: {place} is not an area, ward or district of this council, nor a town or village of it."
            f"{self._hint(place)}"
        )

    def _told(self, kind: str, name: str) -> str:
        """A choice as it can be asked for: a settlement by its whole name, a ward or district by its code."""
        return name if kind == "settlement" else f"{name} ({self._coded[kind][name].name} {kind})"

    def _as_settlement(self, name: str) -> Place:
        units = np.flatnonzero(self._inputs.natural == self._settlement[name])
        return Place("settlement", name, [int(unit) for unit in units])

    @cached_property
    def _settlements(self) -> dict[str, list[str]]:
        """Settlements by what people may type: the whole name, or the name without what tells it from another."""
        called: dict[str, list[str]] = {}
        for name in self._settlement:
            called.setdefault(name.casefold(), []).append(name)
        whole = set(called)
        for name in self._settlement:
            bare = _QUALIFIED.sub("", name).casefold()
            if bare not in whole:
                called.setdefault(bare, []).append(name)
        return called

    @cached_property
    def _coded(self) -> dict[str, dict[str, Place]]:
        """Districts and wards by their code."""
        known = self._inputs.place_names
        of_kind = {"district": (self._inputs.areas.districts, {} if known is None else known.districts)}
        if known is not None:
            of_kind["ward"] = known.ward_codes, known.wards
        return {
            kind: {
                code: Place(kind, names.get(code, code), np.flatnonzero(codes == code).tolist())
                for code in sorted({str(code) for code in codes.tolist()} - {""})
            }
            for kind, (codes, names) in of_kind.items()
        }

    @cached_property
    def _districts(self) -> dict[str, list[str]]:
        return self._called("district")

    @cached_property
    def _wards(self) -> dict[str, list[str]]:
        return self._called("ward")

    def _called(self, kind: str) -> dict[str, list[str]]:
        """Codes by what people may type of a kind of place: its code, its name, or both with the kind behind."""
        called: dict[str, list[str]] = {}
        for code, place in self._coded.get(kind, {}).items():
            for text in {code, place.name, f"{place.name} {kind}"}:
                called.setdefault(text.casefold(), []).append(code)
        return called

    def _hint(self, place: str) -> str:
        known = [*self._settlement, *(p.name for places in self._coded.values() for p in places.values())]
        like = get_close_matches(place, known, n=3)
        like += [name for name in known if place.casefold()[:5] in name.casefold() and name not in like]
        return f" Did you mean {' or '.join(dict.fromkeys(like[:3]))}?" if like else ""

    def middle(self, place: str, where: str) -> int:
        """The unit of a place that the rest of it is nearest to, by hours.

        Raises:
            JobProblem: see :meth:`find`.
        """
        at = np.array(self.units(place, where))
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
