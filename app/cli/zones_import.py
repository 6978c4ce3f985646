"""Plans drawn elsewhere, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.output import AsJson, give, open_database, problems_as_messages, quiet_settings, uploaded
from app.cli.zones_options import ACTOR, PlanName
from app.cli.zones_rules import NO_RULES, Rules, takes_rules
from app.ingest.plan_files import read_plan_file
from app.usecases.plans.imports.import_plan import keep_plan
from app.usecases.plans.measure.rules.table import ZoneRules


@takes_rules
def imported(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    name: PlanName = "Imported plan",
    layer: Annotated[str | None, typer.Option(help="Which layer of a GeoPackage.")] = None,
    snap_metres: Annotated[
        float, typer.Option(help="A postcode outside every shape goes to the nearest one this near.", min=0, max=1000)
    ] = 0,
    rules: Rules = NO_RULES,
    as_json: AsJson = False,
) -> None:
    """Keep a plan drawn elsewhere: CSV of postcodes or areas, GeoJSON, GeoPackage, FlatGeobuf or a zipped Shapefile.

    With rules it is checked against them now, after every edit and before it is published.
    """
    settings = quiet_settings()
    content = uploaded(file, settings)
    with problems_as_messages(), open_database(settings) as database:
        given = read_plan_file(content, layer)
        asked = ZoneRules.model_validate(rules) if rules else None
        with database.write() as session:
            plan = keep_plan(
                session, settings.council, name, given, settings, ACTOR, snap_metres=snap_metres, rules=asked
            )
            done = {"plan_id": plan.id, "zones": len(given.zones), **plan.report}
    give(done, as_json=as_json, text="\n".join(_as_imported(done)))


def _as_imported(done: dict[str, Any]) -> list[str]:
    """What was kept, and whatever the file had that a person should look at."""
    lines = [f"Kept as plan {done['plan_id']}, a draft of {done['zones']} zones."]
    told = {
        "postcodes_passed_over": "postcodes are not live ones of the council and were passed over",
        "postcodes_outvoted_in_their_area": "postcodes went with their area, most of which is in another zone",
        "postcodes_snapped": "postcodes lay outside every shape and went to the nearest",
    }
    lines += [f"{done[name]:,} {what}." for name, what in told.items() if done.get(name)]
    if done.get("postcodes_passed_over"):
        lines[1] = f"{lines[1][:-1]}: {', '.join(done['postcodes_passed_over_first'][:5])}."
    lines += done.get("notes", [])
    lines += [rule["detail"] for rule in done.get("broken_rules", [])]
    return lines
