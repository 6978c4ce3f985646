"""The answer to a day: a route for each carer who goes out, what was left unserved, and what it all takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stop:
    """A carer at a visit, from ``start`` to ``end`` in minutes after midnight."""

    visit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class BreakTaken:
    """A rest within the round, from ``start`` to ``end``; rests before leaving and after coming home are not listed."""

    start: int
    end: int
    paid: bool


@dataclass(frozen=True, slots=True)
class Route:
    """One carer's round.

    Attributes:
        carer: Whose.
        leaves: Minute of leaving home. ``returns``: minute of being back.
        returns: Minute of being back.
        stops: The visits in order.
        breaks: Rests within the round, in order.
        care_minutes: At visits.
        travel_minutes: Driving and parking, to the first visit and home again included.
        waiting_minutes: Paid time that is neither care, travel nor a break.
        paid_minutes: From leaving to returning, less unpaid breaks.
        miles: Driven.
    """

    carer: str
    leaves: int
    returns: int
    stops: tuple[Stop, ...]
    breaks: tuple[BreakTaken, ...]
    care_minutes: int
    travel_minutes: int
    waiting_minutes: int
    paid_minutes: int
    miles: float


@dataclass(frozen=True, slots=True)
class Unserved:
    """A visit nobody makes, with the reason."""

    visit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rounds:
    """A plan of the day.

    Attributes:
        routes: One for each carer who goes out, in the order of the day's carers.
        unserved: Visits not made.
        care_minutes: Sums over routes; so ``travel_minutes``, ``waiting_minutes``, ``paid_minutes`` and ``miles``.
        travel_minutes: See ``care_minutes``.
        waiting_minutes: See ``care_minutes``.
        paid_minutes: See ``care_minutes``.
        miles: See ``care_minutes``.
        cost_pounds: Paid time, mileage and unserved visits at the day's weights. To compare plans by; not a price.
        travel_version: What made the travel times.
        engine: What made the plan, with its version.
        seed: The seed it was made with.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    care_minutes: int
    travel_minutes: int
    waiting_minutes: int
    paid_minutes: int
    miles: float
    cost_pounds: float
    travel_version: str
    engine: str
    seed: int
