"""A plan told to people: each carer's rota, who comes to each person when, and the key figures of the day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.road_free import RoadFreeModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.rounds.answer import Rounds, Route
    from routing.rounds.day import Day, Travel, Visit

TIGHT_MINUTES = 10
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class RotaLine:
    """One thing a carer does.

    Attributes:
        carer: Whose rota.
        number: Place in it, from 1.
        what: ``leave``, ``visit``, ``rest`` or ``return``.
        visit: Of a visit, its id; else empty.
        starts: Clock time. ``ends`` likewise.
        ends: Clock time.
        minutes: From start to end.
        travel_minutes: Of getting there from the place before.
        waiting_minutes: Between getting there and the start, less rests.
        miles: Of getting there.
        together_with: The other carers of a visit by several.
    """

    carer: str
    number: int
    what: str
    visit: str
    starts: str
    ends: str
    minutes: int
    travel_minutes: int
    waiting_minutes: int
    miles: float
    together_with: str


@dataclass(frozen=True, slots=True)
class ClientLine:
    """One visit as the person visited sees it.

    Attributes:
        client: Whom it is to; the visit's id where the day names nobody.
        visit: Its id.
        starts: Clock time; empty where nobody comes. ``ends`` likewise.
        ends: Clock time.
        not_before: The window's first clock time. ``not_after``: its last, for the start.
        not_after: See ``not_before``.
        minutes: Length.
        carers: Who comes.
        unserved: Why nobody comes; empty where somebody does.
    """

    client: str
    visit: str
    starts: str
    ends: str
    not_before: str
    not_after: str
    minutes: int
    carers: str
    unserved: str


@dataclass(frozen=True, slots=True)
class Kpis:
    """Key figures of a plan.

    Attributes:
        carers_out: Carers with a round.
        carer_visits: Visits made, each carer counted.
        unserved_visits: Visits nobody makes.
        mean_punctuality_slack_minutes: How late a visit could start and still keep its window, on average.
        tenth_percentile_slack_minutes: One visit in ten has less slack than this.
        share_with_little_slack: Visits with less than ten minutes of it.
        continuity_index: Fewest carers that could have come to a person, over those who do; mean over people, weighted
            by their visits. 1 is the same faces all day.
        share_by_usual_carers: Of carer-visits to people who have usual carers; ``None`` where nobody has.
        utilisation: Care over paid minutes. ``travel_share`` and ``waiting_share`` likewise.
        travel_share: See ``utilisation``.
        waiting_share: See ``utilisation``.
        minutes_unpaid_at_contact_only_pay: Paid minutes that a contract paying contact time only would not pay.
        pay_per_working_hour_at_contact_only_pay: What is left of each pound of the hourly rate under such a contract.
        overtime_minutes: Paid minutes beyond contract.
        miles_per_carer_visit: Travelled.
    """

    carers_out: int
    carer_visits: int
    unserved_visits: int
    mean_punctuality_slack_minutes: float | None
    tenth_percentile_slack_minutes: float | None
    share_with_little_slack: float | None
    continuity_index: float | None
    share_by_usual_carers: float | None
    utilisation: float | None
    travel_share: float | None
    waiting_share: float | None
    minutes_unpaid_at_contact_only_pay: int
    pay_per_working_hour_at_contact_only_pay: float | None
    overtime_minutes: int
    miles_per_carer_visit: float | None


def clock(minute: int) -> str:
    """Return a minute after midnight as a clock time; the next day's is marked."""
    days, rest = divmod(minute, MINUTES_A_DAY)
    return f"{rest // 60:02d}:{rest % 60:02d}" + (f" +{days}" if days else "")


def with_travel(day: Day) -> Day:
    """Return the day with travel: its own, or the road-free model's, as the solver does."""
    return (day if day.travel is not None else day.with_travel(RoadFreeModel())).with_other_modes()


def legs_of(day: Day, carer: str) -> Travel:
    """Return the travel of a carer, by their own way of getting about."""
    who = next(one for one in day.carers if one.id == carer)
    return day.legs_by(who.mode)


def rota(day: Day, rounds: Rounds) -> list[RotaLine]:
    """Return what every carer does, carer by carer in the order of the plan.

    Args:
        day: What was planned; with its travel, or the road-free model's is used.
        rounds: Its plan.
    """
    day = with_travel(day)
    together: dict[str, list[str]] = defaultdict(list)
    for route in rounds.routes:
        for stop in route.stops:
            together[stop.visit].append(route.carer)
    return [line for route in rounds.routes for line in _of_route(day, route, together)]


