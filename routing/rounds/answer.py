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
        miles: On the way, by the carer's own mode.
        overtime_minutes: Paid minutes beyond the carer's contracted ones.
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
    overtime_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Costs:
    """What a plan costs at the day's weights, part by part, in pounds.

    Attributes:
        paid: Paid minutes. ``overtime``: the premium on those beyond contract.
        overtime: See ``paid``.
        mileage: By car and by cycle.
        unserved: Visits left out, medication-critical ones dearer.
        lost_continuity: Carers who come and are not the client's usual ones.
        gender_mismatch: Carers who come and are not of the gender preferred.
    """

    paid: float = 0.0
    overtime: float = 0.0
    mileage: float = 0.0
    unserved: float = 0.0
    lost_continuity: float = 0.0
    gender_mismatch: float = 0.0

    def total(self) -> float:
        """Return the sum."""
        parts = (self.paid, self.overtime, self.mileage, self.unserved, self.lost_continuity, self.gender_mismatch)
        return sum(parts)


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
        cost_pounds: The sum of ``costs``. To compare plans by; not a price.
        travel_version: What made the travel times.
        engine: What made the plan, with its version.
        seed: The seed it was made with.
        costs: The parts of ``cost_pounds`` at the day's weights.
        overtime_minutes: Sum over routes.
        visits_without_usual_carer: Carer-visits by somebody else than the client's usual carers.
        visits_without_preferred_gender: Carer-visits by somebody not of the gender preferred.
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
    costs: Costs = Costs()
    overtime_minutes: int = 0
    visits_without_usual_carer: int = 0
    visits_without_preferred_gender: int = 0
