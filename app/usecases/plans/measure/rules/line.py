"""Lines that no zone crosses, or only at a price: between districts, or round and between any groups of places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator
from scipy.sparse import csr_matrix

from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import Places, contradiction
from app.usecases.plans.measure.rules.rule import (
    Broken,
    Ground,
    Labelled,
    Rule,
    RuleOption,
    Verdict,
    Words,
    Zones,
    named,
)
from app.usecases.plans.measure.rules.sharing import ZoneLimits, part_of_zones
from app.usecases.plans.measure.rules.wanted import Place
from geo.zoning import Finding, ZoningProblem
from geo.zoning.problem.islands import piece_of_each
from geo.zoning.problem.spec import Grouping

REST = "the rest"
SMALL = 128
"""Areas up to which a search finds by itself how many zones go where, and proofs may list zones one by one."""
OUT_OF_PART_POUNDS = 1e6
"""Price of an area in a zone of another part: more than a plan costs for it, so that no plan pays it."""
SHOWN, SHOWN_PARTS = 3, 12


class LineSide(BaseModel):
    """The places on one side of a line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120)
    places: list[Place] = Field(
        min_length=1, max_length=10_000, description="Areas and districts by code, towns and villages by name."
    )


class LineRule(BaseModel):
    """A line on the map that no zone should cross, given by what lies on each side of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        default="line",
        min_length=1,
        max_length=120,
        description="`districts` where it runs along them and has no other.",
    )
    along: Literal["districts"] | None = Field(default=None, description="The line between all districts.")
    sides: list[LineSide] = Field(
        default=[], max_length=200, description="Or its sides. Areas in none of them are one more side."
    )
    pounds_per_year: float | None = Field(
        default=None,
        gt=0,
        le=10_000_000,
        description="Null: no zone may cross. Otherwise what each further side that a zone reaches into counts a year.",
    )

    @model_validator(mode="before")
    @classmethod
    def _named_for_what_it_runs_along(cls, given: Any) -> Any:
        if isinstance(given, dict) and "name" not in given and given.get("along"):
            return {**given, "name": str(given["along"])}
        return given

    @model_validator(mode="after")
    def _one_kind(self) -> LineRule:
        if (self.along is None) == (not self.sides):
            raise ValueError("give along or sides, one of them")
        if len({side.name for side in self.sides} | {REST}) <= len(self.sides):
            raise ValueError(f"sides: expected names of their own, and none {REST!r}")
        return self


class LineFields(BaseModel):
    """The field of a request about lines."""

    lines: list[LineRule] = Field(default=[], max_length=20, description="Lines that no zone crosses, or at a price.")

    @model_validator(mode="after")
    def _lines_have_names_of_their_own(self) -> LineFields:
        if len({line.name for line in self.lines}) < len(self.lines):
            raise ValueError("lines: two of them have the same name")
        return self


@dataclass(frozen=True, eq=False)
class _Sides:
    """(n,) side of each unit, and the names of the sides."""

    of_unit: NDArray[np.int64]
    names: list[str]

    def within(self, adjacency: csr_matrix) -> csr_matrix:
        """The neighbours that are on one side."""
        pairs = adjacency.tocoo()
        same = self.of_unit[pairs.row] == self.of_unit[pairs.col]
        return csr_matrix((pairs.data[same], (pairs.row[same], pairs.col[same])), adjacency.shape)


def _options(given: Sequence[str]) -> list[dict[str, object]]:
    """Lines as the command line has them: ``districts``, and all sides given as NAME=PLACE,PLACE as one line."""
    sides = [
        {"name": name, "places": [place.strip() for place in places.split(",")]}
        for name, places in named([text for text in given if text != "districts"], "districts, or NAME=PLACE,PLACE")
    ]
    lines: list[dict[str, object]] = [{"name": "line", "sides": sides}] if sides else []
    return [*lines, {"name": "districts", "along": "districts"}] if "districts" in given else lines


def _priced_options(given: Sequence[str]) -> list[dict[str, object]]:
    """The same with a price, as POUNDS:districts or POUNDS:NAME=PLACE,PLACE."""
    found: list[dict[str, object]] = []
    by_price: dict[float, list[str]] = {}
    for text in given:
        pounds, colon, line = text.partition(":")
        try:
            by_price.setdefault(float(pounds), []).append(line if colon else "")
        except ValueError:
            raise ValueError(f"found {text!r}, expected POUNDS:districts or POUNDS:NAME=PLACE,PLACE") from None
    for price, lines in by_price.items():
        found += [
            {**line, "name": f"{line['name']} at £{price:g}", "pounds_per_year": price} for line in _options(lines)
        ]
    return found


class Lines(Rule[LineFields]):
    """No zone crosses a line, or each that does has a price."""

    name = "lines"
    words = Words(
        "No zone crosses the line.",
        "Some zones cross the line.",
        "Move the areas beyond the line to a zone on their own side, or let the line be crossed at a price.",
    )
    options = (
        RuleOption(
            "--line",
            "No zone may cross it: districts, or NAME=PLACE,PLACE for a side of it.",
            "lines",
            read=_options,
        ),
        RuleOption(
            "--line-pounds",
            "POUNDS:districts or POUNDS:NAME=PLACE,PLACE: crossing it counts so much a year.",
            "lines",
            read=_priced_options,
        ),
    )

    def join(self, asked: LineFields, inputs: PlanInputs) -> PlanInputs:
        """Across a line that no zone may cross nothing counts as neighbours."""
        places = Places(inputs)
        for i, line in enumerate(asked.lines):
            if line.pounds_per_year is None:
                own = _sides(line, i, inputs, places).within(inputs.areas.adjacency)
                inputs = replace(inputs, areas=replace(inputs.areas, adjacency=own))
        return inputs

    def judge(self, asked: LineFields, inputs: PlanInputs) -> PlanInputs:
        places = Places(inputs)
        priced = tuple(
            Grouping(_sides(line, i, inputs, places).of_unit, line.pounds_per_year, "zones")
            for i, line in enumerate(asked.lines)
            if line.pounds_per_year is not None
        )
        return replace(inputs, groupings=(*inputs.groupings, *priced)) if priced else inputs

    def limit(self, asked: LineFields, ground: Ground) -> None:
        """Let no zone use the links that the engine makes between the sides."""
        for _, sides in _musts(asked, ground):
            ground.apart += [(a, b) for a, b in ground.links() if sides.of_unit[a] != sides.of_unit[b]]

    def fix(self, asked: LineFields, ground: Ground, zones: Zones) -> None:
        """Share the zones of a large map among its parts: without that a search hardly finds how many go where.

        Bounds of large maps take the least price of membership, which is 0, so that they hold for any sharing.
        """
        if len(ground.inputs.areas) <= SMALL or all(line.pounds_per_year is not None for line in asked.lines):
            return
        part = _parts(ground)
        limits = _limits(ground, zones, part)
        own = part_of_zones(_summed(part, ground.inputs.travel.hours), limits)
        if own is not None:
            away = np.where(part[:, None] == own[None, :], 0.0, OUT_OF_PART_POUNDS)
            zones.membership_cost = away if zones.membership_cost is None else zones.membership_cost + away

    def refuse(self, asked: LineFields, ground: Ground, problem: ZoningProblem) -> None:
        for line, sides in _musts(asked, ground):
            _refuse_hours(line, sides, ground, problem)
        if any(line.pounds_per_year is None for line in asked.lines):
            _refuse_sharing(ground, problem)

    def check(self, asked: LineFields, plan: Labelled) -> Iterator[Verdict]:
        for i, line in enumerate(asked.lines):
            sides = _sides(line, i, plan.inputs, plan.places)
            met = {(int(zone), int(side)) for zone, side in zip(plan.plan.labels, sides.of_unit, strict=True)}
            crossing = [zone for zone in range(len(plan.zones)) if sum(z == zone for z, _ in met) > 1]
            rule = f"{self.name}: {line.name}"
            if line.pounds_per_year is not None:
                pounds = line.pounds_per_year * (len(met) - len({zone for zone, _ in met}))
                unit = "pounds a year for each further side of a zone"
                also = {"crossed": len(crossing)}
                yield Verdict(rule, unit, line.pounds_per_year, round(pounds, 2), None, self.words, (), also, self.name)
                continue
            broken = [_crosses(line, sides, plan, zone) for zone in crossing]
            yield Verdict(rule, "zones that cross", 0, len(broken), not broken, self.words, broken, name=self.name)

    def held_to(self, asked: LineFields) -> str:
        musts = [repr(line.name) for line in asked.lines if line.pounds_per_year is None]
        return f"no zone crosses {', '.join(musts)} (lines)" if musts else ""

    def explain(self, asked: LineFields, finding: Finding, ground: Ground, zones: Sequence[str]) -> str:
        if finding.kind not in {"apart", "locks", "locks_cut_off"}:
            return ""
        held = [
            repr(line.name)
            for line, sides in _musts(asked, ground)
            if len({int(sides.of_unit[unit]) for unit in finding.units}) > 1
        ]
        return f"(Between them runs {', '.join(held)}, which no zone may cross: lines.)" if held else ""


def _musts(asked: LineFields, ground: Ground) -> Iterator[tuple[LineRule, _Sides]]:
    for i, line in enumerate(asked.lines):
        if line.pounds_per_year is None:
            yield line, _sides(line, i, ground.inputs, ground.places)


def _sides(line: LineRule, number: int, inputs: PlanInputs, places: Places) -> _Sides:
    """The side of every unit.

    Raises:
        JobProblem: a place is not known, lies on two sides, or all lie on one.
    """
    if line.along == "districts":
        names, of_unit = np.unique(inputs.areas.districts, return_inverse=True)
        return _Sides(of_unit.reshape(-1).astype(np.int64), [str(name) for name in names])
    of_unit = np.full(len(inputs.areas), len(line.sides), np.int64)
    for at, side in enumerate(line.sides):
        for place in side.places:
            units = places.units(place, f"lines[{number}].sides[{at}].places")
            other = next((int(of_unit[unit]) for unit in units if of_unit[unit] not in {at, len(line.sides)}), None)
            if other is not None:
                raise contradiction(
                    f"lines[{number}].sides: {place} is on both sides {line.sides[other].name!r} and {side.name!r}."
                )
            of_unit[units] = at
    if np.unique(of_unit).size < 2:
        raise contradiction(f"lines[{number}].sides: every area is on one side of {line.name!r}, so it parts nothing.")
    return _Sides(of_unit, [*(side.name for side in line.sides), REST])


def _crosses(line: LineRule, sides: _Sides, plan: Labelled, zone: int) -> Broken:
    """The breach of a zone: it names its sides, and the areas on all but the one where it has most hours."""
    members = np.flatnonzero(plan.plan.labels == zone)
    own = sides.of_unit[members]
    hours = np.bincount(own, plan.inputs.travel.hours[members], minlength=len(sides.names))
    held = sorted(set(own.tolist()), key=lambda side: (-hours[side], side))
    beyond = members[own != held[0]].tolist()
    names = " and ".join(sides.names[side] for side in held[:SHOWN]) + (" and others" if len(held) > SHOWN else "")
    row = plan.zones[zone]
    detail = f"{row.name} crosses {line.name!r}: it lies in {names}; beyond the line are {plan.listed(beyond)}."
    return Broken(row.number, detail, plan.ids(beyond))


def _refuse_hours(line: LineRule, sides: _Sides, ground: Ground, problem: ZoningProblem) -> None:
    """See that whole zones can fill each part that the line cuts off.

    Raises:
        JobProblem: they cannot; the detail names a part, its hours and what would help.
    """
    part = piece_of_each(sides.within(problem.adjacency))
    hours = np.bincount(part, problem.hours)
    low, high = float(problem.floor_hours.min()), float(problem.ceiling_hours.max())
    fewest = np.maximum(np.ceil(hours / high - 1e-9), 1)
    most = np.floor(hours / low + 1e-9) if low > 0 else np.full(hours.size, np.inf)
    help_ = "Ask for another number of zones, widen the tolerance, or let the line be crossed at a price (lines)."
    wrong = np.flatnonzero(fewest > most)
    if wrong.size:
        at = int(wrong[0])
        members = np.flatnonzero(part == at)
        name, first = sides.names[int(sides.of_unit[members[0]])], ground.names[int(members[0])]
        where = f"{members.size} areas in {name}, such as {first},"
        more = f" {wrong.size} parts are like this." if wrong.size > 1 else ""
        raise contradiction(
            f"lines: {line.name!r} cuts off {where} with {hours[at]:,.0f} hours a week, which no number of zones of "
            f"{low:,.0f} to {high:,.0f} hours fills.{more} {help_}"
        )
    if fewest.sum() > problem.zones or most.sum() < problem.zones:
        span = f"{fewest.sum():.0f} to {most.sum():.0f}" if np.isfinite(most.sum()) else f"{fewest.sum():.0f} or more"
        raise contradiction(
            f"lines: {line.name!r} makes {hours.size} parts, which take {span} zones of {low:,.0f} to {high:,.0f} "
            f"hours a week: found {problem.zones}. {help_}"
        )


def _summed(part: NDArray[np.int64], hours: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(part, hours).astype(np.float64)


def _parts(ground: Ground) -> NDArray[np.int64]:
    """(n,) the part of the map of each unit: what hangs together but by links that no zone may use."""
    adjacency, barred = ground.inputs.areas.adjacency, set(ground.apart)
    links = [(a, b) for a, b in ground.links() if (a, b) not in barred]
    rows, columns = np.array(links, np.int64).reshape(-1, 2).T
    return piece_of_each(adjacency + csr_matrix((np.ones(len(links)), (rows, columns)), adjacency.shape))


def _limits(ground: Ground, zones: Zones, part: NDArray[np.int64]) -> ZoneLimits:
    count, total = len(zones.wanted), float(ground.inputs.travel.hours.sum())
    target = np.full(count, total / count) if zones.targets is None else zones.targets
    if not np.isnan(target).any():
        target = target * total / target.sum()
    least = np.zeros(count) if zones.least_hours is None else zones.least_hours
    floor = np.maximum(np.nan_to_num(target * (1 - zones.tolerance), nan=0.0), least)
    ceiling = np.nan_to_num(target * (1 + zones.tolerance), nan=np.inf)
    return ZoneLimits(floor, ceiling, target, _fixed_parts(count, part, zones.locked, zones.bases))


def _fixed_parts(
    count: int, part: NDArray[np.int64], locked: Mapping[int, int], bases: Mapping[int, int]
) -> NDArray[np.int64]:
    """(zones,) the part that places fixed to each zone lie in, -1 without any."""
    own = np.full(count, -1, np.int64)
    for unit, zone in [*locked.items(), *((unit, zone) for zone, unit in bases.items())]:
        own[zone] = part[unit]
    return own


def _refuse_sharing(ground: Ground, problem: ZoningProblem) -> None:
    """See that the zones can be shared among the parts of the map.

    Raises:
        JobProblem: they cannot, whichever zone goes to which part.
    """
    part = _parts(ground)
    own = _fixed_parts(problem.zones, part, problem.locked or {}, problem.bases or {})
    limits = ZoneLimits(problem.floor_hours, problem.ceiling_hours, problem.target_hours, own)
    hours = _summed(part, problem.hours)
    if part_of_zones(hours, limits) is None:
        shown = ", ".join(f"{each:,.0f}" for each in hours[:SHOWN_PARTS])
        raise contradiction(
            f"lines: the lines make {hours.size} parts with {shown} hours a week, and there is no way to share the "
            f"{problem.zones} zones among them so that each part has zones for its hours. Ask for another number of "
            "zones or other targets, widen the tolerance, or let a line be crossed at a price."
        )
