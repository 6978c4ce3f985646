"""A plan, with its areas or postcodes, or a rate card, gathered for a file."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.exports.files import write_layers
from app.problems import Problem
from app.storage.areas import live_postcodes, load_areas, place_names
from app.storage.decisions import zone_of_areas, zones_of_plan
from app.storage.demand import current_snapshot
from app.storage.models import Area, DemandSnapshot, RateCard, ZonePlan
from app.storage.rate_cards import rates_of_card
from app.usecases.demand.gate import Audience
from app.usecases.demand.set_aside import sentence, set_aside_of
from app.usecases.plans.measure.figures import plan_zones
from app.usecases.rates.set_rates import bands_in_force
from app.usecases.service.overview import SYNTHETIC_LABEL
from geo.postcodes import spaced


def export_plan(
    session: Session, council: str, plan: ZonePlan, form: str, audience: Audience, *, first: str = "zones"
) -> bytes:
    """A plan as a file: its zones and its areas; forms that hold one layer hold the one named ``first``.

    Raises:
        Problem: no areas are loaded.
    """
    areas = load_areas(session, council)
    if areas is None:
        raise Problem(409, "nothing-published", "No areas loaded", "Load the council's postcodes first.")
    zones = zones_of_plan(session, plan.id)
    zone_frame = gpd.GeoDataFrame(
        pd.DataFrame(plan_zones(session, council, plan, audience)),
        geometry=[zone.polygon for zone in zones],
        crs=27700,
    )
    numbers, bands = zone_of_areas(session, plan.id), bands_in_force(session, council)
    names = {zone.number: zone.name for zone in zones}
    ids, called = areas.ids.tolist(), place_names(session, council)
    towns = dict(session.execute(select(Area.id, Area.settlement).where(Area.council == council)).all())
    area_frame = gpd.GeoDataFrame(
        {
            "area_id": ids,
            "zone_number": [numbers[area] for area in ids],
            "zone": [names[numbers[area]] for area in ids],
            "band": [bands.get(area) for area in ids],
            "settlement": [towns.get(area) for area in ids],
            "district_code": areas.districts,
            "district": [called.districts.get(code, code) for code in areas.districts.tolist()],
            "ward_code": called.ward_codes,
            "ward": [called.wards.get(code, code) for code in called.ward_codes.tolist()],
            "live_postcodes": areas.live_postcodes,
        },
        geometry=areas.polygons,
        crs=27700,
    )
    layers = {"zones": zone_frame, "areas": area_frame}
    counted = current_snapshot(session, council)
    return write_layers({first: layers.pop(first), **layers}, form, _notes(plan) | _demand(counted, audience))


def export_postcodes(session: Session, council: str, plan: ZonePlan, form: str, audience: Audience) -> bytes:
    """Every live postcode with its zone and band: the table that other systems load.

    Packages set aside have none of these postcodes, so that what another system counts by zone will miss them: said.
    """
    numbers, bands = zone_of_areas(session, plan.id), bands_in_force(session, council)
    names = {zone.number: zone.name for zone in zones_of_plan(session, plan.id)}
    frame = live_postcodes(session, council)
    frame = gpd.GeoDataFrame(
        {
            "postcode": [spaced(key) for key in frame["key"]],
            "zone_number": [numbers[area] for area in frame["area_id"]],
            "zone": [names[numbers[area]] for area in frame["area_id"]],
            "band": [bands.get(area) for area in frame["area_id"]],
            "area_id": frame["area_id"],
        },
        geometry=gpd.points_from_xy(frame["easting"], frame["northing"]),
        crs=27700,
    )
    counted = current_snapshot(session, council)
    return write_layers({"postcodes": frame}, form, _notes(plan) | _set_aside(counted, audience))


def export_card(session: Session, card: RateCard, form: str) -> bytes:
    """A rate card as a table of every band's lines."""
    rows = []
    for rate in rates_of_card(session, card.id):
        rows += [
            {"band": rate.band, "item": line["name"], "pounds_per_contact_hour": float(line["pounds_per_contact_hour"])}
            for line in rate.lines
        ]
        rows.append(
            {
                "band": rate.band,
                "item": "Unrounded price",
                "pounds_per_contact_hour": float(rate.unrounded_pounds_per_hour),
            }
        )
        rows.append({"band": rate.band, "item": "Rate", "pounds_per_contact_hour": float(rate.pounds_per_hour)})
    notes = {
        "rate card": f"{card.name}, version {card.version}",
        "status": card.status,
        "effective from": str(card.effective_from),
        "basis": card.basis,
        "code version": str(card.provenance.get("code_version")),
    }
    frame = gpd.GeoDataFrame(pd.DataFrame(rows))
    return write_layers({"rates": frame}, form, notes)


def _demand(snapshot: DemandSnapshot | None, audience: Audience) -> dict[str, str]:
    """Which demand the figures of zones are of: files always hold the current one, protected."""
    if snapshot is None:
        return {"demand": "none loaded"}
    made_up = f"{SYNTHETIC_LABEL} " if snapshot.synthetic else ""
    told = f"{made_up}Snapshot {snapshot.id} of {snapshot.taken_on}, in whole steps, small cells withheld."
    return {"demand": told} | _set_aside(snapshot, audience)


def _set_aside(snapshot: DemandSnapshot | None, audience: Audience) -> dict[str, str]:
    """That packages are in the file and in no total, where any are."""
    aside = "" if snapshot is None else sentence(set_aside_of(snapshot, audience))
    return {"set aside": aside} if aside else {}


def _notes(plan: ZonePlan) -> dict[str, str]:
    snapshot = plan.provenance.get("snapshot") or {}
    return {
        "plan": plan.name,
        "plan number": str(plan.id),
        "status": plan.status,
        "method": plan.method,
        "made at": str(plan.provenance.get("made_at")),
        "code version": str(plan.provenance.get("code_version")),
        "demand": SYNTHETIC_LABEL if snapshot.get("synthetic") else f"snapshot {snapshot.get('id')}",
        "licence": "Contains OS data, Royal Mail data and National Statistics data, Crown copyright and database "
        "right; Open Government Licence v3.0.",
    }
