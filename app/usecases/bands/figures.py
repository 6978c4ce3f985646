"""What the bands add up to, what moves between two of them, and where care seems to be missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.problems import Problem, not_found
from app.storage.decisions import bands_of_run, find, published
from app.storage.facts import OLDER_NAMES, TOTAL_NAMES, load_facts
from app.storage.models import Area, BandRun, DemandSnapshot
from app.usecases.bands.shift_pounds import RatesPaid, demand_of_pairs, put_pounds
from app.usecases.demand.figures import rows_of
from app.usecases.demand.gate import Audience, demand_of_snapshot
from geo.banding.definitions import band_names

SHOWN = ("packages", "people", "hours_per_week", "waiting_packages", "waiting_hours_per_week")


def run_or_published(session: Session, council: str, run_id: int | None, statuses: list[str]) -> BandRun:
    """The classification asked for, or the one in force.

    Raises:
        Problem: there is none, or the caller may not see it.
    """
    if run_id is not None:
        run: BandRun | None = find(session, BandRun, council, run_id)
        if run is None or run.status not in statuses:
            raise not_found("classification", run_id)
        return run
    in_force_run: BandRun | None = published(session, BandRun, council)
    if in_force_run is None:
        raise Problem(409, "nothing-published", "No bands published", "Publish a classification first.")
    return in_force_run


def band_totals(
    session: Session, council: str, run: BandRun, snapshot: DemandSnapshot, audience: Audience
) -> dict[str, Any]:
    """Areas, residents, packages, hours and waiting of every band, beside the urban band's hours a head.

    Args:
        session: A read session.
        council: Whose.
        run: The classification.
        snapshot: The demand.
        audience: Whom it is for.

    Returns:
        ``items``, a row a band; ``residents_from``, the measures used, None where none is loaded; and
        ``urban_hours_per_1000_aged_75_plus``, the norm that under-supply is measured against.
    """
    bands = bands_of_run(session, run.id)
    table = demand_of_snapshot(session, snapshot, audience).totals(["band"], bands=bands)
    table = table.set_index("band")[list(SHOWN)]
    # A band without areas, or of exact figures one without packages, has no row: nought.
    absent = [band for band in band_names() if band not in table.index]
    table = table.astype("float64").reindex(list(band_names()))
    table.loc[absent] = 0.0
    table.index.name = "band"
    residents, measures = _residents(session, council, bands)
    table.insert(0, "areas", pd.Series(bands).value_counts().reindex(table.index, fill_value=0))
    hours = table["hours_per_week"]
    for column, name in (
        ("residents", "hours_per_1000_people"),
        ("residents_75_plus", "hours_per_1000_aged_75_plus"),
    ):
        table[column] = residents.get(column, pd.Series(np.nan, index=table.index))
        table[name] = 1000.0 * hours / table[column].where(table[column] > 0)
    norm = float(table["hours_per_1000_aged_75_plus"].iloc[0])
    table["under_supply_hours_per_week"] = norm * table["residents_75_plus"] / 1000.0 - hours
    return {
        "items": rows_of(table.reset_index()),
        "residents_from": measures,
        "urban_hours_per_1000_aged_75_plus": round(norm, 4) if np.isfinite(norm) else None,
    }


def _residents(
    session: Session, council: str, bands: Mapping[str, str]
) -> tuple[dict[str, pd.Series[Any]], dict[str, str | None]]:
    """Residents by band, in all and of 75 and over, and the measures they are from."""
    facts = load_facts(session, council)
    ids = session.scalars(select(Area.id).where(Area.council == council).order_by(Area.position)).all()
    label = pd.Series([bands.get(area, "") for area in ids], dtype=object)
    found: dict[str, pd.Series[Any]] = {}
    measures: dict[str, str | None] = {}
    for column, names in (("residents", TOTAL_NAMES), ("residents_75_plus", OLDER_NAMES)):
        measure = measures[column] = None if facts is None else facts.count_named(names)
        if facts is not None and measure is not None:
            found[column] = (
                pd.Series(facts.counts[measure]).groupby(label).sum().reindex(list(band_names()), fill_value=0.0)
            )
    return found, measures


def band_shift(
    session: Session,
    before: tuple[BandRun, DemandSnapshot],
    after: tuple[BandRun, DemandSnapshot],
    rates: RatesPaid,
    audience: Audience,
) -> list[dict[str, Any]]:
    """What moves from band to band between two classifications, two snapshots, or both.

    Args:
        session: A read session.
        before: Classification and demand of the one side.
        after: Of the other.
        rates: What each service and zone is paid; without any, pounds are left out.
        audience: Whom it is for; without exact figures for sides of one snapshot only.

    Returns:
        a row a pair of bands: ``areas``, ``packages``, ``hours_per_week_before``, ``hours_per_week_after`` and
        ``pounds_per_year`` more (negative: less).
    """
    was, now = bands_of_run(session, before[0].id), bands_of_run(session, after[0].id)
    return shift_between(session, (was, before[1]), (now, after[1]), rates, audience)


def shift_between(
    session: Session,
    before: tuple[Mapping[str, str], DemandSnapshot],
    after: tuple[Mapping[str, str], DemandSnapshot],
    rates: RatesPaid,
    audience: Audience,
) -> list[dict[str, Any]]:
    """The same between two bands of every area, wherever they are from."""
    was, now = before[0], after[0]
    pairs = pd.DataFrame({"band": pd.Series(was), "zone": pd.Series(now)}).dropna().value_counts().rename("areas")
    order = {name: i for i, name in enumerate(band_names())}
    pairs = pairs.sort_index(key=lambda level: level.map(order))
    index = pd.MultiIndex.from_tuples(pairs.index, names=["band", "zone"])
    snapshots = {side.id: side for _, side in (before, after)}
    demands = [demand_of_snapshot(session, side, audience) for side in snapshots.values()]
    first, last = (demand_of_pairs(demand, was, now, index) for demand in (demands[0], demands[-1]))
    out = pd.DataFrame(
        {
            "areas": pairs,
            "packages": last["packages"],
            "hours_per_week_before": first["hours_per_week"],
            "hours_per_week_after": last["hours_per_week"],
        }
    )
    items = rows_of(out.reset_index(names=["from_band", "to_band"]))
    put_pounds(items, demands[0], demands[-1], rates, was, now, index)
    return items
