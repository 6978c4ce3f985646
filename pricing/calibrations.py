"""Parameter sets that come with the package, each saying what it is and what it is not."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources

from pricing.bands import BandedAssumptions
from pricing.effective import WeeklyHours
from pricing.parsing import parse
from pricing.quantities import Exact, Share, Strict

_FILES = {"leicestershire-2019-20": "leicestershire_2019_20.toml"}


class HoursWorked(Strict):
    """The weekly hours behind the NI and pension shares."""

    pension_participation: Share
    groups: tuple[WeeklyHours, ...]


class Calibration(Strict):
    """A parameter set with its standing, and the published figures it is held against.

    Attributes:
        standing: whether the build-up is published or inferred; show it wherever the lines are shown.
        hours_per_week: maintenance care hours by band, from the same source.
        current_average_pounds_per_hour: the average price before the change.
    """

    name: str
    title: str
    standing: str
    financial_year: str
    fixed_by_the_report: str
    chosen_here: str
    source: str
    source_date: str
    current_average_pounds_per_hour: Exact
    banded: BandedAssumptions
    published_pounds_per_hour: dict[str, Exact]
    hours_per_week: dict[str, Exact]
    weekly_hours: HoursWorked


def calibrations() -> tuple[str, ...]:
    """Names of the parameter sets there are."""
    return tuple(_FILES)


@cache
def calibration(name: str = "leicestershire-2019-20") -> Calibration:
    """Load a parameter set by name.

    Raises:
        KeyError: if there is none of that name; the message lists those there are.
    """
    if name not in _FILES:
        raise KeyError(f"no calibration {name!r}; there are {', '.join(_FILES)}")
    text = resources.files("pricing").joinpath("data", _FILES[name]).read_text(encoding="utf-8")
    return parse(Calibration, tomllib.loads(text, parse_float=Decimal))
