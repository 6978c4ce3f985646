"""Questions to the domain from the command line: bands and zones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from app.cli.output import (
    AsJson,
    fail,
    give,
    open_database,
    problems_as_messages,
    progress_line,
    settings_in_force,
)
from app.logs import configure_logs
from app.lookup.directory import national_directory
from app.storage.decisions import find, publish
from app.storage.models import BandRun, ZonePlan
from app.usecases.classify import ClassifyRequest, classify_areas, postcodes_around, store_run
from app.usecases.draw_zones import draw_plan, store_plan
from app.usecases.zones_request import PlanRequest
from geo.bands import classify as classify_bands

ACTOR = "command line"
AREA_COLUMNS = ("area_id", "easting", "northing")


def classify(
    areas: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="CSV: area_id, easting, northing, anywhere in Great Britain."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="CSV to write: area_id, band, rule, features.")] = None,
    scheme: Annotated[str, typer.Option(help="settlement, care, official, or a council's own file.")] = "settlement",
    publish_it: Annotated[bool, typer.Option("--publish", help="Put the council's classification in force.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give areas their band: those of a file, or the council's own when no file is named."""
    settings = settings_in_force()
    configure_logs("WARNING", settings.log_format)
    if areas is not None:
        _classify_file(areas, out, scheme, as_json=as_json)
        return
    with problems_as_messages(), open_database(settings) as database:
        with database.read() as session:
            made = classify_areas(session, settings.council, ClassifyRequest(scheme=scheme), settings)
        run_id = store_run(database, settings.council, made, ACTOR, None)
        if publish_it:
            with database.write() as session:
                publish(session, find(session, BandRun, settings.council, run_id), ACTOR)
    counts = {str(k): int(v) for k, v in pd.Series([a["band"] for a in made["areas"]]).value_counts().items()}
    done = {"band_run_id": run_id, "published": publish_it, "areas_by_band": counts}
    give(done, as_json=as_json, text=f"Classification {run_id}: " + ", ".join(f"{k} {v:,}" for k, v in counts.items()))


def _classify_file(areas: Path, out: Path | None, scheme: str, *, as_json: bool) -> None:
    if out is None:
        raise fail("--out: name the CSV to write beside --areas.")
    table = pd.read_csv(areas, dtype={"area_id": str})
    missing = [name for name in AREA_COLUMNS if name not in table.columns]
    if missing:
        raise fail(f"{areas}: no column {', '.join(missing)}; expected {', '.join(AREA_COLUMNS)}.")
    with problems_as_messages():
        around = postcodes_around(national_directory(settings_in_force()), table["easting"], table["northing"])
    try:
        result = classify_bands(table, around, scheme=scheme)
    except ValueError as error:
        raise fail(str(error), code=2) from error
    result.frame().drop(columns="band_by_rule").to_csv(out, index=False)
    counts = {str(k): int(v) for k, v in pd.Series(result.band).value_counts().items()}
    done = {"areas": len(table), "out": str(out), "scheme": result.scheme.name, "areas_by_band": counts}
    give(done, as_json=as_json, text=f"Wrote {out}: " + ", ".join(f"{k} {v:,}" for k, v in counts.items()))


def zones(
    name: Annotated[str, typer.Option(help="What to call the plan.")] = "Plan",
    count: Annotated[int, typer.Option("--zones", help="How many zones of equal hours.", min=2, max=60)] = 14,
    tolerance: Annotated[float, typer.Option(help="Largest deviation from equal hours, as a share.")] = 0.05,
    seconds: Annotated[float, typer.Option(help="How long to search.", min=1)] = 30,
    seed: Annotated[int, typer.Option(help="Seed of the search.", min=0)] = 0,
    publish_it: Annotated[bool, typer.Option("--publish", help="Put the plan in force.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw a zone plan of equal hours from the current demand and keep it as a draft."""
    settings = settings_in_force()
    configure_logs("WARNING", settings.log_format)
    with problems_as_messages(), open_database(settings) as database:
        request = PlanRequest(name=name, zones=count, tolerance_share=tolerance, seconds=seconds, seed=seed)
        drawn = draw_plan(database, settings.council, request, settings, progress_line)
        plan_id = store_plan(database, settings.council, drawn, ACTOR, None)
        if publish_it:
            with database.write() as session:
                publish(session, find(session, ZonePlan, settings.council, plan_id), ACTOR)
    figures = {k: v for k, v in drawn["report"].items() if k != "text"}
    give({"plan_id": plan_id, **figures}, as_json=as_json, text=f"Plan {plan_id}\n\n{drawn['report']['text']}")
