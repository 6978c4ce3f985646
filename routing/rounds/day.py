"""A day to plan: visits, carers, and the travel between them. Plain data, checked once when made.

Times are whole minutes after midnight. Positions are metres on the British National Grid.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from routing.blocks import unreachable_reasons
from routing.model import METRES_PER_MILE
from routing.modes import CAR, MODES, active_modes
from routing.rounds.weights import Weights, shipped_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from routing.model import TravelModel

#: A day may run past midnight: night rounds end by noon of the next.
LATEST_MINUTE = 36 * 60
#: More rests than this in one day are not planned.
MOST_BREAKS = 6
#: More than ever attend one visit together.
MOST_CARERS_TOGETHER = 20
#: No position on the British National Grid has a coordinate so large, nor any leg so many miles.
FARTHEST_METRES = 10_000_000
MOST_MILES = 100_000
#: Minutes of a leg that no way leads along: more than any day has, and small enough for every engine's whole numbers.
NO_WAY_MINUTES = 100_000


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
        client: Whom the visit is to; visits to one person are kept ``gap_minutes`` apart. Empty for nobody.
        gap_minutes: Least minutes from the end of any earlier visit to the same client; earlier by ``earliest``, then
            ``latest``, then the order given. Nought keeps nothing apart.
        gender: The gender of carer the client asks for, as carers state theirs; empty for any.
        gender_required: Whether nobody else may come; otherwise each who does costs the weight for it.
        usual_carers: The carers the client knows; each other one who comes costs the weight of lost continuity.
        medication_critical: Left unserved only after all others: it costs the weight for it on top.
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
    client: str = ""
    gap_minutes: int = 0
    gender: str = ""
    gender_required: bool = False
    usual_carers: frozenset[str] = frozenset()
    medication_critical: bool = False


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
        mode: How the carer gets about: ``car``, ``cycle``, ``ebike`` or ``walk``.
        gender: As clients ask for it.
        contracted_minutes: Paid minutes of the day beyond which the rest is overtime; ``None`` for no such limit.
        longest_work_minutes: Most minutes from leaving, or the end of a rest, to the next rest or being back; waiting
            is work. ``None`` for no such limit.
    """

    id: str
    easting: float
    northing: float
    shift_start: int
    shift_end: int
    skills: frozenset[str] = frozenset()
    breaks: tuple[Break, ...] = ()
    mode: str = CAR
    gender: str = ""
    contracted_minutes: int | None = None
    longest_work_minutes: int | None = None


@dataclass(frozen=True, eq=False)
class Travel:
    """Travel between the places of a day: its visits in order, then its carers' homes in order.

    Attributes:
        minutes: (n, n) whole minutes, parking included; :data:`NO_WAY_MINUTES` or more where no way leads.
        miles: (n, n) miles; nought where no way leads.
        version: What made them.
        cut_off: Place that nothing leads to, by its number, to the reason in words.
    """

    minutes: np.ndarray
    miles: np.ndarray
    version: str
    cut_off: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if np.issubdtype(self.minutes.dtype, np.integer):
            object.__setattr__(self, "minutes", np.minimum(self.minutes, NO_WAY_MINUTES).astype(np.int64))


