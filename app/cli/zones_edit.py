"""Drafts changed by hand from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, quiet_settings
from app.cli.zones_options import ACTOR, PlanId, pair_of
from app.storage.decisions import find
from app.storage.models import ZonePlan
from app.usecases.plans.edit.editing import EditRequest, edit_plan
from app.usecases.plans.edit.undo import StepRequest, redo_edit, undo_edit
from geo.plans.editing import Operation


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
    after_edit: Annotated[
        int | None, typer.Option("--after-edit", help="Last edit you know of: refused if there is a newer one.", min=0)
    ] = None,
    try_it: Annotated[bool, typer.Option("--try", help="Only show what would follow.")] = False,
    as_json: AsJson = False,
) -> None:
    """Change a draft by hand: steps are taken in the order of the options here, all of them or none."""
    settings = quiet_settings()
    operations = [] if undo or redo else _operations(move, merge, split, rename, tier, steps)
    with problems_as_messages(), open_database(settings) as database, database.write() as session:
        plan = find(session, ZonePlan, settings.council, plan_id)
        if plan is None:
            raise fail(f"There is no plan {plan_id}.", code=2)
        if undo or redo:
            step = undo_edit if undo else redo_edit
            done = step(session, settings.council, plan, StepRequest(after_edit=after_edit), settings, ACTOR)
        else:
            request = EditRequest(operations=operations, keep=not try_it, after_edit=after_edit)
            done = edit_plan(session, settings.council, plan, request, settings, ACTOR)
    give(done, as_json=as_json, text=_edit_text(done, "Took back" if undo else "Did again" if redo else "Kept as"))


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
        place, zone = pair_of(text, "--move", "PLACE=ZONE")
        where = "areas" if len(place) == 9 and place[0] in "ENSW" and place[1:].isdigit() else "settlements"
        given.append({"do": "move", where: [place], "to": zone})
    given += [{"do": "merge", "zones": text.split(",")} for text in merge or []]
    for texts, option, what in ((split, "--split", "split"), (rename, "--rename", "rename")):
        for text in texts or []:
            zone, name = pair_of(text, option, "ZONE=NAME")
            given.append({"do": what, "zone": zone, "name": name})
    for text in tier or []:
        zone, name = pair_of(text, "--tier", "ZONE=TIER")
        given.append({"do": "set-tier", "zone": zone, "tier": name})
    try:
        given += json.loads(steps.read_text(encoding="utf-8")) if steps is not None else []
        return TypeAdapter(list[Operation]).validate_python(given)
    except (ValueError, ValidationError) as error:
        raise fail(f"The steps cannot be read: {error}", code=2) from error


def _edit_text(done: dict[str, Any], what: str) -> str:
    change = done["change"]
    how = f"{what} edit {done['edit']}" if done["kept"] else "Tried only"
    pounds, travel = change["objective_pounds_per_year"], change["travel_pounds_per_year"]
    money = f"Pounds a year: {pounds:+,.0f}, of it travel {travel:+,.0f}; miles {change['miles_per_year']:+,.0f}."
    rules = [rule["detail"] for rule in done["broken_rules"]]
    return "\n".join([f"{how}: {done['areas_moved']} areas moved.", money, *rules])
