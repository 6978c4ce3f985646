"""A day of home care planned: who visits whom, when, and what it takes in paid minutes and miles.

:func:`solve` plans a :class:`Day`; :func:`check` names every rule an answer breaks, sharing no code with the solver.
"""

from __future__ import annotations

from routing.rounds.answer import BreakTaken, Costs, Rounds, Route, Stop, Unserved
from routing.rounds.broken import Broken
from routing.rounds.checker import check
from routing.rounds.day import Break, Carer, Day, DayError, Visit
from routing.rounds.documents import (
    changes_from_json,
    changes_schema,
    day_from_json,
    day_schema,
    day_to_json,
    replan_to_json,
    rounds_from_json,
    rounds_schema,
    rounds_to_json,
)
from routing.rounds.per_visit import Estimate, PerVisit, travel_per_visit
from routing.rounds.planning import BrokenAnswerError, solve
from routing.rounds.replanning import Changes, Moved, Replan, replan
from routing.rounds.weights import Weights

__all__ = [
    "Break",
    "BreakTaken",
    "Broken",
    "BrokenAnswerError",
    "Carer",
    "Changes",
    "Costs",
    "Day",
    "DayError",
    "Estimate",
    "Moved",
    "PerVisit",
    "Replan",
    "Rounds",
    "Route",
    "Stop",
    "Unserved",
    "Visit",
    "Weights",
    "changes_from_json",
    "changes_schema",
    "check",
    "day_from_json",
    "day_schema",
    "day_to_json",
    "replan",
    "replan_to_json",
    "rounds_from_json",
    "rounds_schema",
    "rounds_to_json",
    "solve",
    "travel_per_visit",
]
