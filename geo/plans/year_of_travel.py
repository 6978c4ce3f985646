"""Paid travel of a year under a plan: its parts, their sums and their price, with units in the names."""

from __future__ import annotations

from dataclasses import dataclass, fields


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


@dataclass(frozen=True, slots=True)
class Parts:
    """A year's minutes, miles or pounds, by the part of travel they are of.

    Attributes:
        to_base: Line haul between areas and the bases of their zones: what the zoning engine minimises.
        between_visits: From visit to visit, did providers know no borders: the same for every plan.
        within_zones: From visit to visit, where no provider leaves its zone.
        from_home: From and to carers' homes: the same for every plan.
    """

    to_base: float
    between_visits: float
    within_zones: float
    from_home: float

    def plus(self, other: Parts) -> Parts:
        """Part by part the sum of two."""
        return Parts(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))

    @property
    def total(self) -> float:
        """All that is travelled."""
        return self.within_zones + self.from_home

    @property
    def borders(self) -> float:
        """What borders add by what they keep apart, less what they spare by what they hold near."""
        return self.within_zones - self.between_visits

    @property
    def rest(self) -> float:
        """What borders add beside line haul; below nought where line haul says too much, as it does for most plans."""
        return self.borders - self.to_base


@dataclass(frozen=True, slots=True)
class YearOfTravel:
    """Paid travel of a year under a plan, and its price.

    Attributes:
        minutes: Paid minutes by part.
        miles: Miles by part.
        pay_pounds: Price of the minutes by part, each area's at its own.
        mileage_pounds: Price of the miles by part, each area's at its own.
        access_minutes: Paid minutes to park and walk to the door: the same for every plan.
        access_pounds: Their price.
        waiting_minutes: Paid minutes waited for visits; not counted as travel.
        waiting_pounds: Their price.
        kg_co2_per_mile: Carbon dioxide equivalent of a mile driven.
        carer_visits: Carer visits in the year.
        care_hours: Care hours in the year.
    """

    minutes: Parts
    miles: Parts
    pay_pounds: Parts
    mileage_pounds: Parts
    access_minutes: float
    access_pounds: float
    waiting_minutes: float
    waiting_pounds: float
    kg_co2_per_mile: float
    carer_visits: float
    care_hours: float

    def figures(self) -> dict[str, float]:
        """The parts and their sums, by name with unit; a year unless the name says otherwise."""
        minutes, miles = self.minutes, self.miles
        paid = minutes.total + self.access_minutes
        pay = self.pay_pounds.total + self.access_pounds
        both = self.pay_pounds.plus(self.mileage_pounds)
        travel = pay + self.mileage_pounds.total
        visits = max(self.carer_visits, 1e-9)
        return {
            "paid_travel_hours_per_year": paid / 60,
            "paid_travel_hours_to_base_per_year": minutes.to_base / 60,
            "paid_travel_hours_between_visits_per_year": minutes.between_visits / 60,
            "paid_travel_hours_from_home_per_year": minutes.from_home / 60,
            "paid_travel_hours_rest_of_borders_per_year": minutes.rest / 60,
            "paid_access_hours_per_year": self.access_minutes / 60,
            "travel_time_pounds_per_year": pay,
            "miles_per_year": miles.total,
            "miles_to_base_per_year": miles.to_base,
            "miles_between_visits_per_year": miles.between_visits,
            "miles_from_home_per_year": miles.from_home,
            "miles_rest_of_borders_per_year": miles.rest,
            "mileage_pounds_per_year": self.mileage_pounds.total,
            "travel_pounds_per_year": travel,
            "decided_by_the_plan_pounds_per_year": both.to_base,
            "rest_of_borders_pounds_per_year": both.rest,
            "added_by_borders_pounds_per_year": both.borders,
            "paid_waiting_hours_per_year": self.waiting_minutes / 60,
            "waiting_pounds_per_year": self.waiting_pounds,
            "travel_and_waiting_pounds_per_year": travel + self.waiting_pounds,
            "kg_co2_per_year": miles.total * self.kg_co2_per_mile,
            "paid_travel_minutes_per_visit": paid / visits,
            "miles_per_visit": miles.total / visits,
            "travel_pounds_per_care_hour": travel / max(self.care_hours, 1e-9),
        }
