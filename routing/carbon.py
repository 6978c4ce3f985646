"""Carbon of a mile driven, from the published conversion factors in ``data/carbon.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from routing.model import METRES_PER_MILE


@cache
def average_car_kg_co2_per_mile() -> float:
    """Return kilograms of CO2 equivalent an average petrol car gives off in a mile (tailpipe only)."""
    table = tomllib.loads((files("routing") / "data" / "carbon.toml").read_text(encoding="utf-8"))
    return float(table["average_car"]["kg_co2e_per_km"]) * METRES_PER_MILE / 1000.0
