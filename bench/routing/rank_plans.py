"""The pounds a year of several plans beside simulated rounds: rank correlation and error.

    PATCHWORK_DATA_DIR=var python bench/routing/rank_plans.py [--days 1] [--providers 12] [--planned 2] [--seed 0]

Works on an installation with the demonstration county (`patchwork demo`). Plans: the two it comes with, others drawn
with 6 to 30 zones, zones of what is nearest to random places, and strips that nobody would choose. New plans are kept
as drafts, and used again by the next run. The same seed plans the same packages in every plan; another seed, others:
what two seeds say of one plan tells how much the rounds' own figures are worth. Demand and workforce are synthetic.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from app.cli.rounds_plans import ranking_text
from app.settings import Settings, get_settings
from app.storage.areas import StoredAreas, load_areas
from app.storage.database import Database
from app.storage.models import ZonePlan
from app.usecases.plans.draw.draw_zones import PlanRequest, draw_plan, store_plan
from app.usecases.plans.imports.import_plan import PlanImport, import_plan
from app.usecases.rounds.ranking import RankRequest, rank_plans
from app.usecases.travel.roads import travel_model

ACTOR = "bench"
DRAWN = (6, 8, 10, 12, 16, 20, 25, 30)
RANDOM_PLACES = ((8, 6), (14, 3), (20, 5))
"""Zones, and seed of the places that areas go to the nearest of."""
STRIPS = (("west to east", 14), ("south to north", 8), ("south to north", 20))


def _plan(database: Database, council: str, name: str) -> int | None:
    with database.read() as session:
        found = select(ZonePlan.id).where(ZonePlan.council == council, ZonePlan.name == name).order_by(ZonePlan.id)
        return session.scalar(found.limit(1))


def _made_up(settings: Settings, areas: StoredAreas) -> dict[str, NDArray[np.int64]]:
    """Zone of each area, from 0, in plans that no engine drew."""
    places = np.column_stack([areas.eastings, areas.northings])
    found: dict[str, NDArray[np.int64]] = {}
    for zones, seed in RANDOM_PLACES:
        at = np.random.default_rng(seed).choice(len(areas), zones, replace=False)
        minutes = travel_model(settings).minutes(places, places[at])
        found[f"{zones} zones, nearest to random places"] = minutes.argmin(axis=1).astype(np.int64)
    for way, zones in STRIPS:
        along = areas.eastings if way == "west to east" else areas.northings
        found[f"{zones} strips from {way}"] = np.argsort(np.argsort(along)) * zones // len(areas)
    return found


def _imported(database: Database, settings: Settings) -> list[int]:
    council = settings.council
    with database.read() as session:
        areas = load_areas(session, council)
    assert areas is not None, "load the demonstration county first: patchwork demo"
    plans = []
    for name, zone in _made_up(settings, areas).items():
        known = _plan(database, council, name)
        if known is None:
            numbers = np.unique(zone, return_inverse=True)[1] + 1
            request = PlanImport.model_validate(
                {
                    "name": name,
                    "zones": [{"number": i, "name": f"Zone {i}"} for i in range(1, int(numbers.max()) + 1)],
                    "zone_by_area": dict(zip(areas.ids.tolist(), numbers.tolist(), strict=True)),
                }
            )
            with database.write() as session:
                known = import_plan(session, council, request, settings, ACTOR).id
        plans.append(known)
    return plans


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--providers", type=int, default=12)
    parser.add_argument("--planned", type=int, default=2)
    parser.add_argument("--solutions", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    settings = get_settings()
    database, council = Database(settings.resolved_database_url), settings.council
    with database.read() as session:
        plans = list(
            session.scalars(select(ZonePlan.id).where(ZonePlan.council == council, ZonePlan.created_by != ACTOR))
        )[:2]
    for zones in DRAWN:
        name = f"{zones} zones, drawn for the ranking"
        known = _plan(database, council, name)
        if known is None:
            request = PlanRequest(name=name, zones=zones, seconds=30, starts=1, seed=1, tolerance_share=0.1)
            known = store_plan(database, council, draw_plan(database, council, request, settings), ACTOR, None)
        plans.append(known)
    plans += _imported(database, settings)
    began = time.perf_counter()
    request = RankRequest(
        plan_ids=tuple(plans),
        days=asked.days,
        providers_per_zone=asked.providers,
        planned_per_zone=asked.planned,
        solutions_per_round=asked.solutions,
        seed=asked.seed,
    )
    found = rank_plans(
        database, council, request, settings, lambda share, stage: print(f"{share:4.0%} {stage}", flush=True)
    )
    print(ranking_text(found))
    print(f"{time.perf_counter() - began:.0f} s, {sum(row['provider_days'] for row in found['plans'])} rounds planned")
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1), encoding="utf-8")
    database.dispose()


if __name__ == "__main__":
    main()
