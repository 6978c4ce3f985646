"""Variants of zone plans tried by the dozen, and the published zones looked for again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, progress_line, quiet_settings
from app.cli.zones_options import (
    BORDER_POUNDS,
    Against,
    Border,
    Like,
    LongestMinutes,
    Natural,
    Seconds,
    Seed,
    Starts,
    Tolerance,
    ViableHours,
    WholeUpTo,
    counts_of,
    json_file,
)
from app.exports.comparison import shown
from app.usecases.draw_zones import settled
from app.usecases.plan_costs import Priorities
from app.usecases.zones_rediscover import rediscover as find_again
from app.usecases.zones_sweep import SweepRequest, front_of, try_plan


def sweep(
    out: Annotated[Path, typer.Argument(help="JSON file of results; one that is there is gone on with.")],
    counts: Annotated[str, typer.Option("--zones", help="Numbers of zones: 8-20, or 8,10,12.")] = "8-20",
    tolerances: Annotated[str, typer.Option("--tolerance", help="Shares, separated by commas.")] = "0.05",
    borders: Annotated[str, typer.Option("--border-pounds", help="Prices of a parted pair, by commas.")] = "50",
    towns: Annotated[str, typer.Option("--town-pounds", help="Prices of a town cut, by commas.")] = "0",
    moves: Annotated[str, typer.Option("--move-pounds", help="Prices of a package moved, by commas.")] = "0",
    like: Like = None,
    against: Against = None,
    viable_hours: ViableHours = None,
    longest_minutes: LongestMinutes = None,
    whole_up_to: WholeUpTo = None,
    rules_file: Annotated[
        Path | None,
        typer.Option("--rules", exists=True, dir_okay=False, help="JSON of more rules for every variant."),
    ] = None,
    seconds: Seconds = 30,
    starts: Starts = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Try every combination of numbers of zones, tolerances and priorities; say which no other beats.

    Each result is written as it comes, so a sweep that was cut off goes on where it stood.
    """
    settings = quiet_settings()
    rules = {} if rules_file is None else json_file(rules_file, "--rules")
    options = {
        "like_plan_id": like,
        "against_plan_id": against,
        "viable_hours_per_week": viable_hours,
        "longest_minutes": longest_minutes,
        "whole_settlements_up_to_hours_per_week": whole_up_to,
    }
    rules |= {name: value for name, value in options.items() if value is not None}
    counted = not {"wanted", "like_plan_id"} & set(rules)
    with problems_as_messages():
        request = SweepRequest.model_validate(
            {
                **rules,
                "zones": counts_of(counts) if counted else [],
                "tolerance_shares": _numbers(tolerances, "--tolerance"),
                "priorities": [
                    {
                        "border_pounds_per_year": border,
                        "natural_area_pounds_per_year": town,
                        "disruption_pounds_per_package": move,
                    }
                    for border in _numbers(borders, "--border-pounds")
                    for town in _numbers(towns, "--town-pounds")
                    for move in _numbers(moves, "--move-pounds")
                ],
                "seconds": seconds,
                "starts": starts,
                "seed": seed,
            }
        )
    rows: list[dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))["points"] if out.exists() else []
    with problems_as_messages(), open_database(settings) as database:
        with database.read() as session:
            points = [settled(session, settings.council, point) for point in request.points()]
        for number, point in enumerate(points):
            body = point.model_dump(mode="json")
            if any(row["request"] == body for row in rows):
                continue
            progress_line(number / len(points), f"{point.zones} zones, tolerance {point.tolerance_share:g}")
            try:
                row: dict[str, Any] = {
                    "status": "succeeded",
                    "figures": try_plan(database, settings.council, point, settings),
                }
            except Exception as problem:  # noqa: BLE001 - a variant that cannot be drawn is a result as well
                row = {"status": "failed", "figures": None, "problem": str(problem)}
            rows.append({"zones": point.zones, "tolerance_share": point.tolerance_share, "request": body, **row})
            out.write_text(json.dumps({**front_of(rows)}, indent=2), encoding="utf-8")
    found = front_of(rows)
    give(found, as_json=as_json, text=_sweep_text(found))


def _numbers(text: str, option: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise fail(f"{option}: found {text!r}, expected numbers with commas between.", code=2) from None


def _sweep_text(found: dict[str, Any]) -> str:
    lines = ["zones  tolerance   £ a year, travel   off target      gap  moved  front"]
    for row in found["points"]:
        figures = row["figures"] or {}
        lines.append(
            f"{row['zones'] or '':>5}  {row['tolerance_share']:>9.0%}  "
            f"{shown(figures.get('travel_pounds_per_year'), ',.0f'):>17}  "
            f"{shown(figures.get('imbalance_share'), '.1%'):>10}  {shown(figures.get('gap_share'), '.1%'):>7}  "
            f"{shown(figures.get('packages_that_change_zone'), ',.0f'):>5}  "
            f"{'yes' if row['on_the_front'] else row.get('problem') or ''}"
        )
    return "\n".join(lines)


def rediscover(
    seconds: Seconds = 60,
    starts: Starts = None,
    seed: Seed = 0,
    tolerance: Tolerance = 0.05,
    border_pounds: Border = BORDER_POUNDS,
    town_pounds: Natural = 0,
    as_json: AsJson = False,
) -> None:
    """Draw Leicestershire's fourteen zones with the published hours, not told where they are; say how alike they are.

    Of all pairs of the published main settlements it prints the share that the plan keeps together or apart as the
    published zones do, and how far the plan is from the best possible.
    """
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database:
        found = find_again(
            database,
            settings,
            priorities=Priorities(border_pounds_per_year=border_pounds, natural_area_pounds_per_year=town_pounds),
            seconds=seconds,
            starts=starts,
            seed=seed,
            tolerance_share=tolerance,
            report=progress_line,
        )
    text = (
        f"{found['pairs_treated_the_same_share']:.1%} of {found['pairs']} pairs of {found['settlements']} settlements "
        f"are kept together or apart as in the published zones:\n"
        f"  together: {found['together_kept_share']:.1%} of {found['together']}\n"
        f"  apart:    {found['apart_kept_share']:.1%} of {found['apart']}\n"
        f"Gap {found['gap_share']:.2%}: £{found['objective_pounds_per_year']:,.0f} a year against at least "
        f"£{found['least_possible_pounds_per_year']:,.0f}; stopped on {found['stopped']}, {found['starts']} starts."
    )
    give(found, as_json=as_json, text=text)
