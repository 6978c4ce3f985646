"""Bands from the command line: reasons, totals, shifts and overrides due for review."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, quiet_settings
from app.settings import Settings
from app.storage.decisions import STATUSES
from app.usecases.bands.census_shift import census_shift
from app.usecases.bands.figures import band_shift, band_totals, run_or_published
from app.usecases.bands.overrides import list_overrides
from app.usecases.bands.reasons import REASONS, area_of_postcode, reasons_of_area, reasons_of_postcode
from app.usecases.bands.shift_pounds import rates_paid
from app.usecases.demand.figures import snapshot_or_current
from app.usecases.demand.gate import INSIDE
from app.usecases.demand.set_aside import sentence, set_aside_of

bands = typer.Typer(
    help="Bands: why a place has its own, totals, what moves, overrides due for review.", no_args_is_help=True
)
RunNumber = Annotated[int | None, typer.Option(help="Classification; the published one when left out.")]
SnapshotNumber = Annotated[int | None, typer.Option(help="Demand snapshot; the current one when left out.")]


@bands.command()
def totals(run: RunNumber = None, snapshot: SnapshotNumber = None, as_json: AsJson = False) -> None:
    """Areas, residents, packages, hours and waiting by band, and hours short of the urban norm."""
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        found_run = run_or_published(session, settings.council, run, STATUSES)
        demand = snapshot_or_current(session, settings.council, snapshot)
        found = band_totals(session, settings.council, found_run, demand, INSIDE)
        aside = set_aside_of(demand, INSIDE)
        known = {"run_id": found_run.id, "snapshot_id": demand.id, "synthetic": demand.synthetic, "set_aside": aside}
    text = "\n".join(line for line in (_table(found["items"]), sentence(aside)) if line)
    give({**known, **found}, as_json=as_json, text=text)


@bands.command()
def shift(
    before: RunNumber = None,
    after: RunNumber = None,
    before_snapshot: SnapshotNumber = None,
    after_snapshot: SnapshotNumber = None,
    rate_card: Annotated[
        int | None, typer.Option(help="To stand beside those in force today; those alone when left out.")
    ] = None,
    census: Annotated[
        bool, typer.Option("--census", help="From the official classes of 2011 to those of 2021, by district.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Hours and pounds a year that move between two classifications, two snapshots, or two censuses."""
    settings = quiet_settings()
    council, today = settings.council, date.today()  # noqa: DTZ011 - cards run by the local calendar
    if census:
        if before is not None or after is not None or before_snapshot is not None:
            raise fail(
                "--census: found a side beside it, expected none but --after-snapshot: the sides are 2011 and 2021."
            )
        _census(settings, after_snapshot, rate_card, as_json=as_json)
        return
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        sides = [
            (run_or_published(session, council, run, STATUSES), snapshot_or_current(session, council, snapshot))
            for run, snapshot in ((before, before_snapshot), (after, after_snapshot))
        ]
        rates = rates_paid(session, council, rate_card, STATUSES, today)
        items = band_shift(session, sides[0], sides[1], rates, INSIDE)
        done: dict[str, Any] = {
            "before_run_id": sides[0][0].id,
            "after_run_id": sides[1][0].id,
            "before_snapshot_id": sides[0][1].id,
            "after_snapshot_id": sides[1][1].id,
            "rate_card_id": rates.rate_card_id,
            "rate_card_ids": rates.rate_card_ids,
            "set_aside_before": set_aside_of(sides[0][1], INSIDE),
            "set_aside_after": set_aside_of(sides[1][1], INSIDE),
            "items": items,
        }
    told = dict.fromkeys(sentence(done[side]) for side in ("set_aside_before", "set_aside_after"))
    give(done, as_json=as_json, text="\n".join(line for line in (_table(items), *told) if line))


def _census(settings: Settings, snapshot_id: int | None, rate_card: int | None, *, as_json: bool) -> None:
    today = date.today()  # noqa: DTZ011 - cards run by the local calendar
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        snapshot = snapshot_or_current(session, settings.council, snapshot_id)
        rates = rates_paid(session, settings.council, rate_card, STATUSES, today)
        found = census_shift(session, settings.council, settings, snapshot, rates, INSIDE)
        aside = set_aside_of(snapshot, INSIDE)
    done = {
        "snapshot_id": snapshot.id,
        "rate_card_id": rates.rate_card_id,
        "rate_card_ids": rates.rate_card_ids,
        "set_aside": aside,
        **found,
    }
    lines = [
        _table(found["items"]),
        f"{found['areas']:,} areas have a class of both years, {found['areas_without_both']:,} have not.",
        sentence(aside),
    ]
    give(done, as_json=as_json, text="\n".join(line for line in lines if line))


@bands.command()
def overdue(as_json: AsJson = False) -> None:
    """Overrides whose review day has passed. They stay in force until somebody withdraws or replaces them."""
    settings = quiet_settings()
    today = date.today()  # noqa: DTZ011 - by the local calendar
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        rows = list_overrides(session, settings.council, 1_000, None, review_before=today)
        items = [
            {
                "id": row.id,
                "kind": row.kind,
                # A postcode may be somebody's home: the screen names the override only.
                "target": None if row.kind == "postcode" else row.target,
                "band": row.band,
                "author": row.author,
                "review_on": row.review_on.isoformat(),
            }
            for row in rows
        ]
    give({"items": items}, as_json=as_json, text=_table(items) or "No override is due for review.")


@bands.command()
def explain(
    place: Annotated[str, typer.Argument(help="A postcode, or the code of an area.")],
    run: RunNumber = None,
    as_json: AsJson = False,
) -> None:
    """Why a place has its band: features, the rule that fired, what would change it, its neighbours."""
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        found_run = run_or_published(session, settings.council, run, STATUSES)
        home = area_of_postcode(session, settings.council, place)
        if home is None:
            row = reasons_of_area(session, found_run, place.strip().upper())
            told = {name: getattr(row, name) for name in REASONS}
        else:
            told = reasons_of_postcode(session, found_run, home[0], home[1])
    text = f"{told.get('postcode', told['area_id'])} is {told['band']}: {told['why']}"
    give(told, as_json=as_json, text=f"{text}\n\n{told['explanation']['read_aloud']}")


def _table(items: list[dict[str, Any]]) -> str:
    """Rows under their names, each column as wide as it must be; what is missing is a dash."""
    if not items:
        return ""
    names = list(items[0])
    cells = [names, *([_cell(row[name]) for name in names] for row in items)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(names))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)
