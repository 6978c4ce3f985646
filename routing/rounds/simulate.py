"""Rounds simulated over a zone plan: sampled days, stated numbers of providers, real rules, travel per visit out.

Each zone's packages are shared among its providers by a draw of each package's own, as a broker allocates by turn and
not by map; each provider has a made-up workforce sized for its week; each sampled day of a provider is planned with
:func:`routing.rounds.solve`. What a group takes is added up over all zones of a sampled day, each zone's planned
providers standing for all of its providers, and the interval is over sampled days.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from routing.rounds.carbon import CycleReach, cycle_reach
from routing.rounds.day import Day
from routing.rounds.per_visit import VISITS, PerVisit, add_up, estimated
from routing.rounds.planning import solve
from routing.rounds.simulate_visits import DAYS_A_WEEK, dated_visits, package_draw
from routing.rounds.workforce import synthetic_workforce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from routing.model import TravelModel
    from routing.rounds.answer import Rounds
    from routing.rounds.simulate_visits import DatedVisit, Package
    from routing.rounds.workforce import Employee

ZONE = "zone"
ALL = "all"
DEFAULT_GROUPINGS = ("band", ZONE, "length")


@dataclass(frozen=True, slots=True)
class Sampling:
    """What is simulated.

    Attributes:
        monday: First day of the first week sampled from.
        days: Sampled days; two or more give intervals.
        providers_per_zone: Providers sharing each zone's packages equally, or by zone.
        planned_per_zone: How many of them are planned on each sampled day, at the most; all where None.
        seconds_per_round: Longest search for one provider's day.
        solution_limit: Count solutions instead of seconds, so that the answer is the same on every machine.
        seed: Of everything drawn.
    """

    monday: date
    days: int = 5
    providers_per_zone: int | Mapping[str, int] = 3
    planned_per_zone: int | None = None
    seconds_per_round: float = 5.0
    solution_limit: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        numbers = self.providers_per_zone
        for name, value in (
            ("days", self.days),
            ("providers_per_zone", min(numbers.values(), default=1) if not isinstance(numbers, int) else numbers),
            ("planned_per_zone", 1 if self.planned_per_zone is None else self.planned_per_zone),
        ):
            if value < 1:
                raise ValueError(f"{name}: found {value}, expected at least 1")

    def providers(self, zone: str) -> int:
        """How many providers share a zone."""
        if isinstance(self.providers_per_zone, int):
            return self.providers_per_zone
        return self.providers_per_zone.get(zone, 1)


@dataclass(frozen=True, slots=True)
class Planned:
    """One provider's day, planned.

    Attributes:
        zone: Whose.
        provider: Its number in the zone, from 1.
        sample: Number of the sampled day, from 0.
        on: The date.
        weight: How many providers of the zone it stands for.
        day: Visits and carers, with travel.
        rounds: The plan.
        labels: Band, zone and the like of each visit, by its id.
    """

    zone: str
    provider: int
    sample: int
    on: date
    weight: float
    day: Day
    rounds: Rounds
    labels: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What simulated rounds take.

    Attributes:
        by: For each grouping (``all``, ``band``, ``zone``, ``length``), what a visit takes in each group.
        days: Sampled dates, in order.
        provider_days: Rounds planned.
        visits: Visits in them, and ``unserved_visits`` of those left out for want of a carer with room.
        unserved_visits: See ``visits``.
        paid_minutes_per_week: Estimated for the whole plan: care, travel, waiting and paid breaks.
        travel_minutes_per_week: See ``paid_minutes_per_week``.
        waiting_minutes_per_week: See ``paid_minutes_per_week``.
        miles_per_week: See ``paid_minutes_per_week``.
        care_minutes_per_week: See ``paid_minutes_per_week``.
        cycle_reach: Miles a week, and those on rounds that an electric cycle could do.
        engine: What planned.
        travel_version: What made the travel times.
    """

    by: Mapping[str, Mapping[str, PerVisit]]
    days: tuple[date, ...]
    provider_days: int
    visits: int
    unserved_visits: int
    paid_minutes_per_week: float
    travel_minutes_per_week: float
    waiting_minutes_per_week: float
    miles_per_week: float
    care_minutes_per_week: float
    cycle_reach: CycleReach
    engine: str
    travel_version: str


