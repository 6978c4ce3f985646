"""Zone plans from the command line: drawn, listed, compared, edited, imported, tried by the dozen, found again."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, quiet_settings
from app.cli.zones_check import checked
from app.cli.zones_draw import draw, keep
from app.cli.zones_edit import edited
from app.cli.zones_import import imported
from app.cli.zones_options import (
    Count,
    DespiteBrokenRules,
    PlanName,
    PublishIt,
    Seconds,
    Seed,
    Tolerance,
    ViableHours,
)
from app.cli.zones_rediscover import rediscover
from app.cli.zones_reorganise import reorganised
from app.cli.zones_robustness import robustness
from app.cli.zones_status import copied, history, renamed, status
from app.cli.zones_sweep import sweep
from app.exports.comparison import CHANGES, FIGURES, comparison_workbook, shown
from app.exports.comparison_page import comparison_page
from app.storage.decisions import STATUSES, listing
from app.storage.models import ZonePlan
from app.usecases.demand.gate import INSIDE, outside_audience
from app.usecases.plans.compare.differences import differences_geojson
from app.usecases.plans.compare.plan_compare import compare_plans
from app.usecases.plans.compare.sides import sides_of
from app.usecases.plans.draw.request import PlanRequest
from app.usecases.plans.measure.prices import TravelTerms

zones = typer.Typer(help="Draw, list, compare, edit and import zone plans.", no_args_is_help=False)


@zones.callback(invoke_without_command=True)
def plainly(
    context: typer.Context,
    name: PlanName = "Plan",
    count: Count = 14,
    tolerance: Tolerance = 0.05,
    seconds: Seconds = 30,
    seed: Seed = 0,
    publish_it: PublishIt = False,
    despite: DespiteBrokenRules = False,
    as_json: AsJson = False,
) -> None:
    """Draw, list, compare, edit and import zone plans. Without a command: draw one of equal hours, as a draft."""
    if context.invoked_subcommand is None:
        request = PlanRequest(name=name, zones=count, tolerance_share=tolerance, seconds=seconds, seed=seed)
        keep(request, publish_it=publish_it, despite=despite, as_json=as_json)


@zones.command("list")
def listed(
    status: Annotated[str | None, typer.Option(help=f"Only those that are {', '.join(STATUSES)}.")] = None,
    as_json: AsJson = False,
) -> None:
    """List zone plans, newest first."""
    settings = quiet_settings()
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
    snapshot: Annotated[
        int | None, typer.Option(help="Demand to measure them on; the current snapshot without.")
    ] = None,
    wage: Annotated[
        float | None, typer.Option(help="Wage in pounds an hour in place of the rate card's.", min=0.01)
    ] = None,
    pence_per_mile: Annotated[float | None, typer.Option(help="Mileage in place of the rate card's.", min=0)] = None,
    viable_hours: ViableHours = None,
    as_json: AsJson = False,
) -> None:
    """Set plans side by side: pounds, travel, miles, carbon, balance, compactness, who changes zone, equality.

    Files leave the council, so small numbers are withheld in them.
    """
    settings = quiet_settings()
    endings = {".xlsx", ".html", ".json", ".geojson"}
    if out is not None and out.suffix not in endings:
        raise fail(f"--out: found {out.name!r}, expected a name ending in {', '.join(sorted(endings))}.", code=2)
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        terms = TravelTerms(
            wage_pounds_per_hour=None if wage is None else Decimal(str(wage)),
            pence_per_mile=None if pence_per_mile is None else Decimal(str(pence_per_mile)),
        )
        sides = sides_of(
            session, settings.council, settings, plans, statuses=STATUSES, snapshot_id=snapshot, terms=terms
        )
        audience = INSIDE if out is None else outside_audience(database, settings)
        found = compare_plans(session, settings.council, sides, audience=audience, viable_hours_per_week=viable_hours)
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


zones.command("import")(imported)
zones.command("draw")(draw)
zones.command("check")(checked)
zones.command("edit")(edited)
zones.command("copy")(copied)
zones.command("rename")(renamed)
zones.command("status")(status)
zones.command("history")(history)
zones.command("robustness")(robustness)
zones.command("sweep")(sweep)
zones.command("rediscover")(rediscover)
zones.command("reorganise")(reorganised)
