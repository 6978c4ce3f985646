"""What moves from band to band when the official classes of 2021 take the place of those of 2011, by district."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.lookup.directory import national_directory
from app.problems import Problem
from app.settings import Settings
from app.storage.areas import StoredAreas, load_areas, place_names
from app.storage.facts import CLASS_YEARS, official_classes
from app.storage.models import DemandSnapshot
from app.usecases.bands.classify import postcodes_around
from app.usecases.bands.shift_pounds import RatesPaid, demand_of_pairs, put_pounds
from app.usecases.demand.figures import rows_of
from app.usecases.demand.gate import Audience, demand_of_snapshot
from geo.banding.definitions import band_names
from geo.banding.features import feature_catalogue
from geo.banding.scheme_files import load_scheme
from geo.points import PointGrid

_HAMLET_METRES = 1_200
_SIGN = "\t"
"""Between a district and a band in one label: no code holds it."""


def census_shift(
    session: Session,
    council: str,
    settings: Settings,
    snapshot: DemandSnapshot,
    rates: RatesPaid,
    audience: Audience,
) -> dict[str, Any]:
    """Areas, people, hours and pounds a year that move between the two classifications.

    Args:
        session: A read session.
        council: Whose.
        settings: Where the installed national directory is kept.
        snapshot: The demand.
        rates: What each service and zone is paid; without any, pounds are left out.
        audience: Whom it is for.

    Returns:
        ``items``, a row a district and pair of bands; ``areas``, those with a class of both years; and
        ``areas_without_both``.

    Raises:
        Problem: no area has a class of both years.
    """
    areas = load_areas(session, council)
    if areas is None:
        raise Problem(409, "nothing-published", "No areas loaded", "Load the council's postcodes first.")
    classes = {year: official_classes(session, council, year) for year in CLASS_YEARS}
    both = np.array([all(area in classes[year] for year in CLASS_YEARS) for area in areas.ids.tolist()])
    if not both.any():
        held = ", ".join(f"{len(classes[year]):,} of {year}" for year in CLASS_YEARS)
        raise Problem(
            409,
            "nothing-published",
            "No classes of both censuses",
            f"Of {len(areas):,} areas found {held} with an official class and none with both. Load a postcode "
            "directory of May 2025 or later, which holds ruc11ind and ruc21ind.",
        )
    near = _postcodes_near(settings, areas)
    was, now = (_banded(areas, classes[year], near, both) for year in CLASS_YEARS)
    items = _moves(session, areas, snapshot, was, now, rates, audience)
    called = place_names(session, council).districts
    for item in items:
        item["district"] = called.get(item["district_code"], item["district_code"])
    return {"items": items, "areas": int(both.sum()), "areas_without_both": int((~both).sum())}


def _postcodes_near(settings: Settings, areas: StoredAreas) -> NDArray[np.int64]:
    """(n,) live postcodes within what the rule of hamlets looks at."""
    around = postcodes_around(national_directory(settings), areas.eastings, areas.northings)
    grid = PointGrid(around[["easting", "northing"]].to_numpy(np.float64))
    return grid.counts_within(np.column_stack([areas.eastings, areas.northings]), (_HAMLET_METRES,))[:, 0]


def _banded(
    areas: StoredAreas, classes: Mapping[str, str], near: NDArray[np.int64], both: NDArray[np.bool_]
) -> dict[str, str]:
    """Band of each area with classes of both years, by the official scheme."""
    ids = areas.ids[both].tolist()
    scheme = load_scheme("official")
    features: dict[str, NDArray[Any]] = {name: np.zeros(len(ids)) for name in feature_catalogue()}
    features["official_class"] = np.array([classes[area] for area in ids])
    features[f"postcodes_{_HAMLET_METRES}m"] = near[both]
    fired = scheme.fired(features, len(ids))
    return {area: scheme.rules[rule].band for area, rule in zip(ids, fired.tolist(), strict=True)}


def _moves(
    session: Session,
    areas: StoredAreas,
    snapshot: DemandSnapshot,
    was: Mapping[str, str],
    now: Mapping[str, str],
    rates: RatesPaid,
    audience: Audience,
) -> list[dict[str, Any]]:
    district = dict(zip(areas.ids.tolist(), areas.districts.tolist(), strict=True))
    to = {area: f"{district[area]}{_SIGN}{band}" for area, band in now.items()}
    pairs = pd.DataFrame({"band": pd.Series(was), "zone": pd.Series(to)}).value_counts().rename("areas").reset_index()
    pairs[["district_code", "to_band"]] = pairs["zone"].str.split(_SIGN, expand=True)
    order = {name: i for i, name in enumerate(band_names())}
    pairs = pairs.sort_values(
        ["district_code", "band", "to_band"], key=lambda column: column.map(lambda text: order.get(text, text))
    )
    index = pd.MultiIndex.from_frame(pairs[["band", "zone"]])
    demand = demand_of_snapshot(session, snapshot, audience).of_areas(set(now))
    out = demand_of_pairs(demand, was, to, index).reset_index(names=["from_band", "zone"]).drop(columns="zone")
    for at, name in enumerate(("areas", "district_code", "to_band")):
        out.insert(at, name, pairs[name].to_numpy())
    items = rows_of(out)
    put_pounds(items, demand, demand, rates, was, to, index, [pair.rpartition(_SIGN)[2] for pair in pairs["zone"]])
    return items