def sampled_days(sampling: Sampling) -> tuple[date, ...]:
    """Return the sampled dates in order: no weekday twice before every weekday once."""
    rng = np.random.default_rng([sampling.seed, 4])
    chosen: list[date] = []
    for week in range(-(-sampling.days // DAYS_A_WEEK)):
        order = rng.permutation(DAYS_A_WEEK)[: sampling.days - len(chosen)]
        chosen += [sampling.monday + timedelta(week * DAYS_A_WEEK + int(days)) for days in order]
    return tuple(sorted(chosen))


def planned_days(
    packages: Sequence[Package],
    travel: TravelModel,
    sampling: Sampling,
    progress: Callable[[float, str], None] | None = None,
) -> Iterator[Planned]:
    """Plan every provider's sampled days, one after the other.

    Args:
        packages: Each with a ``zone`` among its labels.
        travel: Minutes and miles to plan on.
        sampling: What to sample.
        progress: Told the share done and what is being planned; what it raises ends the simulation.
    """
    shared = _shared_out(packages, sampling)
    days = sampled_days(sampling)
    todo = [
        (sample, on, zone, provider, weight)
        for sample, on in enumerate(days)
        for zone, providers in shared.items()
        for provider, weight in _chosen(zone, sample, len(providers), sampling)
    ]
    cache: dict[tuple[str, int, date], tuple[dict[date, list[DatedVisit]], tuple[Employee, ...]]] = {}
    for number, (sample, on, zone, provider, weight) in enumerate(todo):
        if progress is not None:
            progress(number / len(todo), f"{zone}, {on:%A}, provider {provider + 1}")
        monday = sampling.monday + timedelta((on - sampling.monday).days // DAYS_A_WEEK * DAYS_A_WEEK)
        key = (zone, provider, monday)
        if key not in cache:
            week = dated_visits(shared[zone][provider], monday, sampling.seed)
            staff_seed = int(package_draw(sampling.seed, f"{zone} {provider}", 5).integers(2**31))
            cache[key] = (week, synthetic_workforce(week, staff_seed, prefix=f"{provider + 1}-"))
        week, staff = cache[key]
        if not week[on]:
            continue
        day = provider_day(week[on], staff, on).with_travel(travel)
        yield Planned(
            zone=zone,
            provider=provider + 1,
            sample=sample,
            on=on,
            weight=weight,
            day=day,
            rounds=solve(
                day,
                seconds=sampling.seconds_per_round,
                seed=sampling.seed + number,
                solution_limit=sampling.solution_limit,
            ),
            labels={v.visit.id: {**v.package.labels, "length": str(v.visit.minutes), "run": v.run} for v in week[on]},
        )


def provider_day(visits: Sequence[DatedVisit], staff: Sequence[Employee], on: date) -> Day:
    """Return one provider's day: its visits and the carers on duty."""
    carers = tuple(carer for employee in staff if (carer := employee.on(on)) is not None)
    return Day(tuple(visit.visit for visit in visits), carers)


def simulate(
    packages: Sequence[Package],
    travel: TravelModel,
    sampling: Sampling,
    groupings: Sequence[str] = DEFAULT_GROUPINGS,
    progress: Callable[[float, str], None] | None = None,
) -> Simulation:
    """Simulate rounds over a zone plan and return what a carer's visit takes.

    Args:
        packages: With their zone, and what else they are to be grouped by, in ``labels``.
        travel: Minutes and miles to plan on.
        sampling: What to sample.
        groupings: Labels to group by, besides ``all``; ``length`` and ``run`` are known for every visit.
        progress: Told the share done and what is being planned.

    Raises:
        ValueError: There are no packages with visits.
    """
    return summed(planned_days(packages, travel, sampling, progress), sampling, groupings)


def summed(planned: Iterator[Planned], sampling: Sampling, groupings: Sequence[str] = DEFAULT_GROUPINGS) -> Simulation:
    """Add up planned days; see :func:`simulate`."""
    sums: dict[str, dict[str, NDArray[np.float64]]] = {name: {} for name in (ALL, *groupings)}
    days = sampled_days(sampling)
    paid = count = visits = unserved = 0.0
    engine = version = ""
    reach = CycleReach()
    for one in planned:
        count += 1
        visits += len(one.day.visits)
        unserved += len(one.rounds.unserved)
        paid += one.weight * one.rounds.paid_minutes
        reach = reach.plus(cycle_reach(one.day, one.rounds), one.weight * DAYS_A_WEEK / len(days))
        engine, version = one.rounds.engine, one.rounds.travel_version
        for name in (ALL, *groupings):
            for group, row in add_up(one.day, one.rounds, _grouper(name, one)).items():
                table = sums[name].setdefault(group, np.zeros((len(days), len(row))))
                table[one.sample] += one.weight * row
    if not count:
        raise ValueError("packages: found none with visits, expected at least one")
    total = sums[ALL][ALL].sum(axis=0) * DAYS_A_WEEK / len(days)
    return Simulation(
        by={
            name: {group: estimated(rows[rows[:, VISITS] > 0]) for group, rows in sorted(groups.items(), key=_order)}
            for name, groups in sums.items()
        },
        days=days,
        provider_days=int(count),
        visits=int(visits),
        unserved_visits=int(unserved),
        paid_minutes_per_week=paid * DAYS_A_WEEK / len(days),
        travel_minutes_per_week=float(total[0]),
        waiting_minutes_per_week=float(total[1]),
        miles_per_week=float(total[2]),
        care_minutes_per_week=float(total[3]),
        cycle_reach=reach,
        engine=engine,
        travel_version=version,
    )


def _order(item: tuple[str, object]) -> tuple[int, str]:
    """Numbers in order of size, names in order of spelling."""
    return (int(item[0]), "") if item[0].isdigit() else (0, item[0])


def _grouper(name: str, one: Planned) -> Callable[[object], str]:
    if name == ALL:
        return lambda _visit: ALL
    return lambda visit: one.labels[visit.id].get(name, "")  # type: ignore[attr-defined]


def _shared_out(packages: Sequence[Package], sampling: Sampling) -> dict[str, list[list[Package]]]:
    """Each zone's packages by provider; a package's draw does not depend on the plan."""
    zones: dict[str, list[list[Package]]] = defaultdict(list)
    for package in packages:
        zone = package.labels[ZONE]
        providers = sampling.providers(zone)
        if not zones[zone]:
            zones[zone] = [[] for _ in range(providers)]
        draw = package_draw(sampling.seed, package.reference, 6).random()
        zones[zone][int(draw * providers)].append(package)
    return dict(sorted(zones.items()))


def _chosen(zone: str, sample: int, providers: int, sampling: Sampling) -> list[tuple[int, float]]:
    """Numbers of the providers planned on a sampled day, and how many each stands for."""
    planned = min(providers, sampling.planned_per_zone or providers)
    order = package_draw(sampling.seed, zone, 7).permutation(providers)
    # A different start each day, so that every provider has its turn.
    picked = [int(order[(sample * planned + i) % providers]) for i in range(planned)]
    return [(provider, providers / planned) for provider in sorted(set(picked))]
