"""Who could make a visit at all, and why nobody can where nobody can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.rounds.day import NO_WAY_MINUTES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routing.rounds.day import Day


def _reaching(day: Day) -> NDArray[np.bool_]:
    """Return (visits, carers) whether the carer can go there and back within the shift with nothing else to do."""
    many = len(day.visits)
    earliest, latest, stay = (
        np.array([getattr(visit, name) for visit in day.visits], np.int64) for name in ("earliest", "latest", "minutes")
    )
    found = np.zeros((many, len(day.carers)), np.bool_)
    for c, who in enumerate(day.carers):
        legs = day.legs_by(who.mode).minutes
        start = np.maximum(earliest, who.shift_start + legs[many + c, :many])
        found[:, c] = (start <= latest) & (start + stay + legs[:many, many + c] <= who.shift_end)
    return found


def able_carers(day: Day) -> tuple[list[list[int]], dict[int, str]]:
    """Return, for each visit, the carers who could make it; and for each visit short of carers, the reason.

    Args:
        day: The day, with its travel.
    """
    able: list[list[int]] = []
    reasons: dict[int, str] = {}
    reached = _reaching(day)
    skilled_in: dict[frozenset[str], list[int]] = {}
    for number, visit in enumerate(day.visits):
        if visit.skills not in skilled_in:
            skilled_in[visit.skills] = [c for c, who in enumerate(day.carers) if visit.skills <= who.skills]
        skilled = skilled_in[visit.skills]
        shunned, gender = visit.excluded_carers, visit.gender if visit.gender_required else None
        allowed = [c for c in skilled if day.carers[c].id not in shunned] if shunned else skilled
        asked = allowed if gender is None else [c for c in allowed if day.carers[c].gender == gender]
        reach = reached[number].tolist()
        reaching = [c for c in asked if reach[c]]
        need = visit.carers
        if len(day.carers) < need:
            reasons[number] = f"needs {need} carers, the day has {len(day.carers)}"
        elif len(skilled) < need:
            skills = ", ".join(sorted(visit.skills))
            reasons[number] = f"needs {need} with {skills}, {len(skilled)} of the day's carers have it"
        elif len(allowed) < need:
            reasons[number] = f"needs {need}, {len(allowed)} with the skills are not excluded"
        elif len(asked) < need:
            reasons[number] = f"needs {need}, {len(asked)} of those allowed are of the gender required, {visit.gender}"
        elif len(reaching) < need and (why := _no_way(day, number, asked)):
            reasons[number] = why
        elif len(reaching) < need:
            reasons[number] = f"needs {need}, {len(reaching)} can get there and back within their shift and its window"
        able.append(reaching if number not in reasons else [])
    return able, reasons


def _no_way(day: Day, number: int, asked: list[int]) -> str | None:
    """Why no carer of ``asked`` can get to a visit at any hour, where that is so: the place is off the roads."""
    many = len(day.visits)
    for c in asked:
        if day.legs_by(day.carers[c].mode).minutes[many + c, number] < NO_WAY_MINUTES:
            return None
    off = day.legs.cut_off.get(number)
    if off is not None:
        return f"nobody can get there: it is {off}"
    return "nobody can get there: no way leads to it from where any of the carers who may come starts"
