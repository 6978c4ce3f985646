"""Zone plans from the command line: drawn, listed, compared, edited, imported, tried by the dozen, found again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from app.cli.output import (
    AsJson,
    fail,
    give,
    open_database,
    problems_as_messages,
    progress_line,
    settings_in_force,
)
from app.exports.comparison import CHANGES, FIGURES, comparison_page, comparison_workbook, shown
from app.logs import configure_logs
from app.settings import Settings
from app.storage.decisions import find, listing, publish
from app.storage.models import ZonePlan
from app.usecases.draw_zones import draw_plan, settled, store_plan
from app.usecases.import_plan import keep_plan
from app.usecases.plan_compare import compare_plans
from app.usecases.plan_costs import Priorities
from app.usecases.plan_differences import differences_geojson
from app.usecases.plan_editing import EditRequest, edit_plan, redo_edit, undo_edit
from app.usecases.plan_files import read_plan_file
from app.usecases.plan_sides import sides_of
from app.usecases.zones_rediscover import rediscover as find_again
from app.usecases.zones_request import PlanRequest
from app.usecases.zones_sweep import SweepRequest, front_of, try_plan
from geo.plans.editing import Operation

ACTOR = "command line"
BORDER_POUNDS = Priorities().border_pounds_per_year
STATUSES = ["draft", "candidate", "published", "retired"]

zones = typer.Typer(help="Draw, list, compare, edit and import zone plans.", no_args_is_help=False)

PlanName = Annotated[str, typer.Option("--name", help="What to call the plan.")]
Count = Annotated[int, typer.Option("--zones", help="How many zones of equal hours.", min=2, max=60)]
Like = Annotated[int | None, typer.Option("--like", help="Zones with the names, tiers and hours of this plan's.")]
Tolerance = Annotated[float, typer.Option("--tolerance", help="Largest deviation from a target, as a share.")]
Seconds = Annotated[float, typer.Option("--seconds", help="How long to search.", min=1)]
Starts = Annotated[int | None, typer.Option("--starts", help="Stop after so many starts: repeatable.", min=1)]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the search.", min=0)]
Border = Annotated[float, typer.Option("--border-pounds", help="Price a year of each parted pair of areas.", min=0)]
Natural = Annotated[
    float, typer.Option("--town-pounds", help="Price a year of each further zone a town or village is cut into.", min=0)
]
Against = Annotated[int | None, typer.Option("--against", help="Plan whose zones packages should stay in.")]
Disruption = Annotated[float, typer.Option("--move-pounds", help="Price of each package that changes zone.", min=0)]
PublishIt = Annotated[bool, typer.Option("--publish", help="Put the plan in force.")]
PlanId = Annotated[int, typer.Argument(help="Number of the plan.")]


def _settings() -> Settings:
    settings = settings_in_force()
    configure_logs("WARNING", settings.log_format)
    return settings


@zones.callback(invoke_without_command=True)
def plainly(
    context: typer.Context,
    name: PlanName = "Plan",
    count: Count = 14,
    tolerance: Tolerance = 0.05,
    seconds: Seconds = 30,
    seed: Seed = 0,
    publish_it: PublishIt = False,
    as_json: AsJson = False,
) -> None:
    """Draw, list, compare, edit and import zone plans. Without a command: draw one of equal hours, as a draft."""
    if context.invoked_subcommand is None:
        request = PlanRequest(name=name, zones=count, tolerance_share=tolerance, seconds=seconds, seed=seed)
        _draw(request, publish_it=publish_it, as_json=as_json)


@zones.command("draw")
def draw(
    name: PlanName = "Plan",
    count: Count = 14,
    like: Like = None,
    tolerance: Tolerance = 0.05,
    seconds: Seconds = 30,
    starts: Starts = None,
    seed: Seed = 0,
    border_pounds: Border = BORDER_POUNDS,
    town_pounds: Natural = 0,
    against: Against = None,
    move_pounds: Disruption = 0,
    publish_it: PublishIt = False,
    as_json: AsJson = False,
) -> None:
    """Draw a zone plan at least cost in pounds a year, from the current demand, and keep it as a draft."""
    with problems_as_messages():
        request = PlanRequest(
            name=name,
            zones=None if like is not None else count,
            like_plan_id=like,
            tolerance_share=tolerance,
            seconds=seconds,
            starts=starts,
            seed=seed,
            priorities=Priorities(
                border_pounds_per_year=border_pounds,
                natural_area_pounds_per_year=town_pounds,
                disruption_pounds_per_package=move_pounds,
            ),
            against_plan_id=against,
        )
    _draw(request, publish_it=publish_it, as_json=as_json)


def _draw(request: PlanRequest, *, publish_it: bool, as_json: bool) -> None:
    settings = _settings()
    with problems_as_messages(), open_database(settings) as database:
        drawn = draw_plan(database, settings.council, request, settings, progress_line)
        plan_id = store_plan(database, settings.council, drawn, ACTOR, None)
        if publish_it:
            with database.write() as session:
                publish(session, find(session, ZonePlan, settings.council, plan_id), ACTOR)
    figures = {k: v for k, v in drawn["report"].items() if k != "text"}
    give({"plan_id": plan_id, **figures}, as_json=as_json, text=f"Plan {plan_id}\n\n{drawn['report']['text']}")


@zones.command("list")
def listed(
    status: Annotated[str | None, typer.Option(help=f"Only those that are {', '.join(STATUSES)}.")] = None,
    as_json: AsJson = False,
) -> None:
    """List zone plans, newest first."""
    settings = _settings()
    if status is not None and status not in STATUSES:
        raise fail(f"--status: found {status!r}, expected one of {', '.join(STATUSES)}.", code=2)
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        rows = listing(session, ZonePlan, settings.council, 1000, None, [status] if status else STATUSES)
    found = [
        {
            "plan_id": plan.id,
            "name": plan.name,
            "status": plan.status,
            "method": plan.method,
            "objective_pounds_per_year": plan.report.get("objective_pounds_per_year"),
            "gap_share": plan.report.get("gap_share"),
            "created_by": plan.created_by,
            "created_at": plan.created_at.isoformat(),
        }
        for plan in rows
    ]
    lines = [
        f"{row['plan_id']:>5}  {row['status']:<10} {row['method']:<14} "
        f"{shown(row['objective_pounds_per_year'], ',.0f'):>12} {shown(row['gap_share'], '.1%'):>7}  {row['name']}"
        for row in found
    ]
    head = f"{'plan':>5}  {'status':<10} {'method':<14} {'£ a year':>12} {'gap':>7}  name"
    give(found, as_json=as_json, text="\n".join([head, *lines]))


@zones.command("compare")
def compared(
    plans: Annotated[list[int], typer.Argument(help="Numbers of two plans or more; the first is compared with.")],
    out: Annotated[
        Path | None, typer.Option(help="File to write: .xlsx, .html, .json, or .geojson for where they differ.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set plans side by side: pounds, travel, miles, carbon, balance, compactness, who changes zone, equality.

    Files leave the council, so small numbers are withheld in them.
    """
    settings = _settings()
    endings = {".xlsx", ".html", ".json", ".geojson"}
    if out is not None and out.suffix not in endings:
        raise fail(f"--out: found {out.name!r}, expected a name ending in {', '.join(sorted(endings))}.", code=2)
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        sides = sides_of(session, settings.council, settings, plans, statuses=STATUSES)
        threshold = settings.suppression_threshold if out is not None else None
        found = compare_plans(session, settings.council, sides, threshold=threshold)
        if out is not None:
            out.write_bytes(_as_file(out.suffix, found, sides))
    give(found, as_json=as_json, text=_side_by_side(found) if out is None else f"Wrote {out}.")


