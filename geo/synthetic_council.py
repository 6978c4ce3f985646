"""What a made-up council's demand adds up to: hours by band and locality, from stated rates per 1,000 people."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.made_areas import grouped
from geo.synthetic_report import ReportTables, ReportZone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import numpy.typing as npt


@dataclass(frozen=True)
class DemandRates:
    """How much care a made-up council has; from ``synthetic_council.toml``.

    Attributes:
        source: Where the rates are from.
        day: The day the demand describes.
        people_a_postcode: People that a live postcode stands for.
        hours_per_1000_people: Hours of all home care a week by band.
        maintenance_share: Share of the hours that is ordinary maintenance care.
        hours_a_locality: Hours a week of one locality, roughly.
    """

    source: str
    day: date
    people_a_postcode: float
    hours_per_1000_people: Mapping[str, float]
    maintenance_share: float
    hours_a_locality: float


@cache
def demand_rates() -> DemandRates:
    """The rates that come with Patchwork."""
    data: dict[str, Any] = tomllib.loads(files("geo").joinpath("synthetic_council.toml").read_text("utf-8"))
    return DemandRates(
        source=data["source"],
        day=data["day"],
        people_a_postcode=data["homes_a_postcode"] * data["people_a_home"],
        hours_per_1000_people=data["hours_per_1000_people"],
        maintenance_share=data["services"]["maintenance_share"],
        hours_a_locality=data["services"]["hours_a_locality"],
    )


def council_tables(
    points: npt.NDArray[np.float64],
    live_postcodes: npt.NDArray[np.int64],
    bands: Sequence[str],
    rates: DemandRates | None = None,
) -> tuple[ReportTables, npt.NDArray[np.int64]]:
    """Totals for a council's synthetic demand, and the locality of each area.

    Args:
        points: (n, 2) centres of the areas, metres.
        live_postcodes: (n,) of each area.
        bands: (n,) band of each area.
        rates: Those of :func:`demand_rates` where left out.

    Returns:
        Tables as :func:`geo.synthetic.synthetic_packages` takes them, and (n,) number of each area's locality, whose
        name in the tables is ``Locality`` and the number counted from 1.
    """
    given = rates or demand_rates()
    hours_per_1000 = np.array([given.hours_per_1000_people[band] for band in bands])
    hours = live_postcodes * given.people_a_postcode / 1000 * hours_per_1000
    localities = max(1, round(float(hours.sum()) / given.hours_a_locality))
    locality = grouped(points, len(points) / localities)
    of_locality = np.bincount(locality, weights=hours)
    names = [name for name in given.hours_per_1000_people if name in set(bands)]
    of_band = {name: float(hours[[band == name for band in bands]].sum()) for name in names}
    tables = ReportTables(
        zones=tuple(
            ReportZone(f"Locality {number + 1}", "large", (), max(20, round(float(total))))
            for number, total in enumerate(of_locality)
        ),
        band_hours={name: round(total * given.maintenance_share) for name, total in of_band.items()},
        band_rates={},
        snapshot=given.day,
        sources=(given.source,),
    )
    return tables, locality
