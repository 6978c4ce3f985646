"""What a plan is judged by, in pounds, from ``routing/data/rounds.toml``."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Weights:
    """The price of the parts of a plan.

    Attributes:
        pounds_per_paid_hour: Care, travel and waiting alike.
        pounds_per_mile: Mileage paid.
        pounds_per_unserved_carer_visit: For each carer a visit asked for and did not get.
    """

    pounds_per_paid_hour: float
    pounds_per_mile: float
    pounds_per_unserved_carer_visit: float

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"weights: {field.name} found {value!r}, expected a number of at least 0")


@cache
def shipped_weights() -> Weights:
    """Return the weights that ship with the package."""
    table = tomllib.loads((files("routing") / "data" / "rounds.toml").read_text(encoding="utf-8"))
    return Weights(**table["weights"])
