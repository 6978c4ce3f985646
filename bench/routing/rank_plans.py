"""The zone engine's pounds a year of several plans beside simulated rounds: rank correlation and error.

    PATCHWORK_DATA_DIR=var python bench/routing/rank_plans.py [--days 1] [--providers 3] [--seed 0] [--out FILE]

Works on an installation with the demonstration county (`patchwork demo`). Plans: the two it comes with, others drawn
with fewer and more zones, and one of strips from west to east that nobody would choose. New plans are kept as drafts,
and used again by the next run. Demand and workforce are synthetic.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from sqlalchemy import select

from app.cli.rounds_plans import ranking_text
from app.settings import Settings, get_settings
from app.storage.areas import load_areas
from app.storage.database import Database
from app.storage.models import ZonePlan
from app.usecases.draw_zones import PlanRequest, draw_plan, store_plan
from app.usecases.import_plan import PlanImport, import_plan
from app.usecases.rounds_ranking import RankRequest, rank_plans

ACTOR = "bench"
DRAWN = (6, 10, 20, 30)
STRIPS = 14


def _plan(database: Database, council: str, name: str) -> int | None:
    with database.read() as session:
        found = select(ZonePlan.id).where(ZonePlan.council == council, ZonePlan.name == name).order_by(ZonePlan.id)
        return session.scalar(found.limit(1))


def _strips(database: Database, settings: Settings) -> int:
    council, name = settings.council, f"{STRIPS} strips from west to east"
    known = _plan(database, council, name)
    if known is not None:
        return known
    with database.write() as session:
        areas = load_areas(session, council)
        assert areas is not None, "load the demonstration county first: patchwork demo"
        zone = np.argsort(np.argsort(areas.eastings)) * STRIPS // len(areas) + 1
        request = PlanImport.model_validate(
            {
                "name": name,
                "zones": [{"number": i + 1, "name": f"Strip {i + 1}"} for i in range(STRIPS)],
                "zone_by_area": dict(zip(areas.ids.tolist(), zone.tolist(), strict=True)),
            }
        )
        return import_plan(session, council, request, settings, ACTOR).id


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--providers", type=int, default=3)
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
    plans.append(_strips(database, settings))
    began = time.perf_counter()
    request = RankRequest(
        plan_ids=tuple(plans),
        days=asked.days,
        providers_per_zone=asked.providers,
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
