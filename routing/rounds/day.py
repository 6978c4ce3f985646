"""A day to plan: visits, carers, and the travel between them. Plain data, checked once when made.

Times are whole minutes after midnight. Positions are metres on the British National Grid.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from routing.rounds.weights import Weights, shipped_weights

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routing.model import TravelModel

#: A day may run past midnight: night rounds end by noon of the next.
LATEST_MINUTE = 36 * 60


class DayError(ValueError):
    """The day cannot be planned as written; the message names the visit or carer, the field, and what was expected."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to one person.

    Attributes:
        id: Unique in the day.
        easting: Metres. ``northing`` likewise.
        northing: Metres.
        earliest: First minute the visit may start.
        latest: Last minute the visit may start.
        minutes: Length of the visit.
        carers: How many carers are needed together; they start at the same minute.
        skills: What every one of them must be able to do.
        excluded_carers: Carers who must not come.
    """

    id: str
    easting: float
    northing: float
    earliest: int
    latest: int
    minutes: int
    carers: int = 1
    skills: frozenset[str] = frozenset()
    excluded_carers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Break:
    """A rest away from visits and the wheel.

    Attributes:
        earliest: First minute it may start.
        latest: Last minute it may start.
        minutes: Its length.
        paid: Whether it counts as paid time.
    """

    earliest: int
    latest: int
    minutes: int
    paid: bool = False


@dataclass(frozen=True, slots=True)
class Carer:
    """One carer's day.

    Attributes:
        id: Unique in the day.
        easting: Metres, of the home or base where the round starts and ends. ``northing`` likewise.
        northing: Metres.
        shift_start: First minute of leaving home.
        shift_end: Last minute of being back.
        skills: What the carer is able to do.
        breaks: Rests to be had, before, within or after the round.
    """

    id: str
    easting: float
    northing: float
    shift_start: int
    shift_end: int
    skills: frozenset[str] = frozenset()
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, eq=False)
class Travel:
    """Travel between the places of a day: its visits in order, then its carers' homes in order.

    Attributes:
        minutes: (n, n) whole minutes, parking included.
        miles: (n, n) miles.
        version: What made them.
    """

    minutes: np.ndarray
    miles: np.ndarray
    version: str


@dataclass(frozen=True)
class Day:
    """Visits and carers to bring together.

    Attributes:
        visits: The visits. ``carers``: the carers.
        carers: The carers.
        travel: Travel between them; worked out from positions by :meth:`with_travel` where absent.
        weights: What a plan is judged by.

    Raises:
        DayError: Two visits or carers share an id, a time is out of order, or the travel does not fit.
    """

    visits: tuple[Visit, ...]
    carers: tuple[Carer, ...]
    travel: Travel | None = field(default=None, compare=False)
    weights: Weights = field(default_factory=shipped_weights)

    def __post_init__(self) -> None:
        _unique("visit", (visit.id for visit in self.visits))
        _unique("carer", (carer.id for carer in self.carers))
        for visit in self.visits:
            _check_visit(visit)
        for carer in self.carers:
            _check_carer(carer)
        if self.travel is not None:
            _check_travel(self.travel, len(self.visits) + len(self.carers))

    @property
    def legs(self) -> Travel:
        """The travel between the day's places.

        Raises:
            DayError: The day has none yet; :meth:`with_travel` gives it some.
        """
        if self.travel is None:
            raise DayError("the day has no travel; give it some with with_travel")
        return self.travel

    def with_travel(self, model: TravelModel) -> Day:
        """Return the day with whole minutes (rounded up, with parking at a visit) and miles of ``model``.

        A leg to the same position takes no time and no parking.

        Raises:
            DayError: A place cannot be reached from another.
        """
        places = [(v.easting, v.northing) for v in self.visits] + [(c.easting, c.northing) for c in self.carers]
        answer = model.matrix(places, places)
        if not np.isfinite(answer.minutes).all():
            row = int(np.nonzero(~np.isfinite(answer.minutes))[0][0])
            name = [*(f"visit {v.id!r}" for v in self.visits), *(f"carer {c.id!r}" for c in self.carers)][row]
            raise DayError(f"{name}: some places cannot be reached from it by {answer.provenance.version}")
        minutes = answer.minutes.copy()
        elsewhere = answer.minutes > 0
        to_visit = np.arange(len(places)) < len(self.visits)
        minutes[elsewhere & to_visit[None, :]] += answer.access_minutes
        # An answer of 4.000000001 is four minutes, not five.
        whole = np.ceil(minutes - 1e-6).astype(np.int64)
        return replace(self, travel=Travel(whole, answer.miles, answer.provenance.version))


def _unique(what: str, ids: Iterable[str]) -> None:
    for name, count in Counter(ids).items():
        if count > 1:
            raise DayError(f"{what} {name!r}: found {count} times, expected each id once")
        if not name:
            raise DayError(f"{what}: found an empty id, expected a name")


def _check_visit(visit: Visit) -> None:
    here = f"visit {visit.id!r}"
    if visit.minutes <= 0:
        raise DayError(f"{here}: minutes found {visit.minutes}, expected at least 1")
    if visit.carers < 1:
        raise DayError(f"{here}: carers found {visit.carers}, expected at least 1")
    _check_span(here, "earliest", visit.earliest, "latest", visit.latest)


def _check_carer(carer: Carer) -> None:
    here = f"carer {carer.id!r}"
    _check_span(here, "shift_start", carer.shift_start, "shift_end", carer.shift_end)
    for rest in carer.breaks:
        if rest.minutes <= 0:
            raise DayError(f"{here}: break minutes found {rest.minutes}, expected at least 1")
        _check_span(here, "break earliest", rest.earliest, "break latest", rest.latest)


def _check_span(here: str, first: str, start: int, last: str, end: int) -> None:
    if not 0 <= start <= end <= LATEST_MINUTE:
        raise DayError(
            f"{here}: {first} and {last} found {start} and {end}, "
            f"expected minutes after midnight in order, from 0 to {LATEST_MINUTE}"
        )


def _check_travel(travel: Travel, n: int) -> None:
    for name in ("minutes", "miles"):
        matrix = getattr(travel, name)
        if matrix.shape != (n, n):
            raise DayError(f"travel {name}: found shape {matrix.shape}, expected {(n, n)}: visits, then carers")
        if n and not (np.isfinite(matrix).all() and matrix.min() >= 0):
            raise DayError(f"travel {name}: found a number that is negative or not finite, expected at least 0")
    if not np.issubdtype(travel.minutes.dtype, np.integer):
        raise DayError(f"travel minutes: found {travel.minutes.dtype}, expected whole minutes")
