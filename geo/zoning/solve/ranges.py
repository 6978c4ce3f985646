"""Plans for a range of numbers of zones, so that the number can be chosen with its price in sight."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.problem.errors import Finding, InvalidProblemError, NoPlanFoundError, ZoningError
from geo.zoning.solve.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from geo.zoning.plan.plan import Progress, ZonePlan
    from geo.zoning.problem.problem import ZoningProblem


@dataclass(frozen=True, eq=False)
class ZoneRange:
    """Plans by number of zones, and why a number has none.

    Attributes:
        plans: {number of zones: its best plan}.
        refused: {number of zones: why there is no plan}.
    """

    plans: dict[int, ZonePlan]
    refused: dict[int, ZoningError]

    def cheapest(self, price_a_zone: float = 0.0) -> ZonePlan:
        """The plan that costs least when every zone costs `price_a_zone` on top (a provider's office, a contract)."""
        return min(self.plans.values(), key=lambda plan: plan.cost + price_a_zone * plan.problem.zones)


def solve_range(
    problem: ZoningProblem,
    zones: Iterable[int],
    seconds: float = 60,
    seed: int = 0,
    progress: Callable[[int, Progress], bool | None] | None = None,
    *,
    work: int | None = None,
    gap: float = 0.0,
) -> ZoneRange:
    """Solve `problem` for every number of zones in `zones`, sharing the seconds among them.

    Args:
        problem: What is asked, for zones that are all alike: nothing by zone, be it targets, locks, bases or costs.
        zones: Numbers of zones, such as ``range(8, 21)``.
        seconds: Longest time in all; what one number leaves over goes to the rest.
        seed: Seed of every random choice.
        progress: Called with the number of zones and how its search stands; False ends that search and skips the rest.
        work: Number of starts for each number of zones, instead of as many as the seconds allow.
        gap: Stop each when its proven gap is no more than this share.

    Raises:
        InvalidProblemError: The problem treats zones differently, or no number is given.
        NoPlanFoundError: No number of zones has a plan; holds the findings of them all.
    """
    wanted = sorted({int(number) for number in zones})
    names = ("targets", "locked", "bases", "membership_cost", "zone_names")
    given = [getattr(problem, name) for name in names]
    differing = [name for name, value in zip(names, given, strict=True) if value is not None and len(value) > 0]
    differing += ["least_hours by zone"] if np.ndim(problem.least_hours) else []
    if differing or not wanted:
        text = f"zones: found a range with {', '.join(differing)}" if differing else "zones: found no number of zones"
        raise InvalidProblemError([Finding("zones", f"{text}, expected numbers of zones that are all alike.")])
    ends, stopped = time.monotonic() + seconds, False
    plans: dict[int, ZonePlan] = {}
    refused: dict[int, ZoningError] = {}
    for place, number in enumerate(wanted):
        share = max((ends - time.monotonic()) / (len(wanted) - place), 0.0)

        def told(state: Progress, number: int = number) -> bool | None:
            nonlocal stopped
            answer = None if progress is None else progress(number, state)
            stopped = stopped or answer is False
            return answer

        try:
            asked = replace(problem, zones=number)
            plans[number] = solve(asked, share, seed, told if progress else None, work=work, gap=gap)
        except ZoningError as error:
            refused[number] = error
        if stopped:
            break
    if not plans:
        raise NoPlanFoundError([finding for error in refused.values() for finding in error.findings])
    return ZoneRange(plans, refused)