def _as_file(ending: str, found: dict[str, Any], sides: Any) -> bytes:
    if ending == ".xlsx":
        return comparison_workbook(found)
    if ending == ".geojson":
        return differences_geojson(sides, 10.0).encode()
    return comparison_page(found).encode() if ending == ".html" else json.dumps(found, indent=2, default=str).encode()


def _side_by_side(found: dict[str, Any]) -> str:
    plans = found["plans"]
    lines = [" " * 48 + "".join(f"{plan['plan_id']:>16}" for plan in plans)]
    lines += [
        f"{label:<48}" + "".join(f"{shown(plan['figures'].get(name), form):>16}" for plan in plans)
        for name, label, form in FIGURES
    ]
    for change in found["changes_against_the_first"]:
        lines.append(f"\nChanging zone between {change['against_plan_id']} and {change['plan_id']}")
        lines += [f"{label:<48}{shown(change[name], form):>16}" for name, label, form in CHANGES]
    return "\n".join(lines)


@zones.command("edit")
def edited(
    plan_id: PlanId,
    move: Annotated[
        list[str] | None, typer.Option(help="PLACE=ZONE: an area, or a town or village, goes to the zone's number.")
    ] = None,
    merge: Annotated[list[str] | None, typer.Option(help="ZONE,ZONE: zones become one, the first.")] = None,
    split: Annotated[
        list[str] | None, typer.Option(help="ZONE=NAME: half of the zone becomes one of that name.")
    ] = None,
    rename: Annotated[list[str] | None, typer.Option(help="ZONE=NAME.")] = None,
    tier: Annotated[list[str] | None, typer.Option(help="ZONE=TIER.")] = None,
    steps: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="JSON file of steps, as the API takes them.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the last edit.")] = False,
    redo: Annotated[bool, typer.Option("--redo", help="Do again what was taken back last.")] = False,
    try_it: Annotated[bool, typer.Option("--try", help="Only show what would follow.")] = False,
    as_json: AsJson = False,
) -> None:
    """Change a draft by hand: steps are taken in the order of the options here, all of them or none."""
    settings = _settings()
    operations = [] if undo or redo else _operations(move, merge, split, rename, tier, steps)
    with problems_as_messages(), open_database(settings) as database, database.write() as session:
        plan = find(session, ZonePlan, settings.council, plan_id)
        if plan is None:
            raise fail(f"There is no plan {plan_id}.", code=2)
        if undo or redo:
            step = undo_edit if undo else redo_edit
            done = step(session, settings.council, plan, settings, ACTOR)
        else:
            request = EditRequest(operations=operations, keep=not try_it)
            done = edit_plan(session, settings.council, plan, request, settings, ACTOR)
    give(done, as_json=as_json, text=_edit_text(done))