@dataclass(frozen=True)
class Day:
    """Visits and carers to bring together.

    Attributes:
        visits: The visits. ``carers``: the carers.
        carers: The carers.
        travel: Travel between them by car; worked out from positions by :meth:`with_travel` where absent.
        weights: What a plan is judged by.
        other_travel: Travel by the other modes, by name; worked out from positions where a carer's is absent.

    Raises:
        DayError: Two visits or carers share an id, a time is out of order, or the travel does not fit.
    """

    visits: tuple[Visit, ...]
    carers: tuple[Carer, ...]
    travel: Travel | None = field(default=None, compare=False)
    weights: Weights = field(default_factory=shipped_weights)
    other_travel: Mapping[str, Travel] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        _unique("visit", (visit.id for visit in self.visits))
        _unique("carer", (carer.id for carer in self.carers))
        for visit in self.visits:
            _check_visit(visit)
        for carer in self.carers:
            _check_carer(carer)
        if self.travel is not None:
            _check_travel(self.travel, len(self.visits) + len(self.carers))
        for travel in self.other_travel.values():
            _check_travel(travel, len(self.visits) + len(self.carers))

    @property
    def legs(self) -> Travel:
        """The travel between the day's places.

        Raises:
            DayError: The day has none yet; :meth:`with_travel` gives it some.
        """
        if self.travel is None:
            raise DayError("the day has no travel; give it some with with_travel")
        return self.travel

    def legs_by(self, mode: str) -> Travel:
        """The travel between the day's places by ``mode``.

        Raises:
            DayError: The day has none by it yet.
        """
        if mode == CAR:
            return self.legs
        if mode not in self.other_travel:
            raise DayError(f"the day has no travel by {mode}; give it some with with_travel or with_other_modes")
        return self.other_travel[mode]

    def with_other_modes(self) -> Day:
        """Return the day with travel for every carer who does not drive and has none yet, from positions.

        Straight-line distance, the detour and speed of ``routing/data/modes.toml``, and its minutes to the door.
        """
        wanted = {carer.mode for carer in self.carers} - {CAR, *self.other_travel}
        if not wanted:
            return self
        places = np.array([(p.easting, p.northing) for group in (self.visits, self.carers) for p in group], float)
        km = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1)) / 1000.0
        to_visit = np.arange(len(places)) < len(self.visits)
        made = dict(self.other_travel)
        for name in sorted(wanted):
            mode = active_modes()[name]
            minutes = km * mode.detour / mode.kmh * 60 + (km > 0) * to_visit[None, :] * mode.access_minutes
            whole = np.ceil(minutes - 1e-6).astype(np.int64)
            made[name] = Travel(whole, km * mode.detour * 1000.0 / METRES_PER_MILE, mode.version)
        return replace(self, other_travel=made)

    def with_travel(self, model: TravelModel) -> Day:
        """Return the day with whole minutes (rounded up, with parking at a visit) and miles of ``model``.

        A leg to the same position takes no time and no parking. Carers who do not drive get theirs by
        :meth:`with_other_modes`. A place that cannot be reached stops nobody else: its legs have no way, and its
        visits are unserved with the reason.

        Raises:
            ValueError: A position is missing or off the British National Grid.
        """
        places = [(v.easting, v.northing) for v in self.visits] + [(c.easting, c.northing) for c in self.carers]
        answer = model.matrix(places, places)
        no_way = ~(np.isfinite(answer.minutes) & np.isfinite(answer.miles))
        why = unreachable_reasons(model, places, places)[1] if no_way.any() else []
        minutes = np.where(no_way, NO_WAY_MINUTES, answer.minutes)
        np.fill_diagonal(minutes, 0)
        elsewhere = minutes > 0
        to_visit = np.arange(len(places)) < len(self.visits)
        minutes[elsewhere & to_visit[None, :]] += answer.access_minutes
        # An answer of 4.000000001 is four minutes, not five.
        whole = np.ceil(minutes - 1e-6).astype(np.int64)
        miles = np.where(no_way, 0.0, answer.miles)
        cut_off = {place: reason for place, reason in enumerate(why) if reason is not None}
        travel = Travel(whole, miles, answer.provenance.version, cut_off)
        return replace(self, travel=travel).with_other_modes()

    def before(self) -> dict[int, list[int]]:
        """Return for each visit, by number, the client's earlier visits that it keeps its gap from."""
        of_client: dict[str, list[int]] = {}
        for number in sorted(
            range(len(self.visits)), key=lambda n: (self.visits[n].earliest, self.visits[n].latest, n)
        ):
            if self.visits[number].client:
                of_client.setdefault(self.visits[number].client, []).append(number)
        return {
            number: visits[:place]
            for visits in of_client.values()
            for place, number in enumerate(visits)
            if self.visits[number].gap_minutes and place
        }


def _unique(what: str, ids: Iterable[str]) -> None:
    for name, count in Counter(ids).items():
        if count > 1:
            raise DayError(f"{what} {name!r}: found {count} times, expected each id once")
        if not name:
            raise DayError(f"{what}: found an empty id, expected a name")


def _check_visit(visit: Visit) -> None:
    here = f"visit {visit.id!r}"
    _check_position(here, visit.easting, visit.northing)
    _check_range(here, "minutes", visit.minutes, 1, LATEST_MINUTE)
    _check_range(here, "carers", visit.carers, 1, MOST_CARERS_TOGETHER)
    _check_range(here, "gap_minutes", visit.gap_minutes, 0, LATEST_MINUTE)
    if visit.gap_minutes and not visit.client:
        raise DayError(f"{here}: gap_minutes found without a client, expected the client it is kept from")
    if visit.gender_required and not visit.gender:
        raise DayError(f"{here}: gender_required found without a gender, expected the gender asked for")
    _check_span(here, "earliest", visit.earliest, "latest", visit.latest)


def _check_carer(carer: Carer) -> None:
    here = f"carer {carer.id!r}"
    _check_position(here, carer.easting, carer.northing)
    _check_span(here, "shift_start", carer.shift_start, "shift_end", carer.shift_end)
    if carer.mode not in MODES:
        raise DayError(f"{here}: mode found {carer.mode!r}, expected one of {', '.join(MODES)}")
    for name in ("contracted_minutes", "longest_work_minutes"):
        value = getattr(carer, name)
        if value is not None:
            _check_range(here, name, value, 1, LATEST_MINUTE, " or nothing")
    if len(carer.breaks) > MOST_BREAKS:
        raise DayError(f"{here}: found {len(carer.breaks)} breaks, expected at most {MOST_BREAKS} in a day")
    for rest in carer.breaks:
        _check_range(here, "break minutes", rest.minutes, 1, LATEST_MINUTE)
        _check_span(here, "break earliest", rest.earliest, "break latest", rest.latest)


def _check_range(here: str, name: str, value: int, least: int, most: int, beside: str = "") -> None:
    if not least <= value <= most:
        raise DayError(f"{here}: {name} found {value}, expected at least {least} and at most {most:,}{beside}")


def _check_position(here: str, easting: float, northing: float) -> None:
    for name, value in (("easting", easting), ("northing", northing)):
        if abs(value) > FARTHEST_METRES:  # nan: no position, which travel of its own makes up for
            raise DayError(f"{here}: {name} found {value:g}, expected metres on the British National Grid")


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
    if n and travel.miles.max() > MOST_MILES:
        raise DayError(f"travel miles: found {travel.miles.max():g}, expected at most {MOST_MILES:,}")
    if not np.issubdtype(travel.minutes.dtype, np.integer):
        raise DayError(f"travel minutes: found {travel.minutes.dtype}, expected whole minutes")
