"""The county's bands and zones as a picture, for where no interactive map can be shown."""

from __future__ import annotations

import geopandas as gpd
from sqlalchemy.orm import Session

from app.exports.picture import draw_county
from app.problems import Problem
from app.storage.areas import load_areas, newest_dataset
from app.storage.decisions import bands_of_run, published, zone_of_areas, zones_of_plan
from app.storage.demand import current_snapshot
from app.storage.models import BandRun, Council, ZonePlan
from app.usecases.service.overview import SYNTHETIC_LABEL
from geo.banding.definitions import band_definitions


def county_picture(session: Session, council: str, colour_by: str = "band", plan: ZonePlan | None = None) -> bytes:
    """Draw the bands in force and the zones of a plan as a PNG, areas coloured by ``band`` or by ``zone``.

    Args:
        session: A session that reads.
        council: Code of the council.
        colour_by: ``"band"`` or ``"zone"``.
        plan: Whose zones; those of the plan in force when None.

    Raises:
        Problem: no areas are loaded.
    """
    areas = load_areas(session, council)
    if areas is None:
        raise Problem(409, "nothing-published", "No areas loaded", "Load the council's postcodes first.")
    run = published(session, BandRun, council)
    plan = plan or published(session, ZonePlan, council)
    bands = bands_of_run(session, run.id) if run else {}
    zone_numbers = zone_of_areas(session, plan.id) if plan else {}
    ids = areas.ids.tolist()
    area_frame = gpd.GeoDataFrame(
        {
            "area_id": ids,
            "band": [bands.get(area) for area in ids],
            "zone_number": [zone_numbers.get(area) for area in ids],
        },
        geometry=areas.polygons,
        crs=27700,
    )
    zones = zones_of_plan(session, plan.id) if plan else []
    zone_frame = gpd.GeoDataFrame(
        {"number": [zone.number for zone in zones], "name": [zone.name for zone in zones]},
        geometry=[zone.polygon for zone in zones],
        crs=27700,
    )
    row, dataset = session.get(Council, council), newest_dataset(session, council, "postcodes")
    snapshot = current_snapshot(session, council)
    return draw_county(
        area_frame,
        zone_frame if zones else None,
        [{"band": band.name, "label": band.title} for band in band_definitions()],
        colour_by=colour_by,
        title=f"{row.name if row else council}: home-care zones and bands",
        label=SYNTHETIC_LABEL if snapshot and snapshot.synthetic else None,
        attribution=dataset.licence if dataset else "",
    )
