"""What is asked of a zone plan: hours, neighbours, cost, zones, and the rules the plan must keep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix, issparse

from geo.zoning.problem.errors import Finding, InvalidProblemError
from geo.zoning.problem.islands import attach_pieces, disconnected_finding, piece_of_each
from geo.zoning.problem.rules import locked_with_groups, rule_findings, together_groups
from geo.zoning.problem.spec import ProblemSpec

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

HOURS_SLACK = 1e-9
"""Share of the total hours by which a limit may be missed through rounding in floating point."""


@dataclass(frozen=True, eq=False)
class ZoningProblem(ProblemSpec):
    """A zone plan that is asked for, checked: what cannot be met raises `InvalidProblemError` with every reason found.

    `ProblemSpec` says what each value means.
    """

    def __post_init__(self) -> None:
        self._take_arrays()
        self._set_limits()
        self._connect()
        self._set("pair_price", prices_of_pairs(self.adjacency, self.cut_price))
        self._set("groups", together_groups(self.units, self.together or ()))
        findings = rule_findings(self)
        if findings:
            raise InvalidProblemError(findings, "No zone plan can meet this request:")
        self._set("locked", locked_with_groups(self))

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
        given = [replace(each, of_unit=np.ascontiguousarray(each.of_unit, dtype=np.int64)) for each in self.groupings]
        self._set("groupings", tuple(given))

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


def _shape_findings(hours: Floats, cost: Floats, adjacency: Any, problem: ProblemSpec) -> list[Finding]:
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


def _value_findings(hours: Floats, cost: Floats, adjacency: Any, problem: ProblemSpec) -> list[Finding]:
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


def _option_findings(n: int, problem: ProblemSpec) -> list[Finding]:
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
        ("cut_price", *_cut_price_is_sound(problem.cut_price, n)),
        ("groupings", _groupings_are_sound(problem, n), "prices of 0 or more, and an index for each unit"),
        ("least_hours", _least_is_sound(problem), f"0 or more hours for all, or for each of {zones} zones"),
    ]
    findings += [Finding(name, f"{name}: expected {expected}.") for name, ok, expected in checks if not ok]
    return findings


def _groupings_are_sound(problem: ProblemSpec, n: int) -> bool:
    return all(
        np.shape(each.of_unit) == (n,)
        and 0 <= each.price < np.inf
        and each.whole in {"groups", "zones"}
        and (each.whole == "groups" or int(np.min(each.of_unit)) >= 0)
        for each in problem.groupings
    )


def _least_is_sound(problem: ProblemSpec) -> bool:
    least = np.asarray(problem.least_hours, dtype=np.float64)
    return least.shape in {(), (problem.zones,)} and bool(((least >= 0) & np.isfinite(least)).all())


def _cut_price_is_sound(price: Any, n: int) -> tuple[bool, str]:
    """Whether a price of pairs can be used, and what was expected."""
    if not issparse(price) and np.ndim(price) == 0:
        return bool(np.isfinite(price) and price >= 0), "0 or more"
    wanted = f"one number of 0 or more, or such a price for each pair, symmetric, in shape ({n}, {n})"
    if np.shape(price) != (n, n):
        return False, wanted
    given = csr_matrix(price)
    sound = bool(np.isfinite(given.data).all() and (given.data >= 0).all()) and (abs(given - given.T) > 1e-9).nnz == 0
    return sound, wanted


def prices_of_pairs(adjacency: Any, cut_price: Any) -> Any:
    """(n, n) price of each stored pair of neighbours, those of 0 stored too, in the order of `adjacency`."""
    pairs = csr_matrix(adjacency, dtype=np.float64)
    if not issparse(cut_price) and np.ndim(cut_price) == 0:
        return csr_matrix((np.full(pairs.nnz, float(cut_price)), pairs.indices, pairs.indptr), pairs.shape)
    coo = pairs.tocoo()
    given = np.asarray(csr_matrix(cut_price, dtype=np.float64)[coo.row, coo.col]).ravel()
    return csr_matrix((given, pairs.indices, pairs.indptr), pairs.shape)


def _non_negative(values: Floats, shape: tuple[int, int]) -> bool:
    array = np.asarray(values, dtype=np.float64)
    return array.shape == shape and bool((array >= 0).all()) and bool(np.isfinite(array).all())
