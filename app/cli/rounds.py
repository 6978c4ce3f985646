"""Rounds from the command line: a day planned, checked and read, with no installation needed.

The engines are imported by the commands that need them: they take seconds to load, and most commands do not.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from app.cli import rounds_plans
from app.cli.output import AsJson, fail, give
from app.usecases.rounds.examples import EXAMPLE_DAY

rounds = typer.Typer(help="Days of visits and carers: planned, checked, simulated over a plan.", no_args_is_help=True)

DayFile = Annotated[Path, typer.Argument(metavar="DAY.json", help="The day, or - for standard input.")]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN.json", help="The plan, ours or another's.")]
Seconds = Annotated[float, typer.Option(help="Longest time to search.", min=0.1, max=86_400)]
Seed = Annotated[int, typer.Option(help="Seed of the search.", min=0, max=2**31 - 1)]
OutJson = Annotated[Path | None, typer.Option(help="JSON file to write the plan to.")]
RoadsFile = Annotated[
    Path | None,
    typer.Option(
        "--roads",
        exists=True,
        dir_okay=False,
        help="Roads to drive on where the day carries no travel: a network kept by `patchwork import roads`, or an "
        "OpenStreetMap extract. Without it travel is estimated from distance.",
    ),
]


@rounds.command("solve")
def solve_day(
    day_file: Annotated[
        Path | None, typer.Argument(metavar="DAY.json", help="The day, or - for standard input.")
    ] = None,
    seconds: Seconds = 20,
    seed: Seed = 0,
    out: OutJson = None,
    roads: RoadsFile = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schemas of day and answer.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print a small day to start from.")] = False,
    as_json: AsJson = False,
) -> None:
    """Plan a day: who visits whom, when, for the least paid time, mileage and unserved visits.

    The plan has passed the checker. What cannot be served is listed with the reason. A wrong day ends with exit code 2.
    """
    if example:
        give(EXAMPLE_DAY, as_json=True, text="")
        return
    from app.cli.rounds_files import cost_watcher, read_day, summary, write, wrong_input
    from routing.rounds import day_schema, rounds_schema, rounds_to_json, solve

    if schema:
        give({"day": day_schema(), "answer": rounds_schema()}, as_json=True, text="")
        return
    day = read_day(day_file, roads)
    with wrong_input(str(day_file)):
        plan = solve(day, seconds=seconds, seed=seed, progress=cost_watcher())
    body = rounds_to_json(plan)
    if out is not None:
        write(out, body.encode())
    give(json.loads(body), as_json=as_json, text=summary(plan))


@rounds.command("check")
def check_plan(day_file: DayFile, plan_file: PlanFile, roads: RoadsFile = None, as_json: AsJson = False) -> None:
    """Check a plan against its day, rule by rule, with code that shares nothing with the solver.

    Ends with exit code 0 where every rule is kept, 1 where one is broken, 2 where a file cannot be read.
    """
    from app.cli.rounds_files import read_day, read_plan, wrong_input
    from routing.rounds import check

    day, plan = read_day(day_file, roads), read_plan(plan_file)
    with wrong_input(str(day_file)):
        broken = check(day, plan)
    rows = [{"rule": b.rule, "what": b.what, "visit": b.visit or None, "carer": b.carer or None} for b in broken]
    text = "\n".join(
        [f"{len(broken)} rules broken:", *(f"  {b}" for b in broken)] if broken else ["Every rule is kept."]
    )
    give({"rules_broken": len(rows), "broken": rows}, as_json=as_json, text=text)
    if broken:
        raise typer.Exit(1)


@rounds.command("replan")
def replan_day(
    day_file: Annotated[Path | None, typer.Argument(metavar="DAY.json", help="The day that was planned.")] = None,
    plan_file: Annotated[Path | None, typer.Argument(metavar="PLAN.json", help="The plan at work.")] = None,
    changes_file: Annotated[
        Path | None, typer.Argument(metavar="CHANGES.json", help="Who is off, what is added and cancelled, and when.")
    ] = None,
    seconds: Seconds = 3,
    seed: Seed = 0,
    out: OutJson = None,
    day_out: Annotated[Path | None, typer.Option(help="JSON file to write the day to, as it is now.")] = None,
    roads: RoadsFile = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of the changes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Plan the rest of a day again: a carer off sick, a package added. What has begun stays; say who is moved."""
    from app.cli.rounds_files import moved_text, read_changes, read_day, read_plan, travel_of, write, wrong_input
    from routing.rounds import changes_schema, day_to_json, replan, replan_to_json, rounds_to_json

    if schema:
        give(changes_schema(), as_json=True, text="")
        return
    if day_file is None or plan_file is None or changes_file is None:
        raise fail("Name the day, its plan and the changes; --schema shows the form of the changes.", code=2)
    day, plan, changes = read_day(day_file, roads), read_plan(plan_file), read_changes(changes_file)
    with wrong_input(str(changes_file)):
        found = replan(day, plan, changes, seconds, seed, travel=travel_of(roads))
    if out is not None:
        write(out, rounds_to_json(found.rounds).encode())
    if day_out is not None:
        write(day_out, day_to_json(found.day).encode())
    give(json.loads(replan_to_json(found)), as_json=as_json, text=moved_text(found))


@rounds.command("rota")
def rota(
    day_file: DayFile,
    plan_file: PlanFile,
    out: Annotated[
        Path, typer.Option(help="File to write: .csv, .xlsx, .ics, .html or .geojson; clients.csv for who comes when.")
    ],
    on: Annotated[str | None, typer.Option("--date", help="The day's date, such as 2027-04-01; today.")] = None,
    carer: Annotated[str | None, typer.Option(help="Only this carer's rota.")] = None,
    title: Annotated[str, typer.Option(help="What to write on top of the page.")] = "Rounds",
    roads: RoadsFile = None,
    as_json: AsJson = False,
) -> None:
    """Write a plan for people: rota, who comes to whom when, calendar, page to print, routes; print its key figures."""
    from dataclasses import asdict

    from app.cli.rounds_files import WRONG_INPUT, date_of, form_of, read_day, read_plan, write, wrong_input
    from app.usecases.rounds.outputs import write_plan
    from routing.rounds.outputs import kpis

    day, plan = read_day(day_file, roads), read_plan(plan_file)
    form, at = form_of(out), date_of(on, "--date")
    with wrong_input(str(day_file)):
        try:
            body = write_plan(day, plan, form, at, title, carer)
        except KeyError as error:
            raise fail(
                f"{plan_file}: visit {error} is not in the day; check the plan first.", code=WRONG_INPUT
            ) from error
        except ValueError as error:
            raise fail(str(error), code=WRONG_INPUT) from error
    write(out, body)
    found = asdict(kpis(day, plan))
    text = "\n".join(f"{name.replace('_', ' ')}: {'-' if value is None else value}" for name, value in found.items())
    give(found, as_json=as_json, text=text)


rounds.command("travel")(rounds_plans.travel)
rounds.command("rank-plans")(rounds_plans.rank_plans)
