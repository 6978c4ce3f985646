"""Tolerances of the zoning engine: those that mean the same have one value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tolerances:
    """Shares of what they are compared with.

    Attributes:
        rounding: Share by which sums in double precision may be off: two costs this near are level, limits missed
            by no more are kept, and a plan saves at least this much to count as cheaper.
        single_rounding: Share taken off a bound worked out in single precision, some ten times its error, and left
            as room before anything is struck out for costing too much.
        proven: Share of a cost by which a bound may fall short of the plan it proves optimal.
    """

    rounding: float = 1e-9
    single_rounding: float = 1e-6
    proven: float = 1e-7


TOLERANCES = Tolerances()
