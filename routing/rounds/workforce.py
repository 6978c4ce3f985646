"""A made-up workforce, sized from the visits of a week. Synthetic: nobody's staff.

Each shift has as many carers as its busiest run needs, at the travel its visits' neighbours suggest, and some over. The
shifts are dealt to carers by contract. All assumptions stand in ``data/rounds_demand.toml``.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import cKDTree

from routing.positions import EAST_LIMITS_M, NORTH_LIMITS_M
from routing.road_free import RoadFreeModel
from routing.rounds.day import Break, Carer
from routing.rounds.simulate_visits import demand_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routing.rounds.simulate_visits import DatedVisit

SYNTHETIC_NOTE = "Synthetic: a made-up workforce, sized from the visits and drawn from a seed; nobody's staff."


@dataclass(frozen=True, slots=True)
class Employee:
    """One made-up carer with a contract.

    Attributes:
        id: Begins with ``SYN-``.
        easting: Metres, of the home. ``northing`` likewise.
        northing: Metres.
        mode: ``car``, ``walk`` or ``cycle``.
        contracted_hours_per_week: As the contract says.
        skills: What the carer is able to do.
        shifts: Name of the shift by the days worked.
    """

    id: str
    easting: float
    northing: float
    mode: str
    contracted_hours_per_week: float
    skills: frozenset[str]
    shifts: Mapping[date, str]

    def on(self, day: date) -> Carer | None:
        """The carer's day, or ``None`` on a day off."""
        name = self.shifts.get(day)
        if name is None:
            return None
        shift = next(s for s in demand_table()["workforce"]["shifts"] if s["name"] == name)
        return Carer(
            id=self.id,
            easting=self.easting,
            northing=self.northing,
            shift_start=shift["start"],
            shift_end=shift["end"],
            skills=self.skills,
            breaks=tuple(Break(**rest) for rest in shift["breaks"]),
            mode=self.mode,
        )


def synthetic_workforce(
    week: Mapping[date, Sequence[DatedVisit]], seed: int = 0, prefix: str = "", slack_share: float | None = None
) -> tuple[Employee, ...]:
    """Return enough carers for a week of visits.

    Args:
        week: Visits by day.
        seed: Of homes, contracts, skills and days off.
        prefix: Put into the ids, to tell providers apart.
        slack_share: Carers above the busiest run's need; the shipped share where None.

    Returns:
        Employees whose shifts on each day meet what that day's runs need. None where there are no visits.
    """
    table = demand_table()["workforce"]
    slack = table["slack_share"] if slack_share is None else slack_share
    rng = np.random.default_rng([seed, 3])
    unmet = {
        (on, shift["name"]): _carers_needed([v for v in visits if v.run in shift["runs"]], slack)
        for on, visits in week.items()
        for shift in table["shifts"]
    }
    everyone = [visit for visits in week.values() for visit in visits]
    if not everyone:
        return ()
    homes = _Homes(everyone, table, rng)
    staff: list[Employee] = []
    while any(unmet.values()):
        contract = table["contracts"][int(rng.choice(len(table["contracts"]), p=_shares(table["contracts"])))]
        name = max(_total_by_shift(unmet).items(), key=lambda item: item[1])[0]
        days = sorted((on for on, shift in unmet if shift == name), key=lambda on: (-unmet[on, name], rng.random()))
        worked = [on for on in days[: contract["shifts_per_week"]] if unmet[on, name] > 0]
        for on in worked:
            unmet[on, name] -= 1
        east, north = homes.draw()
        staff.append(
            Employee(
                id=f"SYN-{prefix}{len(staff) + 1:03d}",
                easting=east,
                northing=north,
                mode=str(rng.choice(list(table["modes"]), p=list(table["modes"].values()))),
                contracted_hours_per_week=float(contract["hours_per_week"]),
                skills=frozenset({table["double_handed_skill"]} if rng.random() < table["skilled_share"] else ()),
                shifts=dict.fromkeys(sorted(worked), name),
            )
        )
    return tuple(_skilled_enough(staff, week, table))


