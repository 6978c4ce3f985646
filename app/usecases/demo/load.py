"""The demonstration county: Leicestershire's real postcodes, synthetic demand, and the published case's decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select

from app.ingest.package_fingerprint import fingerprint
from app.ingest.postcode_directory import County
from app.ingest.postcode_directory import load_county as read_county
from app.settings import Settings
from app.storage.areas import StoredAreas, live_postcodes, load_areas, newest_dataset
from app.storage.database import Database
from app.storage.decisions import bands_of_run, find, publish, published, save_plan
from app.storage.demand import current_snapshot, save_snapshot
from app.storage.models import BandOverride, BandRun, RateCard, ZonePlan
from app.storage.provenance import made_from
from app.storage.state import bump_state
from app.usecases.bands.classify import ClassifyRequest, classify_areas, store_run
from app.usecases.bands.overrides import add_override
from app.usecases.county.load_county import CountySource, ensure_council, fingerprint_of, load_county
from app.usecases.demo.brokerage import load_brokerage
from app.usecases.plans.draw.draw_zones import draw_plan, store_plan
from app.usecases.plans.draw.request import PlanRequest, ZoneWanted
from app.usecases.plans.measure.checks import DEFAULT_TOLERANCE, plan_checks
from app.usecases.plans.measure.costs import Priorities, measured_plan
from app.usecases.plans.measure.inputs import plan_inputs
from app.usecases.plans.measure.rules.rule import Labelled
from app.usecases.plans.publish.status import publish_drawn
from app.usecases.rates.publish import publish_card
from app.usecases.rates.set_rates import CardRequest, draft_card
from geo.banding.overrides import report_overrides
from geo.plans.editing import ZoneRow
from geo.postcodes import spaced
from geo.synthetic import ReferenceZones, reference_zones, report_tables, synthetic_packages
from geo.zoning.plan.boundaries import dissolve
from pricing import calibration

ACTOR = "demo"
SEED = 20200120
PLAN_SECONDS = 90.0
PLAN_STARTS = 4
"""A few starts, not a time, so that the county's plan is the same on every machine."""
RECONSTRUCTED = "Report zones, January 2020 (our reconstruction)"
OPTIMISED = "Fourteen zones, optimised"
CARD = "Leicestershire November 2020"
CARD_FROM = date(2020, 11, 1)
OLD_MONEY = "The report's own prices, of January 2020, for a contract from November 2020."
LICENCE = (
    "Contains OS data, Royal Mail data and National Statistics data, each Crown copyright and database right; "
    "Open Government Licence v3.0. Place names: GeoNames, CC BY 4.0."
)
Report = Callable[[float, str], None]


def load_demo(database: Database, settings: Settings, report: Report = lambda _share, _stage: None) -> dict[str, Any]:
    """Load whatever of the demonstration county is not there yet; a second call changes nothing.

    Every part is stored in a transaction of its own, so a call that was cut off is completed by the next one.
    """
    council = settings.council
    done: dict[str, Any] = {}
    report(0.02, "reading the county's postcodes")
    county = read_county("leicestershire")
    source = county_source(county)
    with database.write() as session:
        ensure_council(session, council, source.name)
        held = newest_dataset(session, council, "postcodes")
        if held is None or held.sha256 != fingerprint_of(source):
            done["postcodes"] = load_county(
                session, council, source, ACTOR, lambda share, stage: report(0.02 + 0.2 * share, stage)
            )
    done["bands"] = _bands(database, settings, report)
    zones = _demand(database, settings, county, report)
    _reconstructed_plan(database, settings, zones)
    done["rates"] = _rates(database, council)
    done["plan"] = _optimised_plan(database, settings, zones, report)
    report(0.97, "keeping synthetic providers and requests")
    done["providers"] = load_brokerage(database, settings)
    report(1.0, "ready")
    return done


