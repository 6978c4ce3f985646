"""The checker's sums: minutes, miles and pounds added up again from the stops, and compared with what is stated."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from routing.rounds.broken import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routing.rounds.answer import Costs, Rounds, Route
    from routing.rounds.day import Carer, Day, Visit


def sums(day: Day, rounds: Rounds) -> Iterator[Broken]:
    """Name every sum of the answer that does not add up; none where a carer or visit is unknown."""
    known, people = {v.id for v in day.visits}, {c.id for c in day.carers}
    if any(r.carer not in people or any(s.visit not in known for s in r.stops) for r in rounds.routes):
        return
    totals: dict[str, float] = defaultdict(float)
    pounds: dict[str, float] = defaultdict(float)
    visits = {visit.id: (i, visit) for i, visit in enumerate(day.visits)}
    carers = {carer.id: (i, carer) for i, carer in enumerate(day.carers)}
    for route in rounds.routes:
        found = _route(day, route, pounds, visits, carers[route.carer])
        yield from _compare(f"carer {route.carer!r}", route, found, route.carer)
        for name, value in found.items():
            totals[name] += value
    for missed in rounds.unserved:
        if missed.visit in visits:
            visit = visits[missed.visit][1]
            pounds["unserved"] += visit.carers * day.weights.pounds_per_unserved_carer_visit
            if visit.medication_critical:
                pounds["unserved"] += visit.carers * day.weights.pounds_per_unserved_critical_carer_visit
    strangers, others = _preferences(day, rounds)
    totals["visits_without_usual_carer"], totals["visits_without_preferred_gender"] = strangers, others
    pounds["lost_continuity"] = strangers * day.weights.pounds_per_lost_continuity
    pounds["gender_mismatch"] = others * day.weights.pounds_per_gender_mismatch
    names = ("care_minutes", "travel_minutes", "waiting_minutes", "paid_minutes", "miles", "overtime_minutes")
    yield from _compare("the day", rounds, dict.fromkeys(names, 0.0) | totals, "")
    yield from _compare("the day", rounds, {"cost_pounds": sum(pounds.values())}, "")
    parts = ("paid", "overtime", "mileage", "unserved", "lost_continuity", "gender_mismatch")
    stated = {name: getattr(rounds.costs, name) for name in parts}
    # An answer by another hand may state the sum alone.
    if any(stated.values()):
        yield from _compare("the day's costs", rounds.costs, {name: pounds[name] for name in parts}, "")


def _route(
    day: Day,
    route: Route,
    pounds: dict[str, float],
    visits: Mapping[str, tuple[int, Visit]],
    who: tuple[int, Carer],
) -> dict[str, float]:
    """Return the sums of a round, and add its pounds to those of the day."""
    number, carer = who
    home, legs = len(day.visits) + number, day.legs_by(carer.mode)
    path = list(pairwise([home, *(visits[stop.visit][0] for stop in route.stops), home])) if route.stops else []
    resting = sum(rest.end - rest.start for rest in route.breaks)
    paid = route.returns - route.leaves - sum(rest.end - rest.start for rest in route.breaks if not rest.paid)
    care = sum(stop.end - stop.start for stop in route.stops)
    travel = sum(int(legs.minutes[a, b]) for a, b in path)
    miles = sum(float(legs.miles[a, b]) for a, b in path)
    overtime = 0 if carer.contracted_minutes is None else max(0, paid - carer.contracted_minutes)
    weights = day.weights
    a_mile = {"car": weights.pounds_per_mile, "walk": 0.0}.get(carer.mode, weights.pounds_per_cycle_mile)
    pounds["paid"] += paid / 60 * weights.pounds_per_paid_hour
    pounds["overtime"] += overtime / 60 * weights.pounds_per_overtime_hour
    pounds["mileage"] += miles * a_mile
    return {
        "care_minutes": care,
        "travel_minutes": travel,
        "waiting_minutes": route.returns - route.leaves - care - travel - resting,
        "paid_minutes": paid,
        "miles": miles,
        "overtime_minutes": overtime,
    }


def _preferences(day: Day, rounds: Rounds) -> tuple[int, int]:
    """Return the carer-visits by somebody not usual, and by somebody not of the gender asked for."""
    visits = {visit.id: visit for visit in day.visits}
    gender = {carer.id: carer.gender for carer in day.carers}
    strangers = others = 0
    for route in rounds.routes:
        for stop in route.stops:
            visit = visits[stop.visit]
            strangers += bool(visit.usual_carers and route.carer not in visit.usual_carers)
            others += bool(visit.gender and gender[route.carer] != visit.gender)
    return strangers, others


def _compare(where: str, answer: Route | Rounds | Costs, found: Mapping[str, float], carer: str) -> Iterator[Broken]:
    for name, value in found.items():
        stated = getattr(answer, name)
        if abs(stated - value) > 1e-6 * max(1.0, abs(value)):
            yield Broken("sum", f"{where}: {name} stated {stated:g}, adds up to {value:g}", carer=carer)
