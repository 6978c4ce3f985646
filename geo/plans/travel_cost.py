"""Care workers' paid travel in a year as it follows from a plan: the one place where it is worked out.

A carer leaves the zone's base, makes a round of visits and comes back. So the travel of one visit has two parts:

    to base     2 x (minutes between area and base) / (visits in a round)
    in the area from one visit to the next of the same session

This is the approximation of Daganzo ("The distance traveled to visit N points with a maximum of C stops per vehicle",
Transportation Science 18, 1984): line haul and detour. The detour is the constant of the shortest tour times the
square root of the land for each visit; where the land is not even, it is the travel within which as many visits lie as
lie within that distance on even land. Only the first part depends on the plan; the second and the time to park and
walk to the door are the same for every plan of the same demand, and are reported so that totals are whole.

All of it is linear in hours and in the choice of base, so that the zoning engine minimises and bounds exactly this.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RoundShape:
    """How care workers' rounds look on the whole.

    Attributes:
        visits_per_round: Carer visits between leaving the base and being back.
        sessions_per_week: Times a week at which visits are made; only visits of one session follow each other.
        tour_constant: Length of the shortest tour for each point, as a share of the square root of its land.
        weeks_per_year: Weeks that a year's cost counts.
    """

    visits_per_round: float
    sessions_per_week: float
    tour_constant: float
    weeks_per_year: float

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (np.isfinite(value) and value > 0):
                raise ValueError(f"{field.name}: found {value}, expected a number over 0")


@dataclass(frozen=True, slots=True)
class TravelPrices:
    """What travel costs the care workers' employer.

    Attributes:
        pounds_per_paid_hour: Wage of an hour on the way, with every on-cost that follows from it.
        pounds_per_mile: Mileage repaid.
        kg_co2_per_mile: Carbon dioxide equivalent of a mile driven.
    """

    pounds_per_paid_hour: float
    pounds_per_mile: float
    kg_co2_per_mile: float


@dataclass(frozen=True, eq=False)
class TravelInputs:
    """Demand and travel that every plan of a county shares.

    Attributes:
        hours: (n,) care hours a week of each area.
        carer_visits: (n,) carer visits a week of each area; 0 where hours are known and visits are not.
        minutes: (n, n) driving minutes between areas.
        miles: (n, n) miles on the same ways.
        access_minutes: Minutes a visit adds for parking and walking to the door.
        shape: How rounds look.
        prices: What travel costs.
    """

    hours: Floats
    carer_visits: Floats
    minutes: Floats
    miles: Floats
    access_minutes: float
    shape: RoundShape
    prices: TravelPrices

    def visits(self) -> Floats:
        """(n,) carer visits a week; where an area's are not known, its hours at the county's visits an hour."""
        known = self.carer_visits > 0
        hours = float(self.hours[known].sum())
        mean = float(self.carer_visits[known].sum()) / hours if hours > 0 else 1.5
        return np.where(known, self.carer_visits, self.hours * mean)

    @cached_property
    def near(self) -> tuple[Floats, Floats]:
        """(n,) minutes and (n,) miles from one visit to the next of the same session, by area."""
        return between_visits(self)

    def with_demand(self, hours: Floats, carer_visits: Floats) -> TravelInputs:
        """The same county with other demand."""
        return replace(self, hours=hours, carer_visits=carer_visits)


@dataclass(frozen=True, slots=True)
class YearOfTravel:
    """Paid travel of a year under a plan, and its price.

    Attributes:
        to_base_hours: Paid hours between the zones' bases and the areas: what a plan decides.
        between_visits_hours: Paid hours from visit to visit inside the areas: the same for every plan.
        access_hours: Paid hours to park and walk to the door: the same for every plan.
        to_base_miles: Miles on the way to and from bases.
        between_visits_miles: Miles from visit to visit.
        pounds_per_paid_hour: Price of an hour.
        pounds_per_mile: Price of a mile.
        kg_co2_per_mile: Carbon dioxide equivalent of a mile.
        carer_visits: Carer visits in the year.
        care_hours: Care hours in the year.
    """

    to_base_hours: float
    between_visits_hours: float
    access_hours: float
    to_base_miles: float
    between_visits_miles: float
    pounds_per_paid_hour: float
    pounds_per_mile: float
    kg_co2_per_mile: float
    carer_visits: float
    care_hours: float

    def figures(self) -> dict[str, float]:
        """The parts and their sums, by name with unit; a year unless the name says otherwise."""
        hours = self.to_base_hours + self.between_visits_hours + self.access_hours
        miles = self.to_base_miles + self.between_visits_miles
        time_pounds, mileage_pounds = hours * self.pounds_per_paid_hour, miles * self.pounds_per_mile
        decided = self.to_base_hours * self.pounds_per_paid_hour + self.to_base_miles * self.pounds_per_mile
        visits = max(self.carer_visits, 1e-9)
        return {
            "paid_travel_hours_per_year": hours,
            "paid_travel_hours_to_base_per_year": self.to_base_hours,
            "paid_travel_hours_between_visits_per_year": self.between_visits_hours,
            "paid_access_hours_per_year": self.access_hours,
            "travel_time_pounds_per_year": time_pounds,
            "miles_per_year": miles,
            "miles_to_base_per_year": self.to_base_miles,
            "miles_between_visits_per_year": self.between_visits_miles,
            "mileage_pounds_per_year": mileage_pounds,
            "travel_pounds_per_year": time_pounds + mileage_pounds,
            "decided_by_the_plan_pounds_per_year": decided,
            "kg_co2_per_year": miles * self.kg_co2_per_mile,
            "paid_travel_minutes_per_visit": hours * 60 / visits,
            "miles_per_visit": miles / visits,
            "travel_pounds_per_care_hour": (time_pounds + mileage_pounds) / max(self.care_hours, 1e-9),
        }


def round_shape(**changes: float) -> RoundShape:
    """The shape of rounds in ``travel.toml``, with changes."""
    return replace(
        RoundShape(**{name: float(value) for name, value in travel_assumptions()["rounds"].items()}), **changes
    )


@cache
def travel_assumptions() -> dict[str, Any]:
    """What ``travel.toml`` holds: rounds, price where no rate card gives one, and where each figure is from."""
    return tomllib.loads(files("geo").joinpath("plans/travel.toml").read_text("utf-8"))


def yearly_cost(inputs: TravelInputs) -> Floats:
    """(n, n) pounds a year for each care hour a week of area i when its zone's base is at j: the engine's cost.

    Areas without hours cost nothing wherever they are served from; a pair that no road joins costs infinity.
    """
    per_hour = np.divide(inputs.visits(), inputs.hours, out=np.zeros(inputs.hours.size), where=inputs.hours > 0)
    minutes_price = inputs.prices.pounds_per_paid_hour / 60
    trip = inputs.minutes * minutes_price
    trip += inputs.miles * inputs.prices.pounds_per_mile
    with np.errstate(invalid="ignore"):
        trip *= (2 / inputs.shape.visits_per_round * inputs.shape.weeks_per_year * per_hour)[:, None]
    trip[inputs.hours <= 0] = 0.0
    return trip


def year_of_travel(
    inputs: TravelInputs, labels: Ints, bases: Ints, members: NDArray[np.bool_] | None = None
) -> YearOfTravel:
    """Paid travel of a year when every area is served from the base of its zone.

    Args:
        inputs: Demand and travel.
        labels: (n,) zone of each area.
        bases: (zones,) area of each zone's base.
        members: (n,) areas to count; all where None.
    """
    counted = inputs.hours > 0 if members is None else (inputs.hours > 0) & members
    at = np.flatnonzero(counted)
    visits = inputs.visits()[at] * inputs.shape.weeks_per_year
    base = bases[labels[at]]
    trips = visits * 2 / inputs.shape.visits_per_round
    near_minutes, near_miles = inputs.near
    return YearOfTravel(
        to_base_hours=float(trips @ inputs.minutes[at, base]) / 60,
        between_visits_hours=float(visits @ near_minutes[at]) / 60,
        access_hours=float(visits.sum()) * inputs.access_minutes / 60,
        to_base_miles=float(trips @ inputs.miles[at, base]),
        between_visits_miles=float(visits @ near_miles[at]),
        pounds_per_paid_hour=inputs.prices.pounds_per_paid_hour,
        pounds_per_mile=inputs.prices.pounds_per_mile,
        kg_co2_per_mile=inputs.prices.kg_co2_per_mile,
        carer_visits=float(visits.sum()),
        care_hours=float(inputs.hours[at].sum()) * inputs.shape.weeks_per_year,
    )


def between_visits(inputs: TravelInputs) -> tuple[Floats, Floats]:
    """(n,) minutes and (n,) miles from one visit to the next of the same session, by area.

    On even land the next visit lies ``tour_constant`` square roots of a visit's land away, a distance within which
    there are ``pi x tour_constant**2`` visits. So the travel is that within which so many visits of a session lie; in
    an area that has them all, it is as much less as its visits are closer together.
    """
    wanted = np.pi * inputs.shape.tour_constant**2
    session = inputs.visits() / inputs.shape.sessions_per_week
    n = inputs.hours.size
    minutes, miles = np.zeros(n), np.zeros(n)
    if n < 2:
        return minutes, miles
    nearest = _nearest_first(inputs.minutes, min(n, _NEAR))
    for area in np.flatnonzero(inputs.hours > 0).tolist():
        order = nearest[area][nearest[area] != area]
        held = session[area] + np.cumsum(session[order])
        if held[-1] < wanted and order.size < n - 1:  # thinly spread: look further
            order = np.argsort(inputs.minutes[area], kind="stable")
            order = order[order != area]
            held = session[area] + np.cumsum(session[order])
        order = order[np.isfinite(inputs.minutes[area, order])]
        if order.size:
            away = np.column_stack([inputs.minutes[area, order], inputs.miles[area, order]])
            minutes[area], miles[area] = _within(wanted, float(session[area]), held[: order.size], away)
    return minutes, miles


_NEAR = 48
"""Areas looked at first for the next visit; enough wherever visits are not very thinly spread."""


def _nearest_first(minutes: Floats, count: int) -> Ints:
    """(n, count) the nearest areas of each, nearest first, those at the same distance in order of area."""
    near = np.sort(np.argpartition(minutes, count - 1, axis=1)[:, :count], axis=1)
    order = np.argsort(np.take_along_axis(minutes, near, axis=1), axis=1, kind="stable")
    return np.asarray(np.take_along_axis(near, order, axis=1), dtype=np.int64)


def _within(wanted: float, own: float, held: Floats, away: Floats) -> Floats:
    """Minutes and miles within which ``wanted`` visits lie.

    Args:
        wanted: Visits to be reached.
        own: Visits in the area itself, spread out to half the way to the nearest other.
        held: (m,) visits in the area and the others up to each, nearest first.
        away: (m, 2) minutes and miles to each of them.
    """
    edge = away[0] / 2
    if own >= wanted:
        return np.asarray(edge * np.sqrt(wanted / own))
    found = min(int(np.searchsorted(held, wanted)), held.size - 1)
    before, last = (own, edge) if found == 0 else (float(held[found - 1]), away[found - 1])
    share = float(np.clip((wanted - before) / max(float(held[found]) - before, 1e-12), 0, 1))
    return np.asarray(last + share * (away[found] - last))
