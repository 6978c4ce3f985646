"""What the rounds take for each visit, by band (or zone, or visit length): the inputs a rate is built on.

A drive between two visits counts half to each; one from or to home counts to the visit at its other end. Waiting counts
to the visit waited for, and time left after the last visit to that one. So the parts add up to the whole.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import t as student

from routing.modes import CAR
from routing.road_free import RoadFreeModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from routing.rounds.answer import Rounds, Route
    from routing.rounds.day import Day, Visit

# The columns added up for each group and day.
TRAVEL, WAITING, MILES, CARE, VISITS = range(5)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95% confidence interval over sampled days; the interval is absent with fewer than two days."""

    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class PerVisit:
    """What one carer's visit takes in a group.

    Attributes:
        carer_visits: How many were counted; a double-handed visit counts twice.
        days: Sampled days with such visits.
        travel_minutes: Paid driving and parking for each carer-visit.
        waiting_minutes: Paid waiting for each carer-visit.
        miles: Driven for each carer-visit.
        travel_minutes_per_contact_hour: Paid driving and parking for each hour of care.
        waiting_minutes_per_contact_hour: Paid waiting for each hour of care.
        miles_per_contact_hour: Driven for each hour of care.
        mean_visit_minutes: Length of a visit.
    """

    carer_visits: int
    days: int
    travel_minutes: Estimate
    waiting_minutes: Estimate
    miles: Estimate
    travel_minutes_per_contact_hour: Estimate
    waiting_minutes_per_contact_hour: Estimate
    miles_per_contact_hour: Estimate
    mean_visit_minutes: float


def travel_per_visit(sampled: Iterable[tuple[Day, Rounds]], group: Callable[[Visit], str]) -> dict[str, PerVisit]:
    """Return what a carer's visit takes in each group, over days planned alike.

    Intervals are of the ratio over days, by the jackknife: each day left out in turn (Efron, The Jackknife, the
    Bootstrap and Other Resampling Plans, 1982), with Student's t.

    Args:
        sampled: Days and their plans.
        group: The group of a visit: its band, zone or length.
    """
    sums: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for day, rounds in sampled:
        of_day = add_up(day if day.travel is not None else day.with_travel(RoadFreeModel()), rounds, group)
        for name, row in of_day.items():
            sums[name].append(row)
    return {name: estimated(np.array(rows)) for name, rows in sorted(sums.items())}


def add_up(day: Day, rounds: Rounds, group: Callable[[Visit], str]) -> dict[str, NDArray[np.float64]]:
    """Return (5,) sums for each group: minutes of travel, of waiting, miles by car, minutes of care, and carer-visits.

    Minutes are those of the carer's own way of getting about; only miles by car are repaid by the mile.

    Args:
        day: With its travel.
        rounds: Its plan.
        group: The group of a visit.
    """
    out: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(5))
    number = {visit.id: i for i, visit in enumerate(day.visits)}
    home = {carer.id: len(day.visits) + i for i, carer in enumerate(day.carers)}
    mode = {carer.id: carer.mode for carer in day.carers}
    day = day.with_other_modes()
    for route in rounds.routes:
        legs = day.legs_by(mode[route.carer])
        names = [group(day.visits[number[stop.visit]]) for stop in route.stops]
        places = [home[route.carer], *(number[stop.visit] for stop in route.stops), home[route.carer]]
        for i, (a, b) in enumerate(pairwise(places)):
            ends = [n for n in (i - 1, i) if 0 <= n < len(names)]
            for n in ends:
                out[names[n]][TRAVEL] += legs.minutes[a, b] / len(ends)
                if mode[route.carer] == CAR:
                    out[names[n]][MILES] += legs.miles[a, b] / len(ends)
            out[names[min(i, len(names) - 1)]][WAITING] += _gap(route, i) - float(legs.minutes[a, b])
        for name, stop in zip(names, route.stops, strict=True):
            out[name][CARE] += stop.end - stop.start
            out[name][VISITS] += 1
    return dict(out)


def _gap(route: Route, i: int) -> int:
    """Return the minutes between stop ``i - 1`` (or leaving) and stop ``i`` (or being back), less rests."""
    start = route.leaves if i == 0 else route.stops[i - 1].end
    end = route.returns if i == len(route.stops) else route.stops[i].start
    return end - start - sum(rest.end - rest.start for rest in route.breaks if start <= rest.start and rest.end <= end)


def estimated(rows: NDArray[np.float64]) -> PerVisit:
    """Return what a visit takes, from the (days, 5) sums of :func:`add_up` on each sampled day."""
    total = rows.sum(axis=0)
    return PerVisit(
        carer_visits=round(total[VISITS]),
        days=len(rows),
        travel_minutes=_ratio(rows[:, TRAVEL], rows[:, VISITS]),
        waiting_minutes=_ratio(rows[:, WAITING], rows[:, VISITS]),
        miles=_ratio(rows[:, MILES], rows[:, VISITS]),
        travel_minutes_per_contact_hour=_ratio(rows[:, TRAVEL], rows[:, CARE] / 60),
        waiting_minutes_per_contact_hour=_ratio(rows[:, WAITING], rows[:, CARE] / 60),
        miles_per_contact_hour=_ratio(rows[:, MILES], rows[:, CARE] / 60),
        mean_visit_minutes=float(total[CARE] / total[VISITS]),
    )


def _ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> Estimate:
    mean, n = float(top.sum() / bottom.sum()), len(top)
    if n < 2:
        return Estimate(mean, None, None)
    without = (top.sum() - top) / (bottom.sum() - bottom)
    error = math.sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum()))
    reach = float(student.ppf(0.975, n - 1)) * error
    return Estimate(mean, mean - reach, mean + reach)