def _operations(
    move: list[str] | None,
    merge: list[str] | None,
    split: list[str] | None,
    rename: list[str] | None,
    tier: list[str] | None,
    steps: Path | None,
) -> list[Operation]:
    given: list[dict[str, Any]] = []
    for text in move or []:
        place, zone = _pair(text, "--move", "PLACE=ZONE")
        where = "areas" if len(place) == 9 and place[0] in "ENSW" and place[1:].isdigit() else "settlements"
        given.append({"do": "move", where: [place], "to": zone})
    given += [{"do": "merge", "zones": text.split(",")} for text in merge or []]
    for texts, option, what in ((split, "--split", "split"), (rename, "--rename", "rename")):
        for text in texts or []:
            zone, name = _pair(text, option, "ZONE=NAME")
            given.append({"do": what, "zone": zone, "name": name})
    for text in tier or []:
        zone, name = _pair(text, "--tier", "ZONE=TIER")
        given.append({"do": "set-tier", "zone": zone, "tier": name})
    try:
        given += json.loads(steps.read_text(encoding="utf-8")) if steps is not None else []
        return TypeAdapter(list[Operation]).validate_python(given)
    except (ValueError, ValidationError) as error:
        raise fail(f"The steps cannot be read: {error}", code=2) from error


def _pair(text: str, option: str, expected: str) -> tuple[str, str]:
    left, _, right = text.partition("=")
    if not left or not right:
        raise fail(f"{option}: found {text!r}, expected {expected}.", code=2)
    return left, right


