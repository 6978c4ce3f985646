"""Who could make a visit at all, and why nobody can where nobody can."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.rounds.day import Day


def _reaches(day: Day, visit: int, carer: int) -> bool:
    """Whether the carer can go there and back within the shift with nothing else to do."""
    home, who, what = len(day.visits) + carer, day.carers[carer], day.visits[visit]
    legs = day.legs_by(who.mode).minutes
    start = max(what.earliest, who.shift_start + int(legs[home, visit]))
    return start <= what.latest and start + what.minutes + int(legs[visit, home]) <= who.shift_end


def able_carers(day: Day) -> tuple[list[list[int]], dict[int, str]]:
    """Return, for each visit, the carers who could make it; and for each visit short of carers, the reason.

    Args:
        day: The day, with its travel.
    """
    able: list[list[int]] = []
    reasons: dict[int, str] = {}
    for number, visit in enumerate(day.visits):
        skilled = [c for c, who in enumerate(day.carers) if visit.skills <= who.skills]
        allowed = [c for c in skilled if day.carers[c].id not in visit.excluded_carers]
        asked = [c for c in allowed if not visit.gender_required or day.carers[c].gender == visit.gender]
        reaching = [c for c in asked if _reaches(day, number, c)]
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
        elif len(reaching) < need:
            reasons[number] = f"needs {need}, {len(reaching)} can get there and back within their shift and its window"
        able.append(reaching if number not in reasons else [])
    return able, reasons
