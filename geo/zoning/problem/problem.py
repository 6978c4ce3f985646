"""What is asked of a zone plan: hours, neighbours, cost, zones, and the rules the plan must keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.sparse import csr_matrix

from geo.zoning.problem.errors import Finding, InvalidProblemError
from geo.zoning.problem.islands import attach_pieces, disconnected_finding, piece_of_each
from geo.zoning.problem.rules import locked_with_groups, rule_findings, together_groups

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

HOURS_SLACK = 1e-9
"""Share of the total hours by which a limit may be missed through rounding in floating point."""


@dataclass(frozen=True, eq=False)
class ZoningProblem:
    """Units to be grouped into contiguous zones, each with its hours near a target, at least cost.

    The cost of a plan is the sum over units of ``hours[i] * cost[i, base of i's zone]``, where the base is the member
    unit of the zone that makes it least, plus the priced extras below. Input is checked when the problem is made: what
    cannot be met raises `InvalidProblemError` with every reason found.

    Targets: ``None`` shares the hours equally. With a target for every zone, only their proportions count: they are
    scaled to add up to the hours there are, and `target_scale` says by how much. With a free zone (NaN) the other
    targets are taken as hours, unscaled, and the free zones take what is left. ``tolerance`` is a share of each zone's
    own scaled target.

    Attributes:
        hours: (n,) care hours a week of each unit, 0 or more.
        adjacency: (n, n) sparse, symmetric; a non-zero entry makes two units neighbours. Leave out a pair that a river
            or motorway parts; a crossing is a pair put in. The diagonal is ignored.
        cost: (n, n) cost per hour of serving unit i from a base at j, 0 or more; infinity where j may never serve i,
            which is how a maximum of minutes from the base is set.
        zones: Number of zones.
        tolerance: Largest allowed deviation from a zone's target, as a share of that target.
        targets: (zones,) hours of each zone; NaN for a free zone; None for equal zones.
        locked: {unit: zone} fixed memberships; units that must be together with one of them are added.
        apart: Pairs of units that may not share a zone.
        together: Pairs of units that must share a zone.
        names: (n,) names of units for messages; their index where absent.
        zone_names: (zones,) names of zones for messages and reports.
        islands: What to do with a map in several pieces: ``refuse`` explains it, ``attach`` links each piece to the
            rest by its cheapest pair of units, and reports the links.
        bases: {zone: unit} required bases; the unit then belongs to the zone.
        membership_cost: (n, zones) cost of unit i being in zone z, 0 or more, such as the price of changing someone's
            zone.
        areas: (n,) index of the natural area (a town with its villages) of each unit, -1 for none.
        area_price: Cost for every further zone an area is cut into.
        least_hours: Least hours of a zone whatever its target, such as what two prime providers need to be viable: one
            number for every zone with a target or without, or (zones,) of them, 0 for a zone that is exempt.
        cut_price: Cost for every neighbouring pair in different zones: compactness as a stated secondary goal.
    """

    hours: Floats
    adjacency: Any
    cost: Floats
    zones: int
    tolerance: float = 0.05
    targets: Floats | Sequence[float] | None = None
    locked: Mapping[int, int] | None = None
    apart: Sequence[tuple[int, int]] | None = None
    together: Sequence[tuple[int, int]] | None = None
    names: Sequence[str] | None = field(default=None, kw_only=True)
    zone_names: Sequence[str] | None = field(default=None, kw_only=True)
    islands: Literal["refuse", "attach"] = field(default="refuse", kw_only=True)
    bases: Mapping[int, int] | None = field(default=None, kw_only=True)
    membership_cost: Floats | None = field(default=None, kw_only=True)
    areas: Ints | None = field(default=None, kw_only=True)
    area_price: float = field(default=0.0, kw_only=True)
    cut_price: float = field(default=0.0, kw_only=True)
    least_hours: float | Floats | Sequence[float] = field(default=0.0, kw_only=True)

    # worked out from the above
    target_hours: Floats = field(init=False, repr=False)
    least_hours_by_zone: Floats = field(init=False, repr=False)
    floor_hours: Floats = field(init=False, repr=False)
    ceiling_hours: Floats = field(init=False, repr=False)
    target_scale: float = field(init=False, repr=False)
    links: tuple[tuple[int, int], ...] = field(init=False, repr=False, default=())
    groups: Ints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._take_arrays()
        self._set_limits()
        self._connect()
        self._set("groups", together_groups(self.units, self.together or ()))
        findings = rule_findings(self)
        if findings:
            raise InvalidProblemError(findings, "No zone plan can meet this request:")
        self._set("locked", locked_with_groups(self))

    @property
    def units(self) -> int:
        """Number of units."""
        return int(self.hours.shape[0])

    def unit_name(self, unit: int) -> str:
        """Name of a unit for a message."""
        return f"unit {unit}" if self.names is None else str(self.names[unit])

    def zone_name(self, zone: int) -> str:
        """Name of a zone for a message."""
        return f"zone {zone}" if self.zone_names is None else str(self.zone_names[zone])

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _take_arrays(self) -> None:
        hours = np.ascontiguousarray(self.hours, dtype=np.float64)
        cost = np.ascontiguousarray(self.cost, dtype=np.float64)
        adjacency = csr_matrix(self.adjacency)
        findings = _shape_findings(hours, cost, adjacency, self)
        if findings:
            raise InvalidProblemError(findings)
        adjacency = (adjacency != 0).astype(np.int8)
        adjacency.setdiag(0)
        adjacency.eliminate_zeros()
        adjacency.sort_indices()
        self._set("hours", hours)
        self._set("cost", cost)
        self._set("adjacency", csr_matrix(adjacency))
        self._set("zones", int(self.zones))
        self._set("locked", {int(u): int(z) for u, z in (self.locked or {}).items()})
        self._set("bases", {int(z): int(u) for z, u in (self.bases or {}).items()})
        self._set("apart", tuple((int(a), int(b)) for a, b in (self.apart or ())))
        self._set("together", tuple((int(a), int(b)) for a, b in (self.together or ())))
        if self.membership_cost is not None:
            self._set("membership_cost", np.ascontiguousarray(self.membership_cost, dtype=np.float64))
        if self.areas is not None:
            self._set("areas", np.ascontiguousarray(self.areas, dtype=np.int64))

    def _set_limits(self) -> None:
        total, zones = float(self.hours.sum()), self.zones
        raw = np.full(zones, total / zones) if self.targets is None else np.asarray(self.targets, dtype=np.float64)
        free = np.isnan(raw)
        scale = 1.0 if free.any() else total / float(raw.sum())
        target = raw * scale
        slack = HOURS_SLACK * max(total, 1.0)
        self._set("target_scale", scale)
        self._set("target_hours", target)
        floor = np.where(free, 0.0, target * (1 - self.tolerance) - slack)
        least = np.full(zones, self.least_hours, dtype=np.float64)
        self._set("least_hours_by_zone", least)
        self._set("floor_hours", np.where(least > 0, np.maximum(floor, least - slack), floor))
        self._set("ceiling_hours", np.where(free, np.inf, target * (1 + self.tolerance) + slack))

    def _connect(self) -> None:
        piece = piece_of_each(self.adjacency)
        if piece.max() == 0:
            return
        if self.islands == "refuse":
            raise InvalidProblemError([disconnected_finding(piece, self)])
        adjacency, links = attach_pieces(self.adjacency, self.cost, piece)
        self._set("adjacency", adjacency)
        self._set("links", links)


def _shape_findings(hours: Floats, cost: Floats, adjacency: Any, problem: ZoningProblem) -> list[Finding]:
    """Check shapes and values that everything else relies on."""
    n = hours.shape[0] if hours.ndim == 1 else -1
    square = "a square matrix with a row and a column for each unit"
    tests = [
        (
            hours.ndim == 1 and n > 0,
            "hours",
            f"found shape {hours.shape}, expected one value for each of at least one unit",
        ),
        (cost.shape == (n, n), "cost", f"found shape {cost.shape}, expected {square}, ({n}, {n})"),
        (adjacency.shape == (n, n), "adjacency", f"found shape {adjacency.shape}, expected {square}, ({n}, {n})"),
    ]
    findings = [Finding("shape", f"{name}: {text}.") for ok, name, text in tests if not ok]
    return findings or [*_value_findings(hours, cost, adjacency, problem), *_option_findings(n, problem)]


def _value_findings(hours: Floats, cost: Floats, adjacency: Any, problem: ZoningProblem) -> list[Finding]:
    findings = []
    bad = np.flatnonzero(~np.isfinite(hours) | (hours < 0))
    if bad.size:
        unit = int(bad[0])
        text = f"hours: {problem.unit_name(unit)} (row {unit}) has {hours[unit]}, expected a number of 0 or more"
        findings.append(Finding("hours", f"{text}; {bad.size} such in all.", units=tuple(map(int, bad))))
    elif hours.sum() <= 0:
        findings.append(
            Finding("no_hours", "hours: every unit has 0 hours, so there is nothing to share between zones.")
        )
    rows, columns = np.nonzero(~(cost >= 0))
    if rows.size:
        at = f"row {rows[0]}, column {columns[0]}"
        wanted = "expected 0 or more (infinity where a base may not serve a unit)"
        found = f"cost: {at} is {cost[rows[0], columns[0]]}, {wanted}"
        findings.append(Finding("cost", f"{found}; {rows.size} such in all."))
    lopsided = (adjacency != 0) != (adjacency != 0).T
    if lopsided.nnz:
        a, b = (int(side[0]) for side in lopsided.nonzero())
        pair = f"{problem.unit_name(a)} and {problem.unit_name(b)}"
        findings.append(Finding("asymmetric", f"adjacency: {pair} are neighbours one way only, expected both ways."))
    return findings


def _option_findings(n: int, problem: ZoningProblem) -> list[Finding]:
    findings = []
    zones, targets, extra, areas = problem.zones, problem.targets, problem.membership_cost, problem.areas
    if not 1 <= zones <= n:
        findings.append(Finding("zones", f"zones: found {zones}, expected 1 to the number of units, {n}."))
    if not (np.isfinite(problem.tolerance) and problem.tolerance >= 0):
        findings.append(Finding("tolerance", f"tolerance: found {problem.tolerance}, expected a share of 0 or more."))
    if targets is not None:
        given = np.asarray(targets, dtype=np.float64)
        if given.shape != (zones,):
            findings.append(
                Finding("targets", f"targets: found shape {given.shape}, expected one for each of {zones} zones.")
            )
        elif np.isinf(given).any() or (given < 0).any() or not np.nansum(given) + np.isnan(given).any() > 0:
            findings.append(
                Finding("targets", f"targets: found {given.tolist()}, expected hours of 0 or more, or NaN.")
            )
    checks = [
        ("names", problem.names is None or len(problem.names) == n, f"one for each of {n} units"),
        (
            "zone_names",
            problem.zone_names is None or len(problem.zone_names) == zones,
            f"one for each of {zones} zones",
        ),
        ("islands", problem.islands in {"refuse", "attach"}, "'refuse' or 'attach'"),
        ("membership_cost", extra is None or _non_negative(extra, (n, zones)), f"0 or more, in shape ({n}, {zones})"),
        ("areas", areas is None or np.shape(areas) == (n,), f"one index for each of {n} units"),
        ("area_price", problem.area_price >= 0, "0 or more"),
        ("cut_price", problem.cut_price >= 0, "0 or more"),
        ("least_hours", _least_is_sound(problem), f"0 or more hours for all, or for each of {zones} zones"),
    ]
    findings += [Finding(name, f"{name}: expected {expected}.") for name, ok, expected in checks if not ok]
    return findings


def _least_is_sound(problem: ZoningProblem) -> bool:
    least = np.asarray(problem.least_hours, dtype=np.float64)
    return least.shape in {(), (problem.zones,)} and bool(((least >= 0) & np.isfinite(least)).all())


def _non_negative(values: Floats, shape: tuple[int, int]) -> bool:
    array = np.asarray(values, dtype=np.float64)
    return array.shape == shape and bool((array >= 0).all()) and bool(np.isfinite(array).all())
