"""`patchwork zones check`: rules, cost and bound of a plan, by code that shares nothing with the search."""

from __future__ import annotations

from typing import Any

import typer

from app.cli.output import AsJson, give, open_database, problems_as_messages, quiet_settings
from app.cli.zones_options import PlanId
from app.cli.zones_status import plan_of
from app.exports.comparison import shown
from app.usecases.plans.publish.proof_check import check_plan

DOES_NOT_HOLD = 1


def checked(plan_id: PlanId, as_json: AsJson = False) -> None:
    """Work out again what a drawn plan breaks, costs and is proven to be within, and set it beside what is reported.

    Hours and travel are read anew. Ends with code 1 where a rule is broken or a figure does not hold, and with 2 where
    there is no proof, as of an imported plan or one that was edited.
    """
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        plan = plan_of(session, settings, plan_id)
        found = check_plan(session, settings.council, plan, settings)
    give(found, as_json=as_json, text=_text(found))
    if not found["all_holds"]:
        raise typer.Exit(DOES_NOT_HOLD)


def _text(found: dict[str, Any]) -> str:
    broken, cases = found["broken_rules"], found["cases"]
    lines = [
        f"Plan {found['plan_id']}, proven by {found['proven_by']}" + (f" of {cases:,} cases" if cases else ""),
        f"Rules broken: {len(broken) or 'none'}",
        *(f"  {rule}" for rule in broken),
        f"{'':<28}{'reported':>16}{'worked out':>16}",
    ]
    rows = [
        ("cost", "Cost, £ a year", "objective_pounds_per_year", ",.2f"),
        ("bound", "Least possible, £ a year", "least_possible_pounds_per_year", ",.2f"),
        ("gap", "Gap", "gap_share", ".4%"),
    ]
    for part, label, name, form in rows:
        held = found["holds"][part]
        said = "not checked" if held is None else "holds" if held else "DOES NOT HOLD"
        figures = "".join(f"{shown(found[side][name], form):>16}" for side in ("reported", "recomputed"))
        lines.append(f"{label:<28}{figures}  {said}")
    lines += [f"Since it was drawn: {text}." for text in found["changed_since"]]
    if found["remark"]:
        lines.append(found["remark"])
    return "\n".join(lines)
