"""A finished zone plan, what it costs, and how good it is proven to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.plan.certificate import SharedBorders, ZoneList

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.plan.certificate import Certificate
    from geo.zoning.problem.problem import ZoningProblem

PART_NAMES = {
    "service": "serving units from their zone's base",
    "membership": "being in the zone they are in",
    "areas": "natural areas cut",
    "groupings": "further groups, such as the sides of a line",
    "cuts": "neighbours parted",
}
"""The parts of a cost, as a report names them."""


@dataclass(frozen=True)
class Progress:
    """How a running search stands.

    Attributes:
        elapsed_seconds: Seconds since the search began.
        best_cost: Cost of the best feasible plan so far; infinite while there is none.
        bound: Best proven lower bound so far; 0 while there is none.
        stage: ``bases``, ``zones``, ``bound``, ``polish`` or ``done``.
    """

    elapsed_seconds: float
    best_cost: float
    bound: float
    stage: str

    @property
    def gap(self) -> float:
        """Share by which the best plan may exceed the optimum, infinite while there is no plan."""
        return proven_gap(self.best_cost, self.bound)


@dataclass(frozen=True, eq=False)
class ZonePlan:
    """A contiguous plan within its limits.

    Attributes:
        problem: What was asked.
        labels: (n,) zone of each unit.
        bases: (zones,) unit that serves each zone at least cost.
        cost: Total cost, extras included, in the units of the problem's cost.
        bound: Proven lower bound on the cost of any plan for the problem.
        imbalance: Largest deviation of a zone's hours from its target, as a share of the target; free zones do not
            count.
        parts: Cost by part: ``service``, ``membership``, ``areas``, ``groupings`` and ``cuts``.
        hours: (zones,) hours in each zone.
        stopped: Why the search ended: ``work``, ``seconds``, ``gap``, ``optimal`` or ``request``.
        seed: Seed of the search.
        work: Starts finished: the same seed and work give the same plan.
        elapsed_seconds: Time taken.
        multipliers: (n,) price of each unit that prove a bound on their own, the root of the proof; None where units
            that must be together were merged.
        certificate: The proof of `bound`, for `check.checked_bound`; None where the exact model of HiGHS proved it.
    """

    problem: ZoningProblem = field(repr=False)
    labels: npt.NDArray[np.int64] = field(repr=False)
    bases: npt.NDArray[np.int64]
    cost: float
    bound: float
    imbalance: float
    parts: dict[str, float]
    hours: npt.NDArray[np.float64] = field(repr=False)
    stopped: str = "work"
    seed: int = 0
    work: int = 0
    elapsed_seconds: float = 0.0
    multipliers: npt.NDArray[np.float64] | None = field(default=None, repr=False)
    certificate: Certificate | None = field(default=None, repr=False)

    @property
    def gap(self) -> float:
        """Largest share of its own cost by which this plan can exceed the best possible one: 0 is proven optimal."""
        return proven_gap(self.cost, self.bound)

    @property
    def parts_beyond_the_bound(self) -> dict[str, float]:
        """Parts of the cost that the bound counts at nothing, with what they cost; the gap is wider by as much."""
        if self.bound >= self.cost * (1 - 1e-9) or isinstance(self.certificate, ZoneList):
            return {}
        seen = {"service", "membership"} | ({"cuts"} if isinstance(self.certificate, SharedBorders) else set())
        return {name: value for name, value in self.parts.items() if value > 0 and name not in seen}

    def report(self) -> str:
        """Return the plan in words and figures, for people to read."""
        return _report(self)


def proven_gap(cost: float, bound: float) -> float:
    """Return (cost - bound) / cost, 0 where nothing costs anything, infinite without a plan."""
    if not np.isfinite(cost):
        return float("inf")
    return max(0.0, (cost - bound) / cost) if cost > 0 else 0.0


def make_plan(
    problem: ZoningProblem,
    labels: npt.NDArray[np.int64],
    *,
    bound: float = 0.0,
    keep_bases: npt.NDArray[np.int64] | None = None,
) -> ZonePlan:
    """Put figures to a plan: best bases, cost by part, hours and imbalance, in double precision.

    Args:
        problem: What was asked.
        labels: (n,) zone of each unit; every zone has at least one.
        bound: Proven lower bound.
        keep_bases: Bases to use as they are; the cheapest are found where absent.
    """
    hours = np.bincount(labels, problem.hours, minlength=problem.zones).astype(np.float64)
    bases = np.zeros(problem.zones, np.int64) if keep_bases is None else np.array(keep_bases, np.int64)
    service = 0.0
    for zone in range(problem.zones):
        members = np.flatnonzero(labels == zone)
        if keep_bases is None:
            bases[zone] = _best_base(problem, zone, members)
        paid = members[problem.hours[members] > 0]
        service += float(problem.hours[paid] @ problem.cost[paid, bases[zone]])
    parts = {"service": service, **extra_parts(problem, labels)}
    counted = problem.target_hours > 0
    deviation = np.abs(hours[counted] / problem.target_hours[counted] - 1)
    worst = float(deviation.max(initial=0.0))
    return ZonePlan(problem, labels, bases, sum(parts.values()), bound, worst, parts, hours)


def _best_base(problem: ZoningProblem, zone: int, members: npt.NDArray[np.int64]) -> int:
    required = (problem.bases or {}).get(zone)
    if required is not None:
        return required
    paid = members[problem.hours[members] > 0]
    if paid.size == 0:
        return int(members[0])
    return int(members[np.argmin(problem.hours[paid] @ problem.cost[np.ix_(paid, members)])])


def extra_parts(problem: ZoningProblem, labels: npt.NDArray[np.int64]) -> dict[str, float]:
    """Cost of the priced extras of a plan."""
    parts = {"membership": 0.0, "areas": 0.0, "groupings": 0.0, "cuts": 0.0}
    if problem.membership_cost is not None:
        parts["membership"] = float(problem.membership_cost[np.arange(labels.size), labels].sum())
    for each in problem.priced:
        part = "areas" if each.of_unit is problem.areas else "groupings"
        parts[part] += each.price * (each.parts(labels) - each.free(problem.zones))
    if problem.cuts_priced:
        coo = problem.pair_price.tocoo()
        parted = labels[coo.row] != labels[coo.col]
        one = problem.one_cut_price
        parts["cuts"] = (one * float(parted.sum()) if one is not None else float(coo.data[parted].sum())) / 2
    return parts


def _report(plan: ZonePlan) -> str:
    """Return a readable account of `plan`: cost by part, proof, rules about targets, and a line for each zone."""
    problem = plan.problem
    lines = [
        f"{problem.zones} zones from {problem.units:,} units with {problem.hours.sum():,.1f} hours a week",
        f"Cost {plan.cost:,.2f}; proven least possible {plan.bound:,.2f}, so at most {plan.gap:.2%} could be saved.",
    ]
    lines += [f"  {PART_NAMES[name]}: {value:,.2f}" for name, value in plan.parts.items() if value or name == "service"]
    lines += [
        f"The least possible counts {PART_NAMES[name]} at nothing; in this plan they are {value:,.2f} of the cost."
        for name, value in plan.parts_beyond_the_bound.items()
    ]
    lines.append(f"Largest deviation from a target: {plan.imbalance:.2%} (allowed {problem.tolerance:.2%})")
    lines += _notes(plan)
    lines.append(
        f"Stopped on {plan.stopped} after {plan.elapsed_seconds:.1f} s and {plan.work} starts, seed {plan.seed}."
    )
    width = max(len(problem.zone_name(zone)) for zone in range(problem.zones))
    lines.append(f"{'zone':<{width}} {'units':>6} {'hours':>10} {'target':>10} {'off':>7}  base")
    for zone in range(problem.zones):
        target = problem.target_hours[zone]
        if np.isnan(target):
            aim, off = "free", ""
        else:
            aim, off = f"{target:,.1f}", f"{plan.hours[zone] / target - 1:+.2%}" if target > 0 else ""
        units = int((plan.labels == zone).sum())
        base = problem.unit_name(int(plan.bases[zone]))
        lines.append(
            f"{problem.zone_name(zone):<{width}} {units:>6} {plan.hours[zone]:>10,.1f} {aim:>10} {off:>7}  {base}"
        )
    return "\n".join(lines)


def _notes(plan: ZonePlan) -> list[str]:
    problem = plan.problem
    notes = []
    if problem.targets is not None and abs(problem.target_scale - 1) > 1e-9:
        notes.append(f"Targets were scaled by {problem.target_scale:.4f} to add up to the hours there are.")
    for a, b in problem.links:
        notes.append(f"Linked across a gap in the map: {problem.unit_name(a)} and {problem.unit_name(b)}.")
    return notes
