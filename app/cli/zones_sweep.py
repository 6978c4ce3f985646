"""`patchwork zones sweep`: variants of zone plans tried by the dozen, in parallel, gone on with where they stood."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, progress_line, quiet_settings
from app.cli.zones_options import (
    ACTOR,
    Against,
    Like,
    Seed,
    Starts,
    counts_of,
    given_options,
    json_file,
    one_of,
)
from app.cli.zones_rules import NO_RULES, Rules, takes_rules
from app.exports.comparison import shown
from app.usecases.plans.draw.sweep import SweepRequest, front_of
from app.usecases.plans.draw.sweep_followed import SweepStoppedError, follow_sweep

STOPPED_BY_KEYBOARD = 130
Row = dict[str, Any]


@takes_rules
def sweep(
    context: typer.Context,
    out: Annotated[
        Path, typer.Argument(help="JSON file of results; one that is there is gone on with.", dir_okay=False)
    ],
    counts: Annotated[str, typer.Option("--zones", help="Numbers of zones: 8-20, or 8,10,12.")] = "8-20",
    tolerances: Annotated[str, typer.Option("--tolerance", help="Shares, separated by commas.")] = "0.05",
    borders: Annotated[str, typer.Option("--border-pounds", help="Prices of a parted pair, by commas.")] = "50",
    towns: Annotated[str, typer.Option("--town-pounds", help="Prices of a town cut, by commas.")] = "0",
    moves: Annotated[str, typer.Option("--move-pounds", help="Prices of a package moved, by commas.")] = "0",
    like: Like = None,
    against: Against = None,
    rules: Rules = NO_RULES,
    rules_file: Annotated[
        Path | None,
        typer.Option("--rules", exists=True, dir_okay=False, help="JSON of more rules for every variant."),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            "--seconds", help="Longest search for each; without --starts what is found depends on the load.", min=1
        ),
    ] = None,
    starts: Starts = None,
    seed: Seed = 0,
    workers: Annotated[
        int | None,
        typer.Option("--workers", help="Variants at a time where no worker runs; as many as cores.", min=1, max=64),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try every combination of numbers of zones, tolerances and priorities; say which no other beats.

    Each is a job: workers that run take them, or as many as there are cores are started for as long. What is done is
    kept, so a sweep that was stopped or cut off goes on where it stood. Each variant is searched by a number of starts,
    twelve unless asked otherwise, and comes out the same however many run at a time.
    """
    settings = quiet_settings()
    asked = {} if rules_file is None else json_file(rules_file, "--rules")
    asked |= {**rules, **({"like_plan_id": like} if like is not None else {})}
    asked |= {"against_plan_id": against} if against is not None else {}
    counted = not {"wanted", "like_plan_id"} & set(asked)
    one_of(context, "--zones", "--like")
    if not counted and "--zones" in given_options(context):
        raise fail("--zones: the rules say which zones; expected them there or --zones, not both.", code=2)
    priorities = [
        {
            "border_pounds_per_year": border,
            "natural_area_pounds_per_year": town,
            "disruption_pounds_per_package": move,
        }
        for border in _numbers(borders, "--border-pounds")
        for town in _numbers(towns, "--town-pounds")
        for move in _numbers(moves, "--move-pounds")
    ]
    search = {"seconds": seconds, "starts": starts, "seed": seed}
    with problems_as_messages():
        request = SweepRequest.model_validate(
            {
                **asked,
                "zones": counts_of(counts) if counted else [],
                "tolerance_shares": _numbers(tolerances, "--tolerance"),
                "priorities": priorities,
                **search,
            }
        )
    before = _before(out)

    def keep(state: dict[str, Any]) -> None:
        _write(out, front_of(_merged(before, state["points"])))

    try:
        with problems_as_messages(), open_database(settings) as database:
            state = follow_sweep(
                database,
                settings,
                request,
                ACTOR,
                processes=workers or os.cpu_count() or 1,
                report=progress_line,
                keep=keep,
            )
    except SweepStoppedError as stopped:
        raise fail(f"Stopped: {stopped}. The same command goes on from there.", code=STOPPED_BY_KEYBOARD) from None
    found = front_of(_merged(before, state["points"]))
    give(found, as_json=as_json, text=_sweep_text(found))


def _before(out: Path) -> list[Row]:
    """Variants that the file of results holds already."""
    if not out.exists():
        return []
    held = json_file(out, "The file of results")
    if not isinstance(held, dict) or not isinstance(held.get("points"), list):
        raise fail(f"{out} holds no results of a sweep; name a new file, or remove it.", code=2)
    return list(held["points"])


def _merged(before: list[Row], points: list[Row]) -> list[Row]:
    """Variants of the file that this sweep does not ask for, then its own."""
    own = [_meant(point) for point in points]
    names = ("zones", "tolerance_share", "job_id", "against_plan_id", "request", "status", "figures", "problem")
    rows = [row for row in before if _meant(row) not in own]
    return [*rows, *({name: point[name] for name in names} for point in points)]


def _meant(row: Row) -> Row:
    """What tells a variant from others; the plan measured against stands in the request of older files."""
    against = row.get("against_plan_id", row["request"].get("against_plan_id"))
    told = {name: value for name, value in row["request"].items() if name not in {"name", "dataset_id"}}
    return {**told, "against_plan_id": against}


def _write(out: Path, found: dict[str, Any]) -> None:
    """Put a file in place whole, so that one cut off while it is written is the one before."""
    part = out.with_name(f".{out.name}.part")
    part.write_text(json.dumps(found, indent=2), encoding="utf-8")
    part.replace(out)


def _numbers(text: str, option: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise fail(f"{option}: found {text!r}, expected numbers with commas between.", code=2) from None


def _sweep_text(found: dict[str, Any]) -> str:
    """A line for each variant, then what keeps variants from being compared like for like."""
    rows = found["points"]
    priced = len({_prices(row) for row in rows}) > 1
    head = "zones  tolerance   £ a year, travel   off target      gap  moved  front"
    lines = [f"{'border/town/move £':<20}{head}" if priced else head]
    for row in rows:
        figures = row["figures"] or {}
        lines.append(
            f"{_prices(row) if priced else '':<{20 if priced else 0}}"
            f"{row['zones'] or '':>5}  {row['tolerance_share']:>9.1%}  "
            f"{shown(figures.get('travel_pounds_per_year'), ',.0f'):>17}  "
            f"{shown(figures.get('imbalance_share'), '.1%'):>10}  {shown(figures.get('gap_share'), '.1%'):>7}  "
            f"{shown(figures.get('packages_that_change_zone'), ',.0f'):>5}  "
            f"{'yes' if row['on_the_front'] else ' '.join((row.get('problem') or '').split())}"
        )
    hurried = sum(
        row["request"].get("starts") is not None and (row["figures"] or {}).get("stopped") == "seconds" for row in rows
    )
    if hurried:
        lines.append(
            f"{hurried} ended on the clock, short of their starts: allow more --seconds to compare like for like."
        )
    return "\n".join(lines)


def _prices(row: Row) -> str:
    """Prices of a border, of a town cut and of a package moved."""
    return "/".join(f"{price:g}" for price in row["request"]["priorities"].values())
