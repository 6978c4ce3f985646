"""A plan's way from draft to published, its copies and its history, from the command line."""

from __future__ import annotations

from typing import Annotated, Any, get_args

import typer
from sqlalchemy.orm import Session

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, quiet_settings
from app.cli.zones_options import ACTOR, DespiteBrokenRules, PlanId
from app.problems import not_found
from app.settings import Settings
from app.storage.decisions import find, rename_plan
from app.storage.models import ZonePlan
from app.storage.plan_edits import plan_history
from app.usecases.plans.measure.stored import copy_plan
from app.usecases.plans.publish.status import Status, set_status, still_open


def plan_of(session: Session, settings: Settings, plan_id: int) -> ZonePlan:
    """The council's plan of a number.

    Raises:
        Problem: there is none.
    """
    plan: ZonePlan | None = find(session, ZonePlan, settings.council, plan_id)
    if plan is None:
        raise not_found("plan", plan_id)
    return plan


def status(
    plan_id: PlanId,
    to: Annotated[str, typer.Argument(metavar="STATUS", help=f"{', '.join(get_args(Status))}.")],
    despite: DespiteBrokenRules = False,
    as_json: AsJson = False,
) -> None:
    """Put a plan forward as a candidate, take it back to draft, publish it, or retire it for good.

    Publishing retires the plan in force; from then on brokers see the new one. A plan that breaks its rules is refused.
    """
    settings = quiet_settings()
    if to not in get_args(Status):
        raise fail(f"STATUS: found {to!r}, expected one of {', '.join(get_args(Status))}.", code=2)
    with problems_as_messages(), open_database(settings) as database, database.write() as session:
        plan = plan_of(session, settings, plan_id)
        before = plan.status
        wanted: Status = to  # type: ignore[assignment]  # one of them: checked above
        set_status(session, plan, wanted, settings, ACTOR, despite_broken_rules=despite)
        done = {"plan_id": plan.id, "name": plan.name, "before": before, "status": plan.status}
    give(done, as_json=as_json, text=f"Plan {plan_id}, {done['name']}, was {before} and is {done['status']}.")


def copied(
    plan_id: PlanId,
    name: Annotated[str, typer.Option("--name", help="What to call the copy.")],
    as_json: AsJson = False,
) -> None:
    """Make a draft of any plan, the published and the retired too."""
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database, database.write() as session:
        made = copy_plan(session, settings.council, plan_of(session, settings, plan_id), name, ACTOR)
        done = {"plan_id": made.id, "name": made.name, "copied_from_plan_id": plan_id}
    give(done, as_json=as_json, text=f"Kept as plan {done['plan_id']}, a draft with the zones of plan {plan_id}.")


def renamed(
    plan_id: PlanId,
    name: Annotated[str, typer.Argument(help="What to call the plan.")],
    as_json: AsJson = False,
) -> None:
    """Give a draft or candidate another name."""
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database, database.write() as session:
        plan = plan_of(session, settings, plan_id)
        still_open(plan)
        rename_plan(session, plan, name, ACTOR)
    give({"plan_id": plan_id, "name": name}, as_json=as_json, text=f"Plan {plan_id} is named {name}.")


def history(plan_id: PlanId, as_json: AsJson = False) -> None:
    """Print what was done to a plan and by whom, oldest first."""
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        plan_of(session, settings, plan_id)
        entries: list[dict[str, Any]] = [
            {
                "at": entry.at.isoformat(timespec="seconds"),
                "actor": entry.actor,
                "action": entry.action.removeprefix("zone_plan."),
                "before": entry.before,
                "after": entry.after,
            }
            for entry in plan_history(session, settings.council, plan_id)
        ]
    lines = [f"{row['at'][:16]}  {row['action']:<8} {row['actor']:<24} {_said(row['after'] or {})}" for row in entries]
    give(entries, as_json=as_json, text="\n".join(lines))


def _said(after: dict[str, Any]) -> str:
    shown = {name: value for name, value in after.items() if value not in (None, [], "")}
    return ", ".join(
        f"{name.replace('_', ' ')} {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in shown.items()
    )
