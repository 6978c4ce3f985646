"""A finished zone plan, what it costs, and how good it is proven to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.certificate import Certificate
    from geo.zoning.problem import ZoningProblem


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
        parts: Cost by part: ``service``, ``membership``, ``areas`` and ``cuts``.
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

    def report(self) -> str:
        """Return the plan in words and figures, for people to read."""
        from geo.zoning.report import plan_report  # noqa: PLC0415 - the report reads plans, so it is loaded when asked for

        return plan_report(self)


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
    parts = {"membership": 0.0, "areas": 0.0, "cuts": 0.0}
    if problem.membership_cost is not None:
        parts["membership"] = float(problem.membership_cost[np.arange(labels.size), labels].sum())
    if problem.areas is not None and problem.area_price > 0:
        inside = problem.areas >= 0
        pairs = {(int(area), int(zone)) for area, zone in zip(problem.areas[inside], labels[inside], strict=True)}
        parts["areas"] = problem.area_price * (len(pairs) - len({area for area, _ in pairs}))
    if problem.cut_price > 0:
        coo = problem.adjacency.tocoo()
        parts["cuts"] = problem.cut_price * float((labels[coo.row] != labels[coo.col]).sum()) / 2
    return parts
