"""Any council to try in five minutes: real postcodes, made-up areas, synthetic demand, example rates, a first plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select

from app.ingest.national import councils, land
from app.ingest.package_fingerprint import fingerprint
from app.lookup.directory import national_directory
from app.settings import Settings
from app.storage.areas import live_postcodes, load_areas, newest_dataset
from app.storage.database import Database
from app.storage.decisions import bands_of_run, find, publish, published
from app.storage.demand import current_snapshot, save_snapshot
from app.storage.models import BandRun, RateCard, ZonePlan
from app.storage.provenance import made_from
from app.storage.state import bump_state
from app.usecases.bands.classify import ClassifyRequest, classify_areas, store_run
from app.usecases.county.import_postcodes import LICENCE, neighbours_of, places_around
from app.usecases.county.load_county import CountySource, Ground, fingerprint_of, load_county
from app.usecases.demo.brokerage import load_brokerage
from app.usecases.demo.load import ACTOR, SEED, Report
from app.usecases.plans.draw.draw_zones import draw_plan, store_plan
from app.usecases.plans.draw.request import PlanRequest
from app.usecases.plans.publish.status import publish_drawn
from app.usecases.rates.proposal_request import ProposalRequest
from app.usecases.rates.proposals import propose
from app.usecases.rates.publish import publish_card
from geo.councils import Council
from geo.gazetteer import Gazetteer, Status
from geo.made_areas import made_areas
from geo.postcodes import spaced
from geo.synthetic import synthetic_packages
from geo.synthetic_council import council_tables, demand_rates

PLAN = "First zones, drawn to try"
PLAN_SECONDS = 30.0
PLAN_STARTS = 2
FEWEST_ZONES, MOST_ZONES = 2, 40
EXAMPLE_YEAR = "2026-27"
EXAMPLE_CARD = "Example rates"
NOT_YOURS = "Example rates, to try the service with: another council's build-up of 2019-20, moved to 2026-27."


def load_council(
    database: Database, settings: Settings, name: str, report: Report = lambda _share, _stage: None
) -> dict[str, Any]:
    """Load whatever of a council to try is not there yet; a second call changes nothing.

    Args:
        database: Where to.
        settings: Whose short name it is kept under.
        name: The council's name, or a code of any year.
        report: Told how far it is.

    Raises:
        UnknownCouncilError: there is no such council.
    """
    council = councils().find(name)
    report(0.02, "reading the council's postcodes")
    source = council_source(council, national_directory(settings))
    with database.write() as session:
        held = newest_dataset(session, settings.council, "postcodes")
        if held is None or held.sha256 != fingerprint_of(source):
            load_county(
                session,
                settings.council,
                source,
                ACTOR,
                lambda share, stage: report(0.02 + 0.2 * share, stage),
            )
    _bands(database, settings, report)
    hours = _demand(database, settings, report)
    _rates(database, settings)
    zones = int(np.clip(round(hours / 1650), FEWEST_ZONES, MOST_ZONES))
    done = {
        "council": council.name,
        "hours_per_week": round(hours, 1),
        "plan": _plan(database, settings, zones, report),
        "providers": load_brokerage(database, settings),
    }
    report(1.0, "ready")
    return done


def council_source(council: Council, national: Gazetteer) -> CountySource:
    """A council's live postcodes in the installed directory, in made-up areas, as a source to load."""
    of_each = np.asarray(national.districts)[national.district_index].astype("U9")
    mine = np.isin(of_each, sorted(council.every_code)) & (np.asarray(national.easting) >= 0)
    live = np.asarray(national.status)[mine] == int(Status.LIVE)
    points = np.column_stack([national.easting, national.northing]).astype(float)[mine]
    area = np.full(int(mine.sum()), -1)
    area[live] = made_areas(points[live])
    ended = np.asarray(national.terminated)[mine]
    rows = pd.DataFrame(
        {
            "key": np.asarray(national.keys)[mine].astype(str),
            "easting": points[:, 0].astype(int),
            "northing": points[:, 1].astype(int),
            "quality": 0,
            "area_id": [f"MADE{number:06d}" for number in area],
            "parent_code": "",
            "district": of_each[mine],
            "live": live,
            "introduced": "",
            "terminated": np.where(ended > 0, ended.astype(str), ""),
            "area_source": "made-up",
        }
    )
    rows = rows[rows["live"]].reset_index(drop=True)
    names = {code: councils().name_of(code) for code in sorted(set(rows["district"]))}
    return CountySource(
        name=council.name,
        postcodes=rows,
        outline=None,
        districts=names,
        settlements=places_around(rows),
        dataset_name=f"Postcodes of {council.name}, in made-up areas",
        version=national.version,
        source="The installed postcode directory; areas made up by joining neighbouring postcodes to about 130 homes",
        licence=LICENCE,
        ground=Ground(*neighbours_of(rows, national), land=land()),
    )


