"""A planned day as files: rota and visits as tables, a calendar, a page to print, routes for a map."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from app.exports.files import MEDIA_TYPES, write_layers
from app.jobs.fingerprint import canonical_json
from app.problems import Problem
from app.settings import Settings
from app.storage.models import RoundsRun
from app.usecases.rounds.day import day_of
from app.usecases.rounds.requests import read_day, refused
from app.version import code_version
from routing.rounds import Day, Rounds, rounds_from_json
from routing.rounds.outputs import clients, kpis, rota, rows
from routing.rounds.outputs_files import calendar, geojson, page

Form = Literal["rota.csv", "clients.csv", "rounds.xlsx", "rota.ics", "rota.html", "routes.geojson"]

MEDIA: dict[str, str] = {
    "rota.csv": MEDIA_TYPES["csv"],
    "clients.csv": MEDIA_TYPES["csv"],
    "rounds.xlsx": MEDIA_TYPES["xlsx"],
    "rota.ics": "text/calendar; charset=utf-8",
    "rota.html": "text/html; charset=utf-8",
    "routes.geojson": MEDIA_TYPES["geojson"],
}


def write_plan(day: Day, rounds: Rounds, form: Form, on: date, title: str, carer: str | None = None) -> bytes:
    """One file of a plan.

    Args:
        day: What was planned.
        rounds: Its plan.
        form: Which file.
        on: The day's date, for a calendar and the page.
        title: What to write on top of the page.
        carer: Only this carer's rounds, where the file is about carers.

    Raises:
        ValueError: the plan has no round of that carer.
    """
    if form == "rota.ics":
        return calendar(rounds, on, datetime.now(UTC), carer).encode()
    rota_rows = [line for line in rows(rota(day, rounds)) if carer is None or line["carer"] == carer]
    if carer is not None and not rota_rows:
        raise ValueError(f"carer: found {carer!r}, expected one with a round in the plan")
    if form == "rota.html":
        return page(day, rounds, f"{title}, {on:%A %d %B %Y}").encode()
    if form == "routes.geojson":
        return geojson(day, rounds).encode()
    tables = {"rota": rota_rows, "clients": rows(clients(day, rounds))}
    if form != "rounds.xlsx":
        name = form.partition(".")[0]
        return write_layers({name: _frame(tables[name])}, "csv", {})
    figures = [{"figure": name, "value": value} for name, value in asdict(kpis(day, rounds)).items()]
    notes = {
        "rounds": title,
        "day": on.isoformat(),
        "made by": f"{rounds.engine}, seed {rounds.seed}",
        "travel": rounds.travel_version,
        "code version": code_version(),
        "handle with care": "Who is visited where and when is personal data.",
    }
    layers = {name: _frame(found) for name, found in {**tables, "key figures": figures}.items()}
    return write_layers(layers, "xlsx", notes)


def _frame(found: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(found))


def planned(run: RoundsRun, settings: Settings) -> tuple[Day, Rounds]:
    """The day of a run and its plan.

    Raises:
        Problem: it is not planned yet.
    """
    planned_only(run)
    return day_of(run, settings), answer_of(run)


def planned_only(run: RoundsRun) -> None:
    """Refuse a run that has no plan yet.

    Raises:
        Problem: it is not planned yet.
    """
    if run.answer is None:
        raise Problem(409, "conflict", "Not planned yet", f"Rounds {run.id} have no plan yet; wait for the job.")


def answer_of(run: RoundsRun) -> Rounds:
    """The plan of a run that has one."""
    return rounds_from_json(canonical_json(run.answer))


def kpis_of(run: RoundsRun) -> dict[str, Any] | None:
    """Key figures of a run's plan; None until there is one."""
    if run.answer is None:
        return None
    return asdict(kpis(read_day(run.day), answer_of(run)))


def file_of(run: RoundsRun, settings: Settings, form: Form, on: date, carer: str | None) -> bytes:
    """One file of a run's plan.

    Raises:
        Problem: it is not planned yet, or there is no such carer in it.
    """
    day, found = planned(run, settings)
    try:
        return write_plan(day, found, form, on, run.label or f"Rounds {run.id}", carer)
    except ValueError as error:
        raise refused("carer", str(error).removeprefix("carer: ")) from error
