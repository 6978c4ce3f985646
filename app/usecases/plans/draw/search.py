"""Drawing what was asked: one number of zones, or every number of a range with the cheapest kept."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.jobs.problems import JobProblem
from app.usecases.plans.draw.infeasible import nothing_found
from app.usecases.plans.draw.problem import ground_of, zones_problem
from app.usecases.plans.draw.request import NumbersOfZones, PlanRequest, ZoneWanted
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import contradiction
from app.usecases.plans.measure.rules.priced import by_packages
from geo.zoning import NoPlanFoundError, Progress, ZonePlan, ZoningProblem, solve

Report = Callable[[float, str], None]
LEAST_SEARCHED = 0.5
"""Share of the seconds asked for that are left to the search whatever goes before it."""

SHARE_BEFORE, SHARE_OF_SEARCH = 0.1, 0.8


def silent(_share: float, _stage: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan with what it answers.

    Attributes:
        wanted: Its zones, in order of their numbers.
        problem: What the engine was asked.
        plan: What it drew.
        numbers: What every number of zones of a range came to; empty where one was asked for.
    """

    wanted: list[ZoneWanted]
    problem: ZoningProblem
    plan: ZonePlan
    numbers: list[dict[str, Any]]


def counted_zones(
    inputs: PlanInputs, request: PlanRequest, standing: Mapping[str, str] | None, number: int
) -> list[ZoneWanted]:
    """So many equal zones. Where packages should stay in their zones, those with the most packages keep their names."""
    names: list[str] = []
    if standing is not None and request.priorities.disruption_pounds_per_package > 0:
        names = by_packages(inputs, standing)
    spare = (f"Zone {i + 1}" for i in range(number + len(names)))
    names += [name for name in spare if name not in names]
    return [ZoneWanted(name=name) for name in names[:number]]


def seconds_left(request: PlanRequest, spent: float) -> PlanRequest:
    """The request with the seconds already spent on it taken off those of the search, of which half stay at least."""
    left = max(request.seconds - spent, LEAST_SEARCHED * request.seconds)
    return request.model_copy(update={"seconds": left})


def drawn_as_asked(
    inputs: PlanInputs,
    request: PlanRequest,
    wanted: Sequence[ZoneWanted],
    standing: Mapping[str, str] | None,
    report: Report = silent,
    threads: int | None = None,
) -> Drawn:
    """The best plan found for a request.

    Raises:
        JobProblem: the request contradicts itself, or nothing was found; the detail says what and why.
    """
    if request.zones_between is None:
        problem = zones_problem(inputs, request, wanted, standing)
        return Drawn(list(wanted), problem, solved(problem, request, report, threads), [])
    return _cheapest_number(inputs, request, request.zones_between, standing, report, threads)


def solved(
    problem: ZoningProblem, request: PlanRequest, report: Report = silent, threads: int | None = None
) -> ZonePlan:
    """The best plan found within the request's time or work.

    Raises:
        JobProblem: none was found; the detail says which zones came how near, and what the search was held to.
    """
    return _solved(problem, request, request.seconds, report, (0.0, 1.0), threads)


def _solved(
    problem: ZoningProblem,
    request: PlanRequest,
    seconds: float,
    report: Report,
    span: tuple[float, float],
    threads: int | None,
) -> ZonePlan:
    first, last = span

    def watch(state: Progress) -> None:
        done = first + (last - first) * min(state.elapsed_seconds / max(seconds, 1e-9), 1.0)
        report(SHARE_BEFORE + SHARE_OF_SEARCH * done, _standing(state))

    try:
        return solve(problem, seconds=seconds, seed=request.seed, progress=watch, work=request.starts, threads=threads)
    except NoPlanFoundError as error:
        raise contradiction(nothing_found(error, problem, request)) from error


def _standing(state: Progress) -> str:
    """How a search stands, in words short enough for a job's stage."""
    if not math.isfinite(state.best_cost):
        return f"{state.stage}: no plan keeps the rules yet"
    found = f"{state.stage}: best so far £{state.best_cost:,.0f} a year"
    if state.bound <= 0:
        return found
    return f"{found}, proven least £{state.bound:,.0f}, gap {state.gap:.1%}"


def _cheapest_number(
    inputs: PlanInputs,
    request: PlanRequest,
    between: NumbersOfZones,
    standing: Mapping[str, str] | None,
    report: Report,
    threads: int | None,
) -> Drawn:
    ends = time.monotonic() + request.seconds
    ground = ground_of(inputs, request)
    numbers = list(range(between.fewest, between.most + 1))
    rows: list[dict[str, Any]] = []
    best: tuple[float, Drawn] | None = None
    for place, number in enumerate(numbers):
        seconds = max((ends - time.monotonic()) / (len(numbers) - place), 1.0)
        span = place / len(numbers), (place + 1) / len(numbers)
        wanted = counted_zones(inputs, request, standing, number)
        try:
            problem = zones_problem(inputs, request, wanted, standing, ground)
            plan = _solved(problem, request, seconds, report, span, threads)
        except JobProblem as refusal:
            rows.append({"zones": number, "problem": refusal.detail})
            continue
        pounds = float(plan.cost) + number * between.zone_pounds_per_year
        rows.append(
            {
                "zones": number,
                "objective_pounds_per_year": round(float(plan.cost), 2),
                "with_zones_pounds_per_year": round(pounds, 2),
                "least_possible_pounds_per_year": round(float(plan.bound), 2),
                "gap_share": round(float(plan.gap), 6),
                "imbalance_share": round(float(plan.imbalance), 6),
                "problem": None,
            }
        )
        if best is None or pounds < best[0]:
            best = pounds, Drawn(wanted, problem, plan, rows)
    if best is None:
        lines = [f"{row['zones']} zones: {row['problem']}" for row in rows]
        raise contradiction(
            f"No number of zones from {between.fewest} to {between.most} has a plan.\n" + "\n".join(lines)
        )
    return best[1]
