"""The published case's tables of bands and zones, and our assumptions for synthetic packages, from their data files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True)
class ReportZone:
    """One zone of the published case; hours a week of all services."""

    name: str
    tier: str
    main_settlements: tuple[str, ...]
    hours_per_week: int


@dataclass(frozen=True)
class ReportTables:
    """What the synthetic county must add up to.

    Attributes:
        zones: planned hours of all services by zone.
        band_hours: maintenance hours a week by band, densest band first.
        band_rates: pounds an hour by band, as printed.
        snapshot: the day the band hours describe.
        also_known_as: main settlement to other names of it.
        positions: main settlements missing from the open list of places, (easting, northing) in metres.
        sources: where each table stands.
    """

    zones: tuple[ReportZone, ...]
    band_hours: Mapping[str, int]
    band_rates: Mapping[str, str]
    snapshot: date
    also_known_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    positions: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class VisitPlan:
    """A week of visits: visits by minutes, carers at each, relative weight by service."""

    visits: Mapping[int, int]
    carers: int
    weights: Mapping[str, float]

    @property
    def quarters(self) -> int:
        """Care a week of all carers, in quarter-hours."""
        return sum(minutes // 15 * number for minutes, number in self.visits.items()) * self.carers


@dataclass(frozen=True)
class SyntheticAssumptions:
    """How synthetic packages look; every figure is ours, from `synthetic_plans.toml`."""

    services: Mapping[str, float]
    older_factor: Mapping[str, float]
    waiting: Mapping[str, float]
    plans: tuple[VisitPlan, ...]


@cache
def report_tables() -> ReportTables:
    """The tables of Leicestershire's report of January 2020."""
    bands, zones = _toml("report_2020/bands.toml"), _toml("report_2020/zones.toml")
    return ReportTables(
        zones=tuple(
            ReportZone(row["name"], row["tier"], tuple(row["main_settlements"]), row["hours_per_week"])
            for row in zones["zones"]
        ),
        band_hours={row["name"]: row["hours_per_week"] for row in bands["bands"]},
        band_rates={row["name"]: row["pounds_per_hour"] for row in bands["bands"]},
        snapshot=bands["snapshot"],
        also_known_as={name: tuple(others) for name, others in zones["also_known_as"].items()},
        positions={name: (at["easting"], at["northing"]) for name, at in zones["positions"].items()},
        sources=(bands["source"], zones["source"]),
    )


@cache
def synthetic_assumptions() -> SyntheticAssumptions:
    """The assumptions that come with Patchwork."""
    data = _toml("synthetic_plans.toml")
    plans = tuple(
        VisitPlan({int(k): int(v) for k, v in row["visits"].items()}, row.get("carers", 1), row["weights"])
        for row in data["plans"]
    )
    return SyntheticAssumptions(data["services"], data["older_factor"], data["waiting"], plans)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files("geo").joinpath(name).read_text("utf-8"))
