"""Which time would make a package placeable: other windows, a split between providers, a pairing with a neighbour.

For a package that nobody takes as it is asked, each option names who could take what, how many minutes of driving its
visits add and what that driving costs a week. An option fits when the provider has the free hours at that part of the
day; where it stated hours for the whole day only, those count at any part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Final, Literal

from brokerage.visits import PARTS_OF_DAY, Visits, hours_per_week, in_words

Kind = Literal["as asked", "other window", "split", "pairing"]
MOST_OPTIONS: Final = 30
DAY_PARTS: Final = tuple(part for part in PARTS_OF_DAY if part != "night")


@dataclass(frozen=True, slots=True)
class Room:
    """What a provider could take.

    Attributes:
        provider_id, name: Who.
        minutes_per_visit: Driving that a visit adds.
        free_hours: A week, for the whole day.
        free_by_part: A week by part of the day, where it stated them so.
    """

    provider_id: int
    name: str
    minutes_per_visit: float
    free_hours: float
    free_by_part: Mapping[str, float] = field(default_factory=dict)

    def fits(self, visits: Sequence[Visits]) -> bool:
        """Whether it has the hours for these visits at their times."""
        if not self.free_by_part:
            return hours_per_week(visits) <= self.free_hours + 1e-9
        needed: dict[str | None, float] = {}
        for one in visits:
            needed[one.part_of_day] = needed.get(one.part_of_day, 0.0) + one.hours_per_week
        loose = needed.pop(None, 0.0)
        left = {part: hours - needed.get(part or "", 0.0) for part, hours in self.free_by_part.items()}
        known = all(part in self.free_by_part for part in needed)
        return known and min(left.values(), default=0.0) >= -1e-9 and loose <= sum(left.values()) + 1e-9


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another package that waits close by.

    Attributes:
        request_id: Its number.
        visits: Its pattern.
        minutes_away: Driving between the two homes.
    """

    request_id: int
    visits: tuple[Visits, ...]
    minutes_away: float


@dataclass(frozen=True, slots=True)
class Part:
    """What one provider would take."""

    provider_id: int
    name: str
    visits: tuple[Visits, ...]
    minutes_per_visit: float


@dataclass(frozen=True, slots=True)
class Option:
    """A way in which the package could be placed.

    Attributes:
        kind: What is changed.
        said: In words.
        parts: Who takes what.
        with_request: The neighbour's request, of a pairing.
        travel_minutes_per_week: Driving that all its visits add.
        travel_pounds_per_week: What that costs.
        changes: Visits that move to another part of the day or another provider.
    """

    kind: Kind
    said: str
    parts: tuple[Part, ...]
    with_request: int | None
    travel_minutes_per_week: float
    travel_pounds_per_week: float
    changes: int


def options(
    pattern: Sequence[Visits],
    rooms: Iterable[Room],
    neighbours: Iterable[Neighbour] = (),
    pounds_per_minute: float = 0.0,
) -> list[Option]:
    """Every way that fits, those that change least first, then the cheapest.

    Args:
        pattern: The visits as asked.
        rooms: What each provider could take.
        neighbours: Other packages that wait close by.
        pounds_per_minute: What a minute of driving costs, its miles included.
    """
    able = list(rooms)
    found = [
        *_as_asked(pattern, able, pounds_per_minute),
        *_windows(pattern, able, pounds_per_minute),
        *_splits(pattern, able, pounds_per_minute),
        *_pairings(pattern, able, neighbours, pounds_per_minute),
    ]
    found.sort(key=lambda one: (one.changes, one.travel_pounds_per_week, one.travel_minutes_per_week, one.said))
    return found[:MOST_OPTIONS]


def _option(
    kind: Kind, said: str, parts: Sequence[Part], price: float, changes: int, with_request: int | None = None
) -> Option:
    minutes = sum(part.minutes_per_visit * v.per_week * v.carers for part in parts for v in part.visits)
    return Option(kind, said, tuple(parts), with_request, minutes, minutes * price, changes)


def _part(room: Room, visits: Sequence[Visits], minutes: float | None = None) -> Part:
    return Part(room.provider_id, room.name, tuple(visits), room.minutes_per_visit if minutes is None else minutes)


def _as_asked(pattern: Sequence[Visits], rooms: Sequence[Room], price: float) -> list[Option]:
    return [
        _option("as asked", f"{room.name} has the hours at the times asked for.", [_part(room, pattern)], price, 0)
        for room in rooms
        if room.fits(pattern)
    ]


def _windows(pattern: Sequence[Visits], rooms: Sequence[Room], price: float) -> list[Option]:
    """One kind of visit moved to another part of the day."""
    out = []
    for room in rooms:
        if room.fits(pattern):
            continue
        for i, one in enumerate(pattern):
            for part in DAY_PARTS:
                if part == one.part_of_day:
                    continue
                moved = [*pattern[:i], replace(one, part_of_day=part), *pattern[i + 1 :]]
                if room.fits(moved):
                    said = f"{room.name} could take it with {in_words([one])} made at {part} instead."
                    out.append(_option("other window", said, [_part(room, moved)], price, 1))
    return out


def _splits(pattern: Sequence[Visits], rooms: Sequence[Room], price: float) -> list[Option]:
    """The kinds of visit, or the days of the week, divided between two providers."""
    if any(room.fits(pattern) for room in rooms):
        return []
    out = []
    for first, second in _halves(pattern):
        for a, b in combinations(rooms, 2):
            for one, other in ((a, b), (b, a)):
                if one.fits(first) and other.fits(second):
                    said = f"{one.name} could make {in_words(first)}, and {other.name} {in_words(second)}."
                    out.append(_option("split", said, [_part(one, first), _part(other, second)], price, 2))
    return out


def _halves(pattern: Sequence[Visits]) -> list[tuple[tuple[Visits, ...], tuple[Visits, ...]]]:
    found: list[tuple[tuple[Visits, ...], tuple[Visits, ...]]] = []
    for i in range(len(pattern)):
        rest = (*pattern[:i], *pattern[i + 1 :])
        if rest:
            found.append(((pattern[i],), rest))
    daily = [one for one in pattern if not one.days and one.per_week >= 7]
    if len(daily) == len(pattern):
        week = tuple(replace(v, per_week=v.per_week * 5 / 7, days=("mon", "tue", "wed", "thu", "fri")) for v in daily)
        ends = tuple(replace(v, per_week=v.per_week * 2 / 7, days=("sat", "sun")) for v in daily)
        found.append((week, ends))
    return found


def _pairings(
    pattern: Sequence[Visits], rooms: Sequence[Room], neighbours: Iterable[Neighbour], price: float
) -> list[Option]:
    """Offered together with a neighbour's package: from the one home to the other the way is short."""
    out = []
    for other in neighbours:
        both = (*pattern, *other.visits)
        for room in rooms:
            shared = (room.minutes_per_visit + min(room.minutes_per_visit, other.minutes_away)) / 2
            if shared < room.minutes_per_visit and room.fits(both):
                saved = room.minutes_per_visit - shared
                away = f"request {other.request_id}, {other.minutes_away:.1f} minutes away"
                said = f"{room.name} could take it together with {away}: {saved:.1f} minutes less a visit."
                part = _part(room, pattern, shared)
                out.append(_option("pairing", said, [part], price, 0, other.request_id))
    return out