def county_source(county: County) -> CountySource:
    """The shipped derived files as a source to load."""
    table = county.postcodes.rename(columns={"oa11": "area_id", "lsoa11": "parent_code"})
    table = table.assign(
        live=table["status"] == "live",
        introduced=table["introduced"].astype(str).replace("0", ""),
        terminated=table["terminated"].astype(str).replace("0", ""),
    )
    return CountySource(
        name="Leicestershire",
        postcodes=table,
        outline=county.outline,
        districts=county.districts,
        settlements=county.settlements,
        dataset_name="Postcodes of Leicestershire's seven districts",
        version="Code-Point Open May 2025, ONS lookup May 2022",
        source="Derived from Code-Point Open and the ONS postcode lookup; see app/data/README.md",
        licence=LICENCE,
    )


def _bands(database: Database, settings: Settings, report: Report) -> int:
    council = settings.council
    with database.write() as session:
        if session.scalar(select(BandOverride.id).where(BandOverride.council == council).limit(1)) is None:
            for override in report_overrides():
                add_override(
                    session,
                    council,
                    {
                        "kind": override.kind,
                        "target": override.name,
                        "easting": override.easting,
                        "northing": override.northing,
                        "band": override.band,
                        "reason": override.reason,
                        "author": override.author,
                        "decided_on": override.decided,
                        "review_on": override.review,
                    },
                    ACTOR,
                )
    with database.read() as session:
        standing: BandRun | None = published(session, BandRun, council)
        if standing is not None:
            return standing.id
        report(0.25, "reading the national postcode directory and classifying areas")
        made = classify_areas(session, council, ClassifyRequest(scheme="settlement", smooth=True), settings)
    run_id = store_run(database, council, made, ACTOR, None)
    with database.write() as session:
        publish(session, find(session, BandRun, council, run_id), ACTOR)
    return run_id


def _demand(database: Database, settings: Settings, county: County, report: Report) -> dict[str, str]:
    """Draw and store the synthetic packages once; return the reconstructed report zone of every area."""
    council = settings.council
    with database.read() as session:
        areas = _areas(load_areas(session, council))
        run = published(session, BandRun, council)
        bands = bands_of_run(session, run.id)
        postcodes = live_postcodes(session, council)
        known = current_snapshot(session, council)
    report(0.4, "reconstructing the report's zones")
    found: ReferenceZones = reference_zones(
        areas.eastings,
        areas.northings,
        areas.adjacency,
        county.settlements,
        report_tables(),
        weights=areas.live_postcodes.astype(float),
    )
    zones = dict(zip(areas.ids.tolist(), found.zone.tolist(), strict=True))
    if known is not None:
        return zones
    report(0.45, "drawing synthetic packages")
    frame = postcodes[["area_id"]].assign(postcode=[spaced(key) for key in postcodes["key"]])
    packages = synthetic_packages(frame, bands, zones, seed=SEED)
    with database.write() as session:
        save_snapshot(
            session,
            council,
            packages=packages,
            label="Synthetic demand, July 2019",
            taken_on=report_tables().snapshot,
            synthetic=True,
            content_sha256=fingerprint(packages),
            mapping_name=None,
            warnings=[],
            provenance=made_from(
                session, dataset_id=areas.dataset_id, seed=SEED, note=packages.attrs["note"], zones=list(found.notes)
            ),
            actor=ACTOR,
        )
        bump_state(session, council)
    return zones


def _areas(areas: StoredAreas | None) -> StoredAreas:
    if areas is None:
        raise RuntimeError("the county's areas were loaded a moment ago and are gone")
    return areas


def _plan_named(database: Database, council: str, name: str) -> int | None:
    with database.read() as session:
        return session.scalar(
            select(ZonePlan.id).where(ZonePlan.council == council, ZonePlan.name == name).order_by(ZonePlan.id).limit(1)
        )


