"""Where one more visit fits into planned rounds, with nothing in them moved.

Between two stops of a round, before its first and after its last, a carer has time to spare. A visit fits there when
the carer can drive to it, make it, and drive on to be at the next stop as planned. A rest stays where it is: the visit
lies wholly before it or wholly after it. Each opening says from when to when the visit may start, and how many minutes
of driving and parking it adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from routing.model import TravelModel
    from routing.rounds.answer import Rounds, Route
    from routing.rounds.day import Carer, Day

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Opening:
    """A time at which one more visit fits.

    Attributes:
        carers: Whose rounds: one, or as many as the visit needs together.
        earliest: First minute after midnight that the visit may start. ``latest``: the last.
        latest: See ``earliest``.
        added_minutes: Driving and parking added, all carers.
        added_miles: Likewise.
    """

    carers: tuple[str, ...]
    earliest: int
    latest: int
    added_minutes: float
    added_miles: float


@dataclass(frozen=True, slots=True)
class _Gap:
    """Time to spare of a carer between two places."""

    carer: str
    here: Place
    there: Place
    free_from: float
    free_until: float


def openings(
    day: Day, rounds: Rounds, place: Place, minutes: int, carers: int, model: TravelModel, *, most: int = 20
) -> list[Opening]:
    """Where a visit fits, the least driving first.

    Args:
        day: The day that was planned; carers who go by other means than a car are left out.
        rounds: Its plan.
        place: Easting and northing of the visit in metres.
        minutes: Its length.
        carers: How many carers it needs at once.
        model: Travel by car.
        most: How many openings to give.
    """
    gaps = [gap for carer in day.carers if carer.mode == "car" for gap in _gaps(carer, day, rounds)]
    single = _fitting(gaps, place, minutes, model)
    return (single if carers == 1 else _together(single, carers))[:most]


def _together(single: Sequence[Opening], carers: int) -> list[Opening]:
    """Times that several carers have at once: at each, those who drive least.

    Carers who share any time share the earliest minute of one of them, so those minutes are all that need be looked at.
    """
    found: dict[tuple[tuple[str, ...], int], Opening] = {}
    for minute in sorted({one.earliest for one in single}):
        free: dict[str, Opening] = {}
        for one in single:  # in order of driving added, so the first of a carer is its best
            if one.earliest <= minute <= one.latest:
                free.setdefault(one.carers[0], one)
        team = list(free.values())[:carers]
        if len(team) < carers:
            continue
        names = tuple(sorted(one.carers[0] for one in team))
        latest = min(one.latest for one in team)
        added = sum(one.added_minutes for one in team), sum(one.added_miles for one in team)
        known = found.get((names, latest))
        if known is None or added[0] < known.added_minutes:
            found[names, latest] = Opening(names, minute, latest, *added)
    return sorted(found.values(), key=_order)


def _order(one: Opening) -> tuple[float, int, tuple[str, ...]]:
    return one.added_minutes, one.earliest, one.carers


def _gaps(carer: Carer, day: Day, rounds: Rounds) -> list[_Gap]:
    """Time to spare in one carer's day, rests kept."""
    home = (carer.easting, carer.northing)
    route = next((one for one in rounds.routes if one.carer == carer.id), None)
    if route is None:
        whole = [(home, home, float(carer.shift_start), float(carer.shift_end))]
        rests = [(float(rest.earliest), float(rest.latest + rest.minutes)) for rest in carer.breaks]
    else:
        whole = _between(carer, route, day)
        rests = [(float(rest.start), float(rest.end)) for rest in route.breaks]
    out = []
    for here, there, begin, end in whole:
        inside = sorted((start, stop) for start, stop in rests if start < end and stop > begin)
        edges = [begin, *(edge for rest in inside for edge in rest), end]
        out += [
            _Gap(carer.id, here, there, edges[i], edges[i + 1])
            for i in range(0, len(edges), 2)
            if edges[i + 1] > edges[i]
        ]
    return out


def _between(carer: Carer, route: Route, day: Day) -> list[tuple[Place, Place, float, float]]:
    at = {visit.id: (visit.easting, visit.northing) for visit in day.visits}
    home = (carer.easting, carer.northing)
    stops = [(at[stop.visit], float(stop.start), float(stop.end)) for stop in route.stops]
    places = [home, *(stop[0] for stop in stops), home]
    ends = [float(carer.shift_start), *(stop[2] for stop in stops)]
    starts = [*(stop[1] for stop in stops), float(carer.shift_end)]
    return [(places[i], places[i + 1], ends[i], starts[i]) for i in range(len(starts))]


def _fitting(gaps: Sequence[_Gap], place: Place, minutes: int, model: TravelModel) -> list[Opening]:
    if not gaps:
        return []
    here = np.array([gap.here for gap in gaps], dtype=np.float64)
    there = np.array([gap.there for gap in gaps], dtype=np.float64)
    new = np.array([place], dtype=np.float64)
    parking = model.access_minutes  # at the end of every drive, as rounds are planned
    to, on = model.minutes(here, new)[:, 0] + parking, model.minutes(new, there)[0] + parking
    to_miles, on_miles = model.miles(here, new)[:, 0], model.miles(new, there)[0]
    out = []
    for i, gap in enumerate(gaps):
        earliest, latest = gap.free_from + float(to[i]), gap.free_until - float(on[i]) - minutes
        if not (np.isfinite(earliest) and np.isfinite(latest)) or np.ceil(earliest) > np.floor(latest):
            continue
        straight = float(model.minutes(here[i : i + 1], there[i : i + 1])[0, 0]) + parking
        straight_miles = float(model.miles(here[i : i + 1], there[i : i + 1])[0, 0])
        out.append(
            Opening(
                (gap.carer,),
                int(np.ceil(earliest)),
                int(np.floor(latest)),
                max(0.0, float(to[i] + on[i]) - straight),
                max(0.0, float(to_miles[i] + on_miles[i]) - straight_miles),
            )
        )
    return sorted(out, key=_order)
