"""Packages of a snapshot as the rounds take them: a position, visits by length, and the zone and band they count in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.demand import load_packages
from app.storage.models import Area, DemandSnapshot, Postcode, ZonePlan
from app.usecases.demand.figures import labels
from geo.demand import in_force, visit_lengths
from routing.rounds.simulate_visits import Package


@dataclass(frozen=True, slots=True)
class PlanDemand:
    """The packages of a snapshot that are visited, placed in a plan's zones.

    Attributes:
        packages: In order of reference, those of the zones asked for.
        monday: First Monday on or after the snapshot's day.
        without_visits: Packages left out because the source gives no visits for them.
    """

    packages: list[Package]
    monday: date
    without_visits: int


def plan_demand(
    session: Session,
    council: str,
    plan: ZonePlan,
    snapshot: DemandSnapshot,
    zones: list[str] | None = None,
) -> PlanDemand:
    """Read the packages in force on a snapshot's day, with the zone they lie in by a plan and the band in force.

    A package stands at its postcode; at the middle of its area, where the directory no longer has that.

    Args:
        session: A read session.
        council: Whose.
        plan: Whose zones.
        snapshot: Whose packages.
        zones: Only these zones; all where None.

    Raises:
        Problem: no bands are published.
    """
    found = labels(session, council, ["band", "zone"], plan.id)
    frame = in_force(load_packages(session, snapshot.id), snapshot.taken_on)
    frame = frame.assign(
        zone=frame["area_id"].map(pd.Series(found["zones"])), band=frame["area_id"].map(pd.Series(found["bands"]))
    )
    if zones is not None:
        frame = frame[frame["zone"].isin(zones)]
    places = _places(session, council, frame["postcode"])
    areas = _middles(session, council)
    visited = frame[(frame["visits_per_week"] > 0) & frame["zone"].notna() & frame["band"].notna()]
    lengths = visit_lengths(visited)
    packages = [_package(row, lengths, places, areas) for row in visited.to_dict("records")]
    monday = snapshot.taken_on + timedelta((7 - snapshot.taken_on.weekday()) % 7)
    return PlanDemand(packages, monday, len(frame) - len(visited))


def _places(session: Session, council: str, postcodes: pd.Series[Any]) -> dict[str, tuple[int, int]]:
    keys = sorted(set(postcodes.str.replace(" ", "", regex=False)))
    found: dict[str, tuple[int, int]] = {}
    for first in range(0, len(keys), 500):
        rows = session.execute(
            select(Postcode.key, Postcode.easting, Postcode.northing).where(
                Postcode.council == council, Postcode.key.in_(keys[first : first + 500])
            )
        )
        found |= {row.key: (row.easting, row.northing) for row in rows}
    return found


def _middles(session: Session, council: str) -> dict[str, tuple[float, float]]:
    rows = session.execute(select(Area.id, Area.easting, Area.northing).where(Area.council == council))
    return {row.id: (row.easting, row.northing) for row in rows}


def _package(
    row: dict[Any, Any],
    lengths: list[int],
    places: dict[str, tuple[int, int]],
    areas: dict[str, tuple[float, float]],
) -> Package:
    easting, northing = places.get(row["postcode"].replace(" ", ""), areas[row["area_id"]])
    return Package(
        reference=row["reference"],
        easting=float(easting),
        northing=float(northing),
        visits_per_week={length: row[f"visits_{length}"] for length in lengths if row[f"visits_{length}"] > 0},
        carers=int(row["carers_per_visit"]),
        labels={"zone": row["zone"], "band": row["band"]},
    )
