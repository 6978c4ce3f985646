"""Days and plans read from files and written to them, with messages for what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import typer

from app.cli.output import fail
from app.ingest.guard import FileRefused
from app.usecases.rounds.outputs import Form
from app.usecases.travel.roads import model_of_roads
from routing.network import NetworkError
from routing.osm import RoadFileError
from routing.positions import PositionError
from routing.rounds import (
    BrokenAnswerError,
    Changes,
    Day,
    DayError,
    Replan,
    Rounds,
    changes_from_json,
    day_from_json,
    rounds_from_json,
)
from routing.rounds.outputs import clock
from routing.travel import TravelModel

WRONG_INPUT = 2
SHOWN_UNSERVED = 50


@contextmanager
def wrong_input(where: str) -> Iterator[None]:
    """Turn what is wrong with a day or a plan into a message and exit code 2; our own defects into one and 1."""
    try:
        yield
    except (DayError, PositionError, NetworkError, RoadFileError, FileRefused) as error:
        raise fail(f"{where}: {error}", code=WRONG_INPUT) from error
    except BrokenAnswerError as error:
        said = f"No plan is given, because the one found breaks a rule of the day. Please report this: {error}"
        raise fail(said) from error


def read_text(file: Path | None) -> str:
    """The text of a file, or of standard input for ``-``."""
    if file is None:
        said = "Name the day's file, or - for standard input; --schema shows its form, --example prints one."
        raise fail(said, code=WRONG_INPUT)
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise fail(f"{file}: {error}", code=WRONG_INPUT) from error


def read_day(file: Path | None, roads: Path | None) -> Day:
    """The day in a file, with travel on roads where they are named."""
    text = read_text(file)
    with wrong_input(str(file)):
        day = day_from_json(text)
    if roads is None:
        return day
    if day.travel is not None:
        raise fail("--roads: the day carries its own travel; take it out, or leave the option away.", code=WRONG_INPUT)
    with wrong_input(str(roads)):
        return day.with_travel(model_of_roads(roads))


def read_plan(file: Path) -> Rounds:
    """The plan in a file."""
    text = read_text(file)
    try:
        return rounds_from_json(text)
    except ValueError as error:
        raise fail(f"{file}: {error}", code=WRONG_INPUT) from error


def write(out: Path, body: bytes) -> None:
    """Write a file and say so on standard error."""
    try:
        out.write_bytes(body)
    except OSError as error:
        raise fail(f"{out}: {error.strerror}") from error
    typer.echo(f"Wrote {out} ({len(body):,} bytes).", err=True)


def summary(plan: Rounds) -> str:
    """A plan in a few lines."""
    served = sum(len(route.stops) for route in plan.routes)
    care, travel, waiting = (minutes / 60 for minutes in (plan.care_minutes, plan.travel_minutes, plan.waiting_minutes))
    lines = [
        f"{served} carer-visits in {len(plan.routes)} rounds; {len(plan.unserved)} visits unserved.",
        f"Paid {plan.paid_minutes / 60:,.1f} h: care {care:,.1f}, travel {travel:,.1f}, waiting {waiting:,.1f}.",
        f"{plan.miles:,.1f} miles. Cost to compare plans by: £{plan.cost_pounds:,.2f}.",
        f"Made by {plan.engine}, seed {plan.seed}; travel {plan.travel_version}.",
    ]
    lines += [f"  unserved {missed.visit}: {missed.reason}" for missed in plan.unserved[:SHOWN_UNSERVED]]
    if len(plan.unserved) > SHOWN_UNSERVED:
        lines.append(f"  … and {len(plan.unserved) - SHOWN_UNSERVED} more")
    return "\n".join(lines)


def cost_watcher() -> Callable[[float], None] | None:
    """Shows the cost of each better plan where a person is watching."""
    if not sys.stderr.isatty():
        return None
    return lambda cost: typer.echo(f"\r£{cost:,.2f}   ", err=True, nl=False)


def form_of(out: Path) -> Form:
    """Which file of a plan a name asks for."""
    forms: dict[str, Form] = {
        ".csv": "clients.csv" if "client" in out.stem.lower() else "rota.csv",
        ".xlsx": "rounds.xlsx",
        ".ics": "rota.ics",
        ".html": "rota.html",
        ".geojson": "routes.geojson",
    }
    found = forms.get(out.suffix.lower())
    if found is None:
        raise fail(f"--out: found {out.name}, expected a name ending in {', '.join(forms)}.", code=WRONG_INPUT)
    return found


def date_of(text: str | None, option: str) -> date:
    """A day as written; today without one."""
    if text is None:
        return date.today()  # noqa: DTZ011 - rotas and rate cards run by the local calendar
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise fail(f"{option}: found {text!r}, expected a day such as 2027-04-01.", code=WRONG_INPUT) from error


def read_changes(file: Path) -> Changes:
    """The changes in a file."""
    text = read_text(file)
    with wrong_input(str(file)):
        return changes_from_json(text)


def travel_of(roads: Path | None) -> TravelModel:
    """Travel for visits that are added."""
    with wrong_input(str(roads)):
        return model_of_roads(roads)


def moved_text(found: Replan) -> str:
    """Who is moved, for people."""
    lines = [summary(found.rounds), "", f"{len(found.fixed)} visits had begun and stay; {len(found.moved)} are moved:"]
    for one in found.moved:
        before, after = (
            f"{', '.join(who) or 'nobody'}" + ("" if at is None else f" {clock(at)}")
            for who, at in ((one.carers_before, one.start_before), (one.carers_after, one.start_after))
        )
        lines.append(f"  {one.visit}: {before} -> {after}")
    lines.append(f"Tell {', '.join(found.carers_told) or 'nobody'}.")
    return "\n".join(lines)