def _of_route(day: Day, route: Route, together: dict[str, list[str]]) -> Iterator[RotaLine]:
    number = {visit.id: i for i, visit in enumerate(day.visits)}
    home = len(day.visits) + next(i for i, carer in enumerate(day.carers) if carer.id == route.carer)
    legs = legs_of(day, route.carer)
    path = [home, *(number[stop.visit] for stop in route.stops), home]
    events: list[tuple[int, int, str, str, int, float]] = [(route.leaves, route.leaves, "leave", "", 0, 0.0)]
    for stop, (a, b) in zip(route.stops, pairwise(path), strict=False):
        events.append((stop.start, stop.end, "visit", stop.visit, int(legs.minutes[a, b]), float(legs.miles[a, b])))
    a, b = path[-2], path[-1]
    events.append((route.returns, route.returns, "return", "", int(legs.minutes[a, b]), float(legs.miles[a, b])))
    rests = [(rest.start, rest.end, "rest", "", 0, 0.0) for rest in route.breaks]
    free, rested = route.leaves, 0
    for place, (start, end, what, visit, minutes, miles) in enumerate(sorted(events + rests, key=_in_time), start=1):
        waiting = 0
        if what == "rest":
            rested += end - start
        else:
            waiting = start - free - minutes - rested
            free, rested = end, 0
        others = ", ".join(carer for carer in together.get(visit, []) if carer != route.carer)
        yield RotaLine(
            route.carer,
            place,
            what,
            visit,
            clock(start),
            clock(end),
            end - start,
            minutes,
            waiting,
            round(miles, 2),
            others,
        )


def _in_time(event: tuple[int, int, str, str, int, float]) -> tuple[int, int, int]:
    return event[0], event[1], ("leave", "rest", "visit", "return").index(event[2])


def client_of(visit: Visit) -> str:
    """Return whom a visit is to; its own id where the day names nobody."""
    return visit.client or visit.id


def clients(day: Day, rounds: Rounds) -> list[ClientLine]:
    """Return who comes to each person when, person by person and in order of time."""
    came: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for route in rounds.routes:
        for stop in route.stops:
            came[stop.visit].append((stop.start, stop.end, route.carer))
    reasons = {missed.visit: missed.reason for missed in rounds.unserved}
    lines = []
    for visit in sorted(day.visits, key=lambda v: (client_of(v), v.earliest, v.id)):
        stops = sorted(came.get(visit.id, []))
        lines.append(
            ClientLine(
                client=client_of(visit),
                visit=visit.id,
                starts=clock(stops[0][0]) if stops else "",
                ends=clock(stops[0][1]) if stops else "",
                not_before=clock(visit.earliest),
                not_after=clock(visit.latest),
                minutes=visit.minutes,
                carers=", ".join(carer for _, _, carer in stops),
                unserved=reasons.get(visit.id, "" if stops else "not in the plan"),
            )
        )
    return lines


def kpis(day: Day, rounds: Rounds) -> Kpis:
    """Return the key figures of a plan.

    Args:
        day: What was planned.
        rounds: Its plan.
    """
    latest = {visit.id: visit for visit in day.visits}
    starts = {stop.visit: stop.start for route in rounds.routes for stop in route.stops}
    slack = np.array([latest[visit].latest - start for visit, start in starts.items()], dtype=float)
    made = sum(len(route.stops) for route in rounds.routes)
    paid = rounds.paid_minutes

    def share(minutes: float) -> float | None:
        return round(minutes / paid, 4) if paid else None

    return Kpis(
        carers_out=len(rounds.routes),
        carer_visits=made,
        unserved_visits=len(rounds.unserved),
        mean_punctuality_slack_minutes=round(float(slack.mean()), 2) if slack.size else None,
        tenth_percentile_slack_minutes=round(float(np.percentile(slack, 10)), 2) if slack.size else None,
        share_with_little_slack=round(float((slack < TIGHT_MINUTES).mean()), 4) if slack.size else None,
        continuity_index=_continuity(latest, rounds),
        share_by_usual_carers=_by_usual(latest, rounds),
        utilisation=share(rounds.care_minutes),
        travel_share=share(rounds.travel_minutes),
        waiting_share=share(rounds.waiting_minutes),
        minutes_unpaid_at_contact_only_pay=paid - rounds.care_minutes,
        pay_per_working_hour_at_contact_only_pay=share(rounds.care_minutes),
        overtime_minutes=rounds.overtime_minutes,
        miles_per_carer_visit=round(rounds.miles / made, 3) if made else None,
    )


def _continuity(visits: dict[str, Visit], rounds: Rounds) -> float | None:
    faces: dict[str, set[str]] = defaultdict(set)
    needed: dict[str, int] = defaultdict(int)
    weight: dict[str, int] = defaultdict(int)
    for route in rounds.routes:
        for stop in route.stops:
            client = client_of(visits[stop.visit])
            faces[client].add(route.carer)
            needed[client] = max(needed[client], visits[stop.visit].carers)
            weight[client] += 1
    total = sum(weight.values())
    return round(sum(weight[c] * needed[c] / len(faces[c]) for c in faces) / total, 4) if total else None


def _by_usual(visits: dict[str, Visit], rounds: Rounds) -> float | None:
    known: list[bool] = []
    for route in rounds.routes:
        for stop in route.stops:
            usual = visits[stop.visit].usual_carers
            if usual:
                known.append(route.carer in usual)
    return round(sum(known) / len(known), 4) if known else None


def rows(lines: list[RotaLine] | list[ClientLine]) -> list[dict[str, Any]]:
    """Return lines as plain rows, for a table."""
    return [asdict(line) for line in lines]