def _reconstructed_plan(database: Database, settings: Settings, zone_names: dict[str, str]) -> None:
    council = settings.council
    if _plan_named(database, council, RECONSTRUCTED) is not None:
        return
    tables = report_tables()
    order = [zone.name for zone in tables.zones]
    with database.write() as session:
        areas = _areas(load_areas(session, council))
        snapshot = current_snapshot(session, council)
        labels = np.array([order.index(zone_names[area]) for area in areas.ids.tolist()])
        rows = [ZoneRow(i + 1, zone.name, zone.tier, float(zone.hours_per_week)) for i, zone in enumerate(tables.zones)]
        inputs = plan_inputs(session, council, settings)
        measured = measured_plan(inputs, len(rows), labels, Priorities())
        checks = plan_checks(Labelled(inputs, rows, measured, (), DEFAULT_TOLERANCE, Priorities()))
        save_plan(
            session,
            council,
            name=RECONSTRUCTED,
            method="reconstructed",
            snapshot_id=snapshot.id if snapshot else None,
            zones=[
                {**asdict(row), "base_area_id": check["base_area_id"]}
                for row, check in zip(rows, checks["zones"], strict=True)
            ],
            polygons=list(dissolve(areas.polygons, labels, zones=len(order))),
            zone_of_area=dict(zip(areas.ids.tolist(), (labels + 1).tolist(), strict=True)),
            parameters={},
            report={
                "note": "The report publishes no boundaries; grown from its main settlements.",
                **checks["figures"],
                "hours_by_zone": [row["hours_per_week"] for row in checks["zones"]],
                "broken_rules": checks["broken_rules"],
            },
            provenance=made_from(session, dataset_id=areas.dataset_id, snapshot=snapshot),
            actor=ACTOR,
        )


def _rates(database: Database, council: str) -> int:
    with database.write() as session:
        known = session.scalar(select(RateCard.id).where(RateCard.council == council, RateCard.name == CARD).limit(1))
        if known is not None:
            return known
        chosen = calibration("leicestershire-2019-20")
        card = draft_card(
            session,
            council,
            CardRequest(
                name=CARD,
                effective_from=CARD_FROM,
                financial_year=chosen.financial_year,
                basis=chosen.standing,
                assumptions=chosen.banded,
            ),
            ACTOR,
        )
        publish_card(session, council, card.id, ACTOR, accept={"stale-year": OLD_MONEY})
        return card.id


def _optimised_plan(database: Database, settings: Settings, zone_names: dict[str, str], report: Report) -> int:
    council = settings.council
    known = _plan_named(database, council, OPTIMISED)
    if known is not None:
        return known
    report(0.6, "drawing fourteen zones")
    with database.read() as session:
        areas = _areas(load_areas(session, council))
        request = PlanRequest(
            name=OPTIMISED,
            wanted=wanted_zones(areas, zone_names),
            seconds=PLAN_SECONDS,
            starts=PLAN_STARTS,
            seed=1,
        )
    drawn = draw_plan(database, council, request, settings, lambda share, stage: report(0.6 + 0.35 * share, stage))
    plan_id = store_plan(database, council, drawn, ACTOR, None)
    publish_drawn(database, settings, plan_id, ACTOR)
    return plan_id


def wanted_zones(areas: StoredAreas, zone_names: dict[str, str]) -> list[ZoneWanted]:
    """The report's fourteen zones with its planned hours, each holding the heart of its first main settlement."""
    county = read_county("leicestershire")
    tables = report_tables()
    places = {row["name"]: (row["easting"], row["northing"]) for row in county.settlements.to_dict("records")}
    wanted = []
    for zone in tables.zones:
        names = [
            other
            for name in zone.main_settlements
            for other in (name, *tables.also_known_as.get(name, ()))
            if other in places or other in tables.positions
        ]
        at = places.get(names[0]) or tables.positions[names[0]]
        mine = np.array([zone_names[area] == zone.name for area in areas.ids.tolist()])
        away = np.where(mine, np.hypot(areas.eastings - at[0], areas.northings - at[1]), np.inf)
        wanted.append(
            ZoneWanted(
                name=zone.name,
                tier=zone.tier,
                target_hours_per_week=float(zone.hours_per_week),
                areas=[str(areas.ids[int(np.argmin(away))])],
            )
        )
    return wanted
