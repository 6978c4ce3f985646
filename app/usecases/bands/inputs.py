"""What is known of every area that a band may rest on: its place, care, residents and official class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.areas import StoredAreas
from app.storage.demand import current_snapshot, load_packages
from app.storage.facts import OLDER_NAMES, TOTAL_NAMES, load_facts
from app.storage.models import Area
from app.usecases.demand.figures import snapshot_or_current
from geo.demand import in_force, totals


@dataclass(frozen=True)
class Known:
    """Areas as :func:`geo.bands.classify` takes them, and where their columns are from.

    Attributes:
        table: a row an area, in order of position; columns beyond the position only where loaded.
        demand: the snapshot, or what stands in for one.
        official_classes: how many areas have an official class.
        residents_75_plus: the measure used, None where none is loaded.
    """

    table: pd.DataFrame
    demand: str
    official_classes: int
    residents_75_plus: str | None


def demand_of(session: Session, council: str, snapshot_id: int | None) -> int | None:
    """Number of the snapshot asked for, else of the current one, else None.

    Raises:
        Problem: there is no such snapshot.
    """
    if snapshot_id is not None:
        return snapshot_or_current(session, council, snapshot_id).id
    current = current_snapshot(session, council)
    return None if current is None else current.id


def known_of_areas(session: Session, council: str, areas: StoredAreas, snapshot_id: int | None) -> Known:
    """Gather what is loaded of every area.

    Args:
        session: A read session.
        council: Whose.
        areas: Its areas.
        snapshot_id: Demand whose packages in force on its day count; None for none.

    Raises:
        Problem: there is no such snapshot.
    """
    table = pd.DataFrame({"area_id": areas.ids, "easting": areas.eastings, "northing": areas.northings})
    official = session.scalars(select(Area.official_class).where(Area.council == council).order_by(Area.position)).all()
    table["official_class"] = [code or "" for code in official]
    facts = load_facts(session, council)
    measures: dict[str, str] = {}
    for column, names in (("people", TOTAL_NAMES), ("people_75_plus", OLDER_NAMES)):
        measure = None if facts is None else facts.count_named(names)
        if facts is not None and measure is not None:
            measures[column] = measure
            table[column] = facts.counts[measure]
    demand = "none loaded: every live postcode stands for the same"
    if snapshot_id is not None:
        snapshot = snapshot_or_current(session, council, snapshot_id)
        packages = in_force(load_packages(session, snapshot.id), snapshot.taken_on)
        by_area = totals(packages, ["area_id"], on=snapshot.taken_on).set_index("area_id")
        by_area = by_area.reindex(areas.ids, fill_value=0)
        for column in ("hours_per_week", "visits_per_week", "packages"):
            table[column] = by_area[column].to_numpy(np.float64)
        demand = f"snapshot {snapshot.id} of {snapshot.taken_on.isoformat()}"
    return Known(table, demand, sum(code is not None for code in official), measures.get("people_75_plus"))
