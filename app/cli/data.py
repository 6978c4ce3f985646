"""Bringing data in and taking files out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import (
    AsJson,
    fail,
    give,
    open_database,
    problems_as_messages,
    progress_line,
    quiet_settings,
    say,
    settings_in_force,
)
from app.cli.packages import packages
from app.cli.roads import roads
from app.exports.files import MEDIA_TYPES
from app.ingest.national import councils as known_councils
from app.storage.decisions import find, published
from app.storage.models import ZonePlan
from app.usecases.county.import_facts import import_facts
from app.usecases.county.import_postcodes import Wanted, import_postcodes
from app.usecases.demand.gate import outside_audience
from app.usecases.maps.export import export_plan, export_postcodes
from geo.councils import UnknownCouncilError

imports = typer.Typer(help="Load postcodes, care packages and roads.", no_args_is_help=True)
InputFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
ACTOR = "command line"


imports.command("packages")(packages)


@imports.command("postcodes")
def postcodes(
    file: InputFile,
    council: Annotated[
        str,
        typer.Option(
            help="The council by name, such as Kent; a county is its districts. `patchwork councils` lists them."
        ),
    ] = "",
    areas: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="CSV of postcode and area, where FILE has none.")
    ] = None,
    name: Annotated[str, typer.Option(help="What people call the council, if not by its own name.")] = "",
    districts: Annotated[
        str, typer.Option(help="Codes of the council's districts, separated by commas, in place of --council.")
    ] = "",
    outline: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The council's outline, any format GDAL reads.")
    ] = None,
    boundaries: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Official polygons of the areas, by code.")
    ] = None,
    census: Annotated[
        int | None,
        typer.Option(help="2021 or 2011: whose output areas are used. The newest in FILE without."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load the council's postcodes from an ONSPD, NSPL or Code-Point Open download (CSV or zip)."""
    settings = quiet_settings()
    try:
        known = known_councils().find(council) if council else None
    except UnknownCouncilError as error:
        raise fail(str(error), code=2) from error
    with problems_as_messages(), open_database(settings) as database:
        done = import_postcodes(
            database,
            settings,
            file,
            Wanted(
                council=known,
                districts=[code.strip() for code in districts.split(",") if code.strip()],
                name=name or (known.name if known else settings.council.replace("-", " ").title()),
                area_lookup=areas,
                outline=outline,
                boundaries=boundaries,
                census=census,
            ),
            actor=ACTOR,
            report=progress_line,
        )
    passed = done["rows_passed_over"]
    of = f" of the census of {done['census']}" if done["census"] else ""
    lines = [
        f"Loaded {done['live_postcodes']:,} live postcodes of {done['postcodes']:,} into {done['areas']:,} areas{of}.",
        f"Together they cover {done['square_kilometres']:,.0f} km².",
        *(f"{count:,} rows passed over: {why.replace('_', ' ')}." for why, count in passed.items() if count),
        *done["notes"],
    ]
    give(done, as_json=as_json, text="\n".join(lines))


imports.command("roads")(roads)


@imports.command("statistics")
def statistics(
    file: InputFile,
    name: Annotated[str, typer.Option(help="What the figures are, such as: Population mid-2020.")],
    source: Annotated[str, typer.Option(help="Where they are from, with their licence.")],
    counts: Annotated[str, typer.Option(help="Columns of residents, by commas: they add up.")] = "",
    rates: Annotated[str, typer.Option(help="Columns of rates and scores, by commas; higher is worse off.")] = "",
    official_class: Annotated[
        str | None, typer.Option(help="Column of the official rural-urban class, such as C1, for the official scheme.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load published figures of small areas (CSV): residents, for bands and equality reports, and official classes."""
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database, database.write() as session:
        done = import_facts(
            session,
            settings.council,
            file.read_bytes(),
            counts=[column.strip() for column in counts.split(",") if column.strip()],
            rates=[column.strip() for column in rates.split(",") if column.strip()],
            name=name,
            source=source,
            actor=ACTOR,
            official_class=official_class,
        )
    classed = f" {done['areas_classed']:,} of the council's areas have an official class now." if official_class else ""
    give(done, as_json=as_json, text=f"Loaded {len(done['measures'])} measures of {done['areas']:,} areas.{classed}")


def export(
    out: Annotated[Path, typer.Argument(help="File to write; its ending says the format.")],
    plan_id: Annotated[
        int | None, typer.Option("--plan", help="Number of the plan; the published one without.")
    ] = None,
    what: Annotated[str, typer.Option(help="plan (zones and areas) or postcodes.")] = "plan",
) -> None:
    """Write a plan for QGIS or Excel: .gpkg, .geojson, .fgb, .parquet, .csv or .xlsx."""
    settings = settings_in_force()
    form = out.suffix.lstrip(".").lower()
    if form not in MEDIA_TYPES or what not in {"plan", "postcodes"}:
        raise fail(f"Found format {form!r} and {what!r}; expected one of {', '.join(MEDIA_TYPES)}, plan or postcodes.")
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        plan = (
            published(session, ZonePlan, settings.council)
            if plan_id is None
            else find(session, ZonePlan, settings.council, plan_id)
        )
        if plan is None:
            raise fail("There is no such plan, or none is published yet.")
        body = (
            export_plan(session, settings.council, plan, form, outside_audience(database, settings))
            if what == "plan"
            else export_postcodes(session, settings.council, plan, form, outside_audience(database, settings))
        )
    out.write_bytes(body)
    say(f"Wrote {out} ({len(body):,} bytes) from plan {plan.id}, {plan.name}.")