def _skilled_enough(
    staff: Sequence[Employee], week: Mapping[date, Sequence[DatedVisit]], table: Mapping[str, Any]
) -> list[Employee]:
    """Train the first on duty wherever a shift has fewer with the skill than one of its visits needs together."""
    skill, out = table["double_handed_skill"], list(staff)
    for on, visits in week.items():
        for shift in table["shifts"]:
            needing = [v.visit.carers for v in visits if v.run in shift["runs"] and skill in v.visit.skills]
            duty = [i for i, someone in enumerate(out) if someone.shifts.get(on) == shift["name"]]
            missing = max(needing, default=0) - sum(skill in out[i].skills for i in duty)
            for i in [i for i in duty if skill not in out[i].skills][: max(missing, 0)]:
                out[i] = replace(out[i], skills=out[i].skills | {skill})
    return out


def _shares(rows: Sequence[Mapping[str, Any]]) -> list[float]:
    total = sum(row["share"] for row in rows)
    return [row["share"] / total for row in rows]


def _total_by_shift(unmet: Mapping[tuple[date, str], int]) -> Counter[str]:
    out: Counter[str] = Counter()
    for (_, shift), number in unmet.items():
        out[shift] += number
    return out


def _carers_needed(visits: Sequence[DatedVisit], slack: float) -> int:
    """Carers that the busiest run needs: its care and travel over the time it has."""
    by_run: dict[str, list[DatedVisit]] = defaultdict(list)
    for visit in visits:
        by_run[visit.run].append(visit)
    most = 0
    for run, of_run in by_run.items():
        window = demand_table()["windows"][run]
        together = np.array([visit.visit.carers for visit in of_run])
        minutes = np.array([visit.visit.minutes for visit in of_run])
        work = float((together * (minutes + _travel_minutes(of_run))).sum())
        has = window["latest"] - window["earliest"] + float(np.average(minutes, weights=together))
        most = max(most, math.ceil(work / has * (1 + slack)), int(together.max()))
    return most


def _travel_minutes(visits: Sequence[DatedVisit]) -> np.ndarray:
    """Minutes from each visit to its nth nearest other; to the furthest where there are fewer."""
    places = np.array([(v.visit.easting, v.visit.northing) for v in visits])
    nth = min(demand_table()["workforce"]["nth_nearest"], len(visits) - 1)
    if nth == 0:
        return np.zeros(1)
    metres = cKDTree(places).query(places, k=nth + 1)[0][:, -1]
    away = np.column_stack([metres, np.zeros(len(metres))])
    away[:, 0] = np.minimum(away[:, 0], EAST_LIMITS_M[1])
    return np.asarray(RoadFreeModel().minutes([(0.0, 0.0)], away)[0])


class _Homes:
    """Draws homes: near the visits, more often where they are dense, as towns house more carers than hamlets."""

    def __init__(self, visits: Sequence[DatedVisit], table: Mapping[str, Any], rng: np.random.Generator) -> None:
        self._places = np.array(sorted({(v.visit.easting, v.visit.northing) for v in visits}))
        near = min(table["nth_nearest"], len(self._places) - 1)
        self._reach = cKDTree(self._places).query(self._places, k=near + 1)[0].reshape(len(self._places), -1)[:, -1]
        self._table, self._rng = table, rng

    def draw(self) -> tuple[float, float]:
        tries = self._rng.integers(len(self._places), size=self._table["density_tries"])
        chosen = self._places[tries[int(np.argmin(self._reach[tries]))]]
        east, north = chosen + self._rng.normal(0, self._table["scatter_metres"], 2)
        return (
            float(np.clip(round(east), *EAST_LIMITS_M)),
            float(np.clip(round(north), *NORTH_LIMITS_M)),
        )