def _bands(database: Database, settings: Settings, report: Report) -> None:
    with database.read() as session:
        if published(session, BandRun, settings.council) is not None:
            return
        report(0.25, "classifying areas")
        made = classify_areas(session, settings.council, ClassifyRequest(scheme="settlement"), settings)
    run_id = store_run(database, settings.council, made, ACTOR, None)
    with database.write() as session:
        publish(session, find(session, BandRun, settings.council, run_id), ACTOR)


def _demand(database: Database, settings: Settings, report: Report) -> float:
    """Draw and store the synthetic packages once; return the hours a week there are."""
    council = settings.council
    with database.read() as session:
        known = current_snapshot(session, council)
        if known is not None:
            return known.minutes_per_week / 60
        areas = load_areas(session, council)
        run = published(session, BandRun, council)
        assert areas is not None  # noqa: S101 - both were stored a moment ago
        assert run is not None  # noqa: S101
        bands = bands_of_run(session, run.id)
        postcodes = live_postcodes(session, council)
    report(0.4, "drawing synthetic packages")
    points = np.column_stack([areas.eastings, areas.northings])
    tables, locality = council_tables(points, areas.live_postcodes, [bands[area] for area in areas.ids.tolist()])
    localities = {area: tables.zones[number].name for area, number in zip(areas.ids.tolist(), locality, strict=True)}
    frame = postcodes[["area_id"]].assign(postcode=[spaced(key) for key in postcodes["key"]])
    packages = synthetic_packages(frame, bands, localities, seed=SEED, tables=tables)
    with database.write() as session:
        save_snapshot(
            session,
            council,
            packages=packages,
            label="Synthetic demand",
            taken_on=tables.snapshot,
            synthetic=True,
            content_sha256=fingerprint(packages),
            mapping_name=None,
            warnings=[],
            provenance=made_from(
                session,
                dataset_id=areas.dataset_id,
                seed=SEED,
                note=f"{packages.attrs['note']} {tables.sources[0]}",
            ),
            actor=ACTOR,
        )
        bump_state(session, council)
    return float(packages["hours_per_week"].sum())


def _rates(database: Database, settings: Settings) -> None:
    with database.write() as session:
        known = select(RateCard.id).where(RateCard.council == settings.council).limit(1)
        if session.scalar(known) is not None:
            return
        request = ProposalRequest(
            financial_year=EXAMPLE_YEAR, wage="real-living", name=EXAMPLE_CARD, effective_from=demand_rates().day
        )
        found = propose(session, settings.council, request, ACTOR, drafts=True)
        assert found.draft_card_id is not None  # noqa: S101 - a draft is kept unless somebody says otherwise
        accept = dict.fromkeys((warning.code for warning in found.warnings), NOT_YOURS)
        publish_card(session, settings.council, found.draft_card_id, ACTOR, accept=accept)


def _plan(database: Database, settings: Settings, zones: int, report: Report) -> int:
    with database.read() as session:
        standing: ZonePlan | None = published(session, ZonePlan, settings.council)
        if standing is not None:
            return standing.id
    report(0.6, f"drawing {zones} zones")
    request = PlanRequest(name=PLAN, zones=zones, tolerance_share=0.1, seconds=PLAN_SECONDS, starts=PLAN_STARTS, seed=1)
    drawn = draw_plan(
        database, settings.council, request, settings, lambda share, stage: report(0.6 + 0.35 * share, stage)
    )
    plan_id = store_plan(database, settings.council, drawn, ACTOR, None)
    publish_drawn(database, settings, plan_id, ACTOR)
    return plan_id
