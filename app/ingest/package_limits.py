"""The limits an import holds a file and its packages to, read from `package_limits.toml` where each has its reason."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from app.ingest.tables import TableLimits


@dataclass(frozen=True, slots=True)
class PackageLimits:
    """What a package may be. Hours are a week's, minutes a visit's."""

    file: TableLimits
    max_characters: int
    max_carers: int
    max_hours_per_carer: float
    question_hours_above: float
    max_decimal_slip_minutes: float
    max_relative_slip: float
    min_visit_minutes: int
    max_visit_minutes: int
    max_visits_per_week: float
    earliest: date
    max_years_ahead: int


@cache
def package_limits() -> PackageLimits:
    """The limits that come with Patchwork."""
    data = tomllib.loads((files("app.ingest") / "package_limits.toml").read_text("utf-8"))
    hours, visits, dates = data["hours"], data["visits"], data["dates"]
    return PackageLimits(
        file=TableLimits(**data["file"]),
        max_characters=data["text"]["max_characters"],
        max_carers=data["carers"]["max"],
        max_hours_per_carer=hours["max_per_carer"],
        question_hours_above=hours["question_above"],
        max_decimal_slip_minutes=hours["max_decimal_slip_minutes"],
        max_relative_slip=hours["max_relative_slip"],
        min_visit_minutes=visits["min_minutes"],
        max_visit_minutes=visits["max_minutes"],
        max_visits_per_week=visits["max_per_week"],
        earliest=dates["earliest"],
        max_years_ahead=dates["max_years_ahead"],
    )