def _edit_text(done: dict[str, Any]) -> str:
    change = done["change"]
    how = f"Kept as edit {done['edit']}" if done["kept"] else "Tried only"
    pounds, travel = change["objective_pounds_per_year"], change["travel_pounds_per_year"]
    money = f"Pounds a year: {pounds:+,.0f}, of it travel {travel:+,.0f}; miles {change['miles_per_year']:+,.0f}."
    rules = [rule["detail"] for rule in done["broken_rules"]]
    return "\n".join([f"{how}: {done['areas_moved']} areas moved.", money, *rules])


@zones.command("import")
def imported(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    name: PlanName = "Imported plan",
    layer: Annotated[str | None, typer.Option(help="Which layer of a GeoPackage.")] = None,
    snap_metres: Annotated[
        float, typer.Option(help="A postcode outside every shape goes to the nearest one this near.", min=0, max=1000)
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Keep a plan drawn elsewhere: CSV of postcodes or areas, GeoJSON, GeoPackage, FlatGeobuf or a zipped Shapefile."""
    settings = _settings()
    if file.stat().st_size > settings.max_upload_bytes:
        raise fail(f"{file} holds {file.stat().st_size:,} bytes; PATCHWORK_MAX_UPLOAD_BYTES allows less.")
    with problems_as_messages(), open_database(settings) as database:
        given = read_plan_file(file.read_bytes(), layer)
        with database.write() as session:
            plan = keep_plan(session, settings.council, name, given, settings, ACTOR, snap_metres=snap_metres)
            done = {"plan_id": plan.id, "zones": len(given.zones), **plan.report}
    give(done, as_json=as_json, text=f"Kept as plan {done['plan_id']}, a draft of {done['zones']} zones.")


@zones.command("sweep")
def sweep(
    out: Annotated[Path, typer.Argument(help="JSON file of results; one that is there is gone on with.")],
    counts: Annotated[str, typer.Option("--zones", help="Numbers of zones: 8-20, or 8,10,12.")] = "8-20",
    tolerances: Annotated[str, typer.Option("--tolerance", help="Shares, separated by commas.")] = "0.05",
    borders: Annotated[str, typer.Option("--border-pounds", help="Prices of a parted pair, by commas.")] = "50",
    towns: Annotated[str, typer.Option("--town-pounds", help="Prices of a town cut, by commas.")] = "0",
    against: Against = None,
    seconds: Seconds = 30,
    starts: Starts = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Try every combination of numbers of zones, tolerances and priorities; say which no other beats.

    Each result is written as it comes, so a sweep that was cut off goes on where it stood.
    """
    settings = _settings()
    with problems_as_messages():
        request = SweepRequest(
            zones=_counts(counts),
            tolerance_shares=[float(part) for part in tolerances.split(",")],
            priorities=[
                Priorities(border_pounds_per_year=float(border), natural_area_pounds_per_year=float(town))
                for border in borders.split(",")
                for town in towns.split(",")
            ],
            against_plan_id=against,
            seconds=seconds,
            starts=starts,
            seed=seed,
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


def _counts(text: str) -> list[int]:
    try:
        if "-" in text:
            first, _, last = text.partition("-")
            return list(range(int(first), int(last) + 1))
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise fail(f"--zones: found {text!r}, expected 8-20, or 8,10,12.", code=2) from None


def _sweep_text(found: dict[str, Any]) -> str:
    lines = ["zones  tolerance   £ a year, travel   off target      gap  front"]
    for row in found["points"]:
        figures = row["figures"] or {}
        lines.append(
            f"{row['zones'] or '':>5}  {row['tolerance_share']:>9.0%}  "
            f"{shown(figures.get('travel_pounds_per_year'), ',.0f'):>17}  "
            f"{shown(figures.get('imbalance_share'), '.1%'):>10}  {shown(figures.get('gap_share'), '.1%'):>7}  "
            f"{'yes' if row['on_the_front'] else row.get('problem') or ''}"
        )
    return "\n".join(lines)


@zones.command("rediscover")
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
    settings = _settings()
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
