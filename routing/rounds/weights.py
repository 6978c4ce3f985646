"""What a plan is judged by, in pounds, from ``routing/data/rounds.toml``."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

#: More than any part of a day's plan costs; sums of it stay small enough for every engine's whole numbers.
MOST_POUNDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Weights:
    """The price of the parts of a plan.

    Attributes:
        pounds_per_paid_hour: Care, travel and waiting alike.
        pounds_per_mile: Mileage paid.
        pounds_per_unserved_carer_visit: For each carer a visit asked for and did not get.
        pounds_per_overtime_hour: On top of the paid hour, beyond a carer's contracted minutes.
        pounds_per_cycle_mile: Mileage paid to those who cycle; walking is not paid by the mile.
        pounds_per_lost_continuity: For each carer who comes and is not one of the client's usual ones.
        pounds_per_gender_mismatch: For each carer who comes and is not of the gender preferred.
        pounds_per_unserved_critical_carer_visit: On top of the unserved visit, where it is medication-critical.
        pounds_per_change: For each carer in a plan made from an earlier one who was not to come to the visit before.
    """

    pounds_per_paid_hour: float
    pounds_per_mile: float
    pounds_per_unserved_carer_visit: float
    pounds_per_overtime_hour: float = 0.0
    pounds_per_cycle_mile: float = 0.0
    pounds_per_lost_continuity: float = 0.0
    pounds_per_gender_mismatch: float = 0.0
    pounds_per_unserved_critical_carer_visit: float = 0.0
    pounds_per_change: float = 0.0

    def per_mile(self, mode: str) -> float:
        """Return the mileage paid by ``mode``."""
        return {"car": self.pounds_per_mile, "walk": 0.0}.get(mode, self.pounds_per_cycle_mile)

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (math.isfinite(value) and 0 <= value <= MOST_POUNDS):
                raise ValueError(f"weights: {field.name} found {value!r}, expected a number from 0 to {MOST_POUNDS:,}")


@cache
def shipped_weights() -> Weights:
    """Return the weights that ship with the package."""
    table = tomllib.loads((files("routing") / "data" / "rounds.toml").read_text(encoding="utf-8"))
    return Weights(**table["weights"])
