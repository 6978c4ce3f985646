"""``patchwork rates afford``: budgets, options over years, the department's return, and providers' hours."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli.output import AsJson, fail, give
from app.cli.rates_later import (
    FromCard,
    FromYear,
    InputFile,
    Service,
    Wage,
    Zone,
    asking,
    rule_of,
    start_given,
    with_years,
)
from app.cli.rates_later_text import budget_text, hours_text, phase_text, return_text
from app.cli.rates_propose import json_file, share_text
from app.usecases.rates import affording
from app.usecases.rates.affording import AffordQuestion, PhaseQuestion, ProviderHoursQuestion, ReturnQuestion
from pricing.parsing import parse

afford = typer.Typer(no_args_is_help=True, help="What a budget pays for, options over years, and providers' hours.")
Snapshot = Annotated[int | None, typer.Option("--snapshot", help="Demand; the current snapshot if left out.")]


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


@afford.command()
def budget(
    pounds: Annotated[str, typer.Argument(metavar="POUNDS_A_YEAR", help="The budget for a year.")],
    band: Annotated[str | None, typer.Option("--band", help="The one band that may change; all if left out.")] = None,
    from_card: FromCard = None,
    service: Service = None,
    zone: Zone = None,
    snapshot: Snapshot = None,
    file: InputFile = None,
    as_json: AsJson = False,
) -> None:
    """Find the highest rates inside a budget: every band by one factor, or one band alone."""
    given = start_given(json_file(file), from_card, service, zone)
    given |= {"budget_pounds_per_year": pounds.replace(",", "")} | _given({"free_band": band, "snapshot_id": snapshot})
    with asking() as (session, council):
        question = parse(AffordQuestion, given)
        found = affording.afford(session, council, question, drafts=True, costed=True).model_dump(mode="json")
    give(found, as_json=as_json, text=budget_text(found))


@afford.command("phase")
def phase_command(
    to: Annotated[str, typer.Option("--to", help="The last financial year to show.")],
    over: Annotated[str, typer.Option("--over", help="Options: in how many years each arrives.")] = "1,2,3",
    from_year: FromYear = None,
    wage: Wage = None,
    from_card: FromCard = None,
    service: Service = None,
    zone: Zone = None,
    snapshot: Snapshot = None,
    file: InputFile = None,
    as_json: AsJson = False,
) -> None:
    """Show options that reach the sustainable rate over some years: rate, cost and what is short, each year."""
    rule = rule_of(None, wage, None, None)
    given = start_given(json_file(file), from_card, service, zone)
    given |= {"over_years": [item.strip() for item in over.split(",")]}
    given |= _given({"rule": rule, "snapshot_id": snapshot})
    with asking() as (session, council):
        question = parse(PhaseQuestion, with_years(session, council, given, from_year, to))
        found = affording.phase_in(session, council, question, drafts=True, costed=True).model_dump(mode="json")
    give(found, as_json=as_json, text=phase_text(found))


@afford.command("return")
def return_command(
    year: Annotated[str, typer.Option("--year", help="Financial year reported, such as 2026-27.")],
    before_card: Annotated[
        int | None, typer.Option("--before-card", help="Card of the year before; or before_rates in --input.")
    ] = None,
    from_card: FromCard = None,
    service: Service = None,
    snapshot: Snapshot = None,
    file: InputFile = None,
    as_json: AsJson = False,
) -> None:
    """Fill the home-care part of the market sustainability return: average fees, their rise, the gap to the cost."""
    given = start_given(json_file(file), from_card, service, None)
    given |= {"financial_year": year} | _given({"before_card_id": before_card, "snapshot_id": snapshot})
    with asking() as (session, council):
        question = parse(ReturnQuestion, given)
        found = affording.market_return(session, council, question, drafts=True, costed=True).model_dump(mode="json")
    give(found, as_json=as_json, text=return_text(found))


@afford.command()
def providers(
    zone: Zone = None,
    fixed_pounds: Annotated[
        str | None, typer.Option("--fixed-pounds", help="What one provider's branch costs a year whatever its hours.")
    ] = None,
    fixed_share: Annotated[
        str | None, typer.Option("--fixed-share", help="Or the part of the business figure that is fixed, as 50%.")
    ] = None,
    now: Annotated[int | None, typer.Option("--now", help="Providers today; those with hours if left out.")] = None,
    counts: Annotated[str, typer.Option("--providers", help="Numbers of providers to price.")] = "1,2,3,4",
    gain_share: Annotated[str, typer.Option("--gain-share", help="The council's part of what is gained.")] = "50%",
    from_card: FromCard = None,
    service: Service = None,
    snapshot: Snapshot = None,
    file: InputFile = None,
    as_json: AsJson = False,
) -> None:
    """Price an hour by the hours of a provider in a zone: fewer providers, break-even hours, and a gain-share."""
    given = start_given(json_file(file), from_card, service, zone)
    if not (fixed_pounds or fixed_share or {"fixed_pounds_per_year", "fixed_share_of_business"} & set(given)):
        raise fail(
            "--fixed-pounds or --fixed-share: say what of a provider's cost does not move with its hours.", code=2
        )
    given |= {
        "providers": [item.strip() for item in counts.split(",")],
        "gain_share": share_text(gain_share, "--gain-share"),
    }
    given |= _given(
        {
            "fixed_pounds_per_year": fixed_pounds,
            "fixed_share_of_business": None if fixed_share is None else share_text(fixed_share, "--fixed-share"),
            "providers_now": now,
            "snapshot_id": snapshot,
        }
    )
    with asking() as (session, council):
        question = parse(ProviderHoursQuestion, given)
        found = affording.price_by_hours(session, council, question, drafts=True, costed=True).model_dump(mode="json")
    give(found, as_json=as_json, text=hours_text(found))
