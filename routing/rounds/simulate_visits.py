"""From packages of care to dated visits: which run each visit of the week belongs to, and when it may start.

The runs, their windows and how they are dealt out are assumptions and stand in ``data/rounds_demand.toml``. Each
package draws from a seed of its own, so leaving one out changes no other's visits.
"""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.rounds.day import Visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Package:
    """One person's care, as commissioned.

    Attributes:
        reference: Unique pseudonym.
        easting: Metres. ``northing`` likewise.
        northing: Metres.
        visits_per_week: Visits a week by length in minutes; 3.5 is seven a fortnight.
        carers: How many come together.
        labels: What the visits are counted by, such as ``{"band": "rural", "zone": "Melton"}``.
    """

    reference: str
    easting: float
    northing: float
    visits_per_week: Mapping[int, float]
    carers: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DatedVisit:
    """One visit of a package on a day."""

    on: date
    run: str
    visit: Visit
    package: Package


@cache
def demand_table() -> dict[str, Any]:
    """Return the shipped assumptions about runs, times and the workforce."""
    return tomllib.loads((files("routing") / "data" / "rounds_demand.toml").read_text(encoding="utf-8"))


def package_draw(seed: int, reference: str, purpose: int) -> np.random.Generator:
    """Return the random numbers of one package for one purpose; the same wherever else it stands."""
    return np.random.default_rng([seed, purpose, zlib.crc32(reference.encode())])


def dated_visits(packages: Iterable[Package], monday: date, seed: int = 0) -> dict[date, list[DatedVisit]]:
    """Return the visits of one week by day, in the order of the packages.

    A number of visits that sevens do not divide is spread evenly over the week from a day drawn for the package; a part
    of a visit is made in that share of weeks. The longest visit of a day is the morning's.

    Args:
        packages: Whose care.
        monday: First day of the week; any day may be given, and the week then starts with it.
        seed: Of runs, agreed times and spread days. The same package keeps them from week to week.
    """
    table = demand_table()
    out: dict[date, list[DatedVisit]] = {monday + timedelta(days): [] for days in range(DAYS_A_WEEK)}
    for package in packages:
        habits = package_draw(seed, package.reference, 1)
        week = package_draw(seed, f"{package.reference} {monday.isoformat()}", 2)
        lengths = _lengths_by_day(package, int(habits.integers(DAYS_A_WEEK)), week)
        visited = sum(bool(day) for day in lengths)
        by_number = {k: _runs(k, visited, table, habits) for k in sorted({len(day) for day in lengths} - {0})}
        timed = {run: habits.random() < table["times"]["timed_share"] for run in table["windows"]}
        agreed = {run: habits.random() for run in table["windows"]}
        for days, of_day in enumerate(lengths):
            on = monday + timedelta(days)
            named: dict[str, int] = {}
            for run, minutes in zip(by_number.get(len(of_day), []), of_day, strict=True):
                named[run] = named.get(run, 0) + 1
                name = f"{package.reference} {run}" + (f" {named[run]}" if named[run] > 1 else "")
                earliest, latest = _window(table, run, agreed[run] if timed[run] else None)
                visit = _visit(package, name, (earliest, latest), minutes, table, critical=timed[run])
                out[on].append(DatedVisit(on, run, visit, package))
    return out


def _lengths_by_day(package: Package, first: int, week: np.random.Generator) -> list[list[int]]:
    """Lengths of each day's visits, longest first."""
    out: list[list[int]] = [[] for _ in range(DAYS_A_WEEK)]
    for minutes, number in sorted(package.visits_per_week.items(), reverse=True):
        whole = int(number) + int(week.random() < number - int(number))
        daily, rest = divmod(whole, DAYS_A_WEEK)
        extra = {(first + round(i * DAYS_A_WEEK / rest)) % DAYS_A_WEEK for i in range(rest)} if rest else set()
        for days, of_day in enumerate(out):
            of_day.extend([int(minutes)] * (daily + (days in extra)))
    return out


def _runs(visits: int, days_visited: int, table: dict[str, Any], habits: np.random.Generator) -> list[str]:
    """The runs of a day with so many visits; beyond the table, what is left over goes round the runs again."""
    known = {int(k): choices for k, choices in table["runs"].items()}
    choices = known[min(visits, max(known))]
    weights = np.array([choice["weight"] for choice in choices], dtype=float)
    runs: list[str] = list(choices[int(habits.choice(len(choices), p=weights / weights.sum()))]["runs"])
    if visits == 1 and days_visited <= table["times"]["daytime_up_to_days_a_week"]:
        return ["daytime"]
    return [runs[i % len(runs)] for i in range(visits)]


def _window(table: dict[str, Any], run: str, agreed: float | None) -> tuple[int, int]:
    window = table["windows"][run]
    earliest, latest = int(window["earliest"]), int(window["latest"])
    if agreed is None:
        return earliest, latest
    within = table["times"]["timed_within_minutes"]
    at = earliest + round(agreed * (latest - earliest))
    return max(earliest, at - within), min(latest, at + within)


def _visit(
    package: Package, name: str, window: tuple[int, int], minutes: int, table: dict[str, Any], *, critical: bool
) -> Visit:
    skills = frozenset({table["workforce"]["double_handed_skill"]}) if package.carers > 1 else frozenset()
    return Visit(
        id=name,
        easting=package.easting,
        northing=package.northing,
        earliest=window[0],
        latest=window[1],
        minutes=minutes,
        carers=package.carers,
        skills=skills,
        client=package.reference,
        medication_critical=critical,
    )
