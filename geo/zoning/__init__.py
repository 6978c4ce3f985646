"""Draw contiguous, balanced zones at least cost, and say how far from the best possible they are.

    problem = ZoningProblem(hours, adjacency, cost, zones=14)
    plan = solve(problem, seconds=60)
    print(plan.report())

`problem` says what is asked, `solve` answers it, `bound` proves how good any answer can be, `check` verifies a plan
with code that shares nothing with the engine, `compare` sets plans side by side and `boundaries` dissolves units to
polygons.
"""

from geo.zoning.plan.boundaries import BoundaryError, dissolve
from geo.zoning.plan.compare import Comparison, compare
from geo.zoning.plan.plan import Progress, ZonePlan
from geo.zoning.problem.errors import Finding, InvalidProblemError, NoPlanFoundError, ZoningError
from geo.zoning.problem.problem import ZoningProblem
from geo.zoning.solve.ranges import ZoneRange, solve_range
from geo.zoning.solve.solve import bound, solve

__all__ = [
    "BoundaryError",
    "Comparison",
    "Finding",
    "InvalidProblemError",
    "NoPlanFoundError",
    "Progress",
    "ZonePlan",
    "ZoneRange",
    "ZoningError",
    "ZoningProblem",
    "bound",
    "compare",
    "dissolve",
    "solve",
    "solve_range",
]
