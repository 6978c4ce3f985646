"""Care workers' paid travel in a year as it follows from a plan: the one place where it is worked out.

Carers start at home, near the visits of the provider they work for, go from one of its visits to the next, and go home.
A visit bears

    between visits  the way to the next of the same provider and session, did providers know no borders
    from home       its share of the ways from and to carers' homes
    borders         what it is more, or less, to go to the next visit where no provider leaves its zone

The first is at the density of one provider's visits (:mod:`geo.plans.next_visit`), for each provider of a zone drives
through all of it. Only the last follows from the plan. It is not linear, so the engine cannot minimise it, and draws by
line haul instead: 2 x (minutes between area and base) / (visits in a round), after Daganzo ("The distance traveled to
visit N points with a maximum of C stops per vehicle", Transportation Science 18, 1984), linear in hours and in the
choice of base. Line haul is reported as the part to the base, and what the borders are beside it as the rest, so that
the parts sum to the travel that rounds were found to take. Where the figures are from stands in ``travel.toml``.

Waiting follows from how few visits a provider has in a zone at a time. It is reported beside travel, not in it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.plans.next_visit import half_way_to_nearest, next_visit
from geo.plans.year_of_travel import Parts, TravelPrices, YearOfTravel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


__all__ = [
    "RoundShape",
    "TravelInputs",
    "TravelPrices",
    "round_shape",
    "travel_assumptions",
    "year_of_travel",
    "yearly_cost",
]


ZONES_KNOWN = 200
"""Zones whose travel within is kept with a county: some plans of a few dozen, at a few kB each."""


@dataclass(frozen=True, slots=True)
class RoundShape:
    """How care workers' rounds look on the whole.

    Attributes:
        providers_per_zone: Providers that share a zone's visits equally and by turn, so that each drives through all
            of it. Where shares differ, the square of the sum of their square roots.
        visits_per_round: Carer visits that share the way to the base and back, where plans are drawn by that.
        sessions_per_week: Times a week at which visits are made; only visits of one session follow each other.
        tour_constant: Length of the shortest tour for each point, as a share of the square root of its land.
        next_visit_share: Travel from visit to visit, as a share of that to the next visit of the session.
        home_minutes_per_visit: A visit's share of the minutes from and to carers' homes.
        home_miles_per_visit: Its share of the miles.
        waiting_minutes: Minutes waited for a visit where a provider has many at a time.
        lone_waiting_minutes: Minutes more where it has one visit a session in a zone; half of that for two, and so on.
        weeks_per_year: Weeks that a year's cost counts.
    """

    providers_per_zone: float
    visits_per_round: float
    sessions_per_week: float
    tour_constant: float
    next_visit_share: float
    home_minutes_per_visit: float
    home_miles_per_visit: float
    waiting_minutes: float
    lone_waiting_minutes: float
    weeks_per_year: float

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (np.isfinite(value) and value > 0):
                raise ValueError(f"{field.name}: found {value}, expected a number over 0")


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
        prices: What travel costs; the mean where areas differ.
        prices_by_area: (n,) pounds a paid hour and (n,) pounds a mile, where they differ by who pays for an area.
    """

    hours: Floats
    carer_visits: Floats
    minutes: Floats
    miles: Floats
    access_minutes: float
    shape: RoundShape
    prices: TravelPrices
    prices_by_area: tuple[Floats, Floats] | None = None

    def area_prices(self) -> tuple[Floats, Floats]:
        """(n,) pounds a paid minute and (n,) pounds a mile of each area's visits."""
        if self.prices_by_area is not None:
            return self.prices_by_area[0] / 60, self.prices_by_area[1]
        n = self.hours.size
        return np.full(n, self.prices.pounds_per_paid_hour / 60), np.full(n, self.prices.pounds_per_mile)

    def visits(self) -> Floats:
        """(n,) carer visits a week; where an area's are not known, its hours at the county's visits an hour."""
        known = self.carer_visits > 0
        hours = float(self.hours[known].sum())
        mean = float(self.carer_visits[known].sum()) / hours if hours > 0 else 1.5
        return np.where(known, self.carer_visits, self.hours * mean)

    @cached_property
    def near(self) -> tuple[Floats, Floats]:
        """(n,) minutes and (n,) miles of a visit from visit to visit by area, did providers know no borders."""
        return self.near_within(None)

    def near_within(self, labels: Ints | None) -> tuple[Floats, Floats]:
        """The same where no provider leaves its zone."""
        if labels is None:
            return self._near_among(None)
        out = np.zeros((2, labels.size))
        for zone in np.unique(labels):
            members = np.flatnonzero(labels == zone)
            key = members.tobytes()
            found = self._zones_known.get(key)
            if found is None:
                minutes, miles = self._near_among(members)
                found = self._zones_known[key] = np.array([minutes[members], miles[members]])
                while len(self._zones_known) > ZONES_KNOWN:
                    self._zones_known.pop(next(iter(self._zones_known)), None)
            out[:, members] = found
        return out[0], out[1]

    def _near_among(self, members: Ints | None) -> tuple[Floats, Floats]:
        """(n,) minutes and (n,) miles where nobody leaves some areas; nought for the others."""
        shape = self.shape
        visits = self.visits() / (shape.sessions_per_week * shape.providers_per_zone)
        labels = None
        if members is not None:
            labels = np.zeros(visits.size, dtype=np.int64)
            labels[members] = 1
            visits = np.where(labels == 1, visits, 0.0)
        minutes, miles = next_visit(self.minutes, self.miles, visits, labels, shape.tour_constant, self._edge)
        return minutes * shape.next_visit_share, miles * shape.next_visit_share

    @cached_property
    def _zones_known(self) -> dict[bytes, Floats]:
        """What the latest zones came to, by their members: a plan under edit changes two at a time."""
        return {}

    @cached_property
    def _edge(self) -> Floats:
        return half_way_to_nearest(self.minutes, self.miles)

    def with_demand(self, hours: Floats, carer_visits: Floats) -> TravelInputs:
        """The same county with other demand."""
        return replace(self, hours=hours, carer_visits=carer_visits)


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
    a_minute, a_mile = inputs.area_prices()
    trip = inputs.minutes * a_minute[:, None]
    trip += inputs.miles * a_mile[:, None]
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
    shape = inputs.shape
    weekly = inputs.visits()
    visits = weekly[at] * shape.weeks_per_year
    total = float(visits.sum())
    base = bases[labels[at]]
    free, kept = inputs.near, inputs.near_within(labels)

    def by_part(way: int, visits: Floats) -> Parts:
        """Minutes (way 0) or miles (way 1) of visits by part; of visits times a price, pounds."""
        ways = (inputs.minutes, inputs.miles)[way]
        return Parts(
            to_base=float(visits @ ways[at, base]) * 2 / shape.visits_per_round,
            between_visits=float(visits @ free[way][at]),
            within_zones=float(visits @ kept[way][at]),
            from_home=float(visits.sum()) * (shape.home_minutes_per_visit, shape.home_miles_per_visit)[way],
        )

    together = np.bincount(labels, weekly) / (shape.sessions_per_week * shape.providers_per_zone)
    waited = shape.waiting_minutes + shape.lone_waiting_minutes / np.maximum(together, 1)
    a_minute, a_mile = (price[at] for price in inputs.area_prices())
    return YearOfTravel(
        minutes=by_part(0, visits),
        miles=by_part(1, visits),
        pay_pounds=by_part(0, visits * a_minute),
        mileage_pounds=by_part(1, visits * a_mile),
        access_minutes=total * inputs.access_minutes,
        access_pounds=float((visits * a_minute).sum()) * inputs.access_minutes,
        waiting_minutes=float(visits @ waited[labels[at]]),
        waiting_pounds=float((visits * a_minute) @ waited[labels[at]]),
        kg_co2_per_mile=inputs.prices.kg_co2_per_mile,
        carer_visits=total,
        care_hours=float(inputs.hours[at].sum()) * shape.weeks_per_year,
    )
