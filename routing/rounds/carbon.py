"""Carbon and repaid miles of rounds: as driven now, in electric cars, and on electric cycles where they reach.

The scenarios change vehicles, not plans: a round goes on an electric cycle where every leg and the whole are short
enough, and takes the minutes longer that cycling does. Figures stand in ``data/vehicles.toml`` with source, date and
confidence.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from routing.model import METRES_PER_MILE
from routing.modes import CAR

if TYPE_CHECKING:
    from routing.rounds.answer import Rounds
    from routing.rounds.day import Day

KM_PER_MILE = METRES_PER_MILE / 1000.0


@dataclass(frozen=True, slots=True)
class CycleReach:
    """What an electric cycle could take over of one or more days of rounds.

    Attributes:
        car_miles: Miles driven by car now.
        cycle_miles: Of them, on rounds that a cycle could do.
        extra_minutes: Travel minutes those rounds would take longer; nought where cycling is quicker.
    """

    car_miles: float = 0.0
    cycle_miles: float = 0.0
    extra_minutes: float = 0.0

    def plus(self, other: CycleReach, weight: float = 1.0) -> CycleReach:
        """Both together, the other counted ``weight`` times."""
        return CycleReach(
            self.car_miles + weight * other.car_miles,
            self.cycle_miles + weight * other.cycle_miles,
            self.extra_minutes + weight * other.extra_minutes,
        )


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way of getting about.

    Attributes:
        name: ``petrol_car``, ``electric_car``, ``petrol_car_and_electric_cycle`` or ``electric_car_and_cycle``.
        what: In words.
        car_miles_per_week: Driven.
        cycle_miles_per_week: Cycled.
        kg_co2e_per_week: Given off.
        mileage_pounds_per_week: Repaid to carers.
        extra_travel_hours_per_week: Paid travel beyond that of the plan.
        confidence: Of its figures.
    """

    name: str
    what: str
    car_miles_per_week: float
    cycle_miles_per_week: float
    kg_co2e_per_week: float
    mileage_pounds_per_week: float
    extra_travel_hours_per_week: float
    confidence: str


@cache
def vehicles() -> dict[str, Any]:
    """Return the shipped figures of vehicles."""
    return tomllib.loads((files("routing") / "data" / "vehicles.toml").read_text(encoding="utf-8"))


def kg_co2e_per_mile(vehicle: str) -> float:
    """Return what a mile gives off.

    Args:
        vehicle: ``petrol_car``, ``electric_car`` or ``electric_cycle``.
    """
    table = vehicles()
    row = table[vehicle]
    if "kg_co2e_per_km" in row:
        return float(row["kg_co2e_per_km"]) * KM_PER_MILE
    return float(row["kwh_per_km"]) * float(table["electricity"]["kg_co2e_per_kwh"]) * KM_PER_MILE


def cycle_reach(day: Day, rounds: Rounds) -> CycleReach:
    """Return what an electric cycle could take over of a planned day, round by round.

    Args:
        day: With its travel.
        rounds: Its plan.
    """
    bike = vehicles()["electric_cycle"]
    number = {visit.id: i for i, visit in enumerate(day.visits)}
    home = {carer.id: len(day.visits) + i for i, carer in enumerate(day.carers)}
    mode = {carer.id: carer.mode for carer in day.carers}
    found = CycleReach()
    for route in rounds.routes:
        if mode[route.carer] != CAR:
            continue
        path = [home[route.carer], *(number[stop.visit] for stop in route.stops), home[route.carer]]
        legs = [float(day.legs.miles[a, b]) for a, b in pairwise(path)]
        if max(legs) > bike["longest_leg_miles"] or sum(legs) > bike["longest_round_miles"]:
            found = found.plus(CycleReach(car_miles=sum(legs)))
            continue
        driving = sum(int(day.legs.minutes[a, b]) for a, b in pairwise(path))
        cycling = sum(legs) * KM_PER_MILE / bike["kmh"] * 60
        found = found.plus(CycleReach(sum(legs), sum(legs), max(0.0, cycling - driving)))
    return found


def scenarios(per_week: CycleReach) -> list[Scenario]:
    """Return a week's miles, carbon and repaid mileage as driven now, and in each scenario."""
    left = per_week.car_miles - per_week.cycle_miles
    return [
        _scenario("petrol_car", "every car an average petrol car", "petrol_car", per_week.car_miles, 0.0, 0.0),
        _scenario("electric_car", "every car electric", "electric_car", per_week.car_miles, 0.0, 0.0),
        _scenario(
            "petrol_car_and_electric_cycle",
            "electric cycles on the rounds they reach, petrol cars on the others",
            "petrol_car",
            left,
            per_week.cycle_miles,
            per_week.extra_minutes,
        ),
        _scenario(
            "electric_car_and_cycle",
            "electric cycles on the rounds they reach, electric cars on the others",
            "electric_car",
            left,
            per_week.cycle_miles,
            per_week.extra_minutes,
        ),
    ]


def _scenario(name: str, what: str, car: str, car_miles: float, cycle_miles: float, extra_minutes: float) -> Scenario:
    table = vehicles()
    bike = "electric_cycle"
    used = [car, *([bike] if cycle_miles else [])]
    return Scenario(
        name=name,
        what=what,
        car_miles_per_week=round(car_miles, 2),
        cycle_miles_per_week=round(cycle_miles, 2),
        kg_co2e_per_week=round(car_miles * kg_co2e_per_mile(car) + cycle_miles * kg_co2e_per_mile(bike), 3),
        mileage_pounds_per_week=round(
            car_miles * table[car]["pounds_per_mile"] + cycle_miles * table[bike]["pounds_per_mile"], 2
        ),
        extra_travel_hours_per_week=round(extra_minutes / 60, 2),
        confidence="; ".join(f"{vehicle}: {table[vehicle]['confidence']}" for vehicle in used),
    )
