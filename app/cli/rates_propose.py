"""``patchwork rates propose``: next year's rates in one command."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, quiet_settings
from app.cli.rates_text import proposal_text
from app.problems import pricing_problem
from app.storage.models import Council
from app.usecases.rates.proposal_request import ProposalRequest
from app.usecases.rates.proposals import propose as answer
from pricing import PricingError
from pricing.parsing import parse

ACTOR = "command line"
NAMED_WAGES = ("national-living", "real-living", "real-living-london")


def propose(
    year: Annotated[str, typer.Option("--year", help="Financial year, such as 2026-27.")],
    wage: Annotated[
        str | None, typer.Option("--wage", help=f"{', '.join(NAMED_WAGES)}, or pounds an hour of your own.")
    ] = None,
    uplift: Annotated[
        list[str] | None,
        typer.Option(
            help="Raises sums of money: 0.03 or 3%, cpi-september, or INPUT=0.03 for one input; may be repeated."
        ),
    ] = None,
    mileage: Annotated[str | None, typer.Option("--mileage", help="Pence a mile repaid; held if left out.")] = None,
    absence_days: Annotated[
        str | None, typer.Option("--absence-days", help="Days of sickness a year, from which sick pay follows.")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="Of the draft card.")] = None,
    first_day: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day; 1 April if left out.")
    ] = None,
    service: Annotated[str | None, typer.Option("--service", help="Service; home care if left out.")] = None,
    from_card: Annotated[
        int | None, typer.Option("--from-card", help="Card to start from; the one in force if left out.")
    ] = None,
    snapshot: Annotated[int | None, typer.Option(help="Demand to cost; the current snapshot if left out.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--input", exists=True, dir_okay=False, help="JSON with anything else a proposal may be given."),
    ] = None,
    own_figures: Annotated[
        Path | None,
        typer.Option("--own-figures", exists=True, dir_okay=False, help="TOML of your own statutory figures."),
    ] = None,
    draft: Annotated[bool, typer.Option("--draft/--no-draft", help="Keep the card as a draft.")] = True,
    as_json: AsJson = False,
) -> None:
    """Propose next year's rates: prices, cost, lawful pay, warnings and a draft card, from the card in force."""
    given = json_file(file) | {"financial_year": year, "keep_draft": draft}
    given |= {
        key: value
        for key, value in {
            "wage": _wage(wage),
            "uplift": _uplift(uplift or []),
            "pence_per_mile": mileage,
            "absence": None if absence_days is None else {"days_per_year": absence_days},
            "name": name,
            "effective_from": first_day.date() if first_day else None,
            "service_type": service,
            "from_card_id": from_card,
            "snapshot_id": snapshot,
            "own_figures_toml": own_figures.read_text(encoding="utf-8") if own_figures else None,
        }.items()
        if value is not None
    }
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database, database.write() as session:
        try:
            request = parse(ProposalRequest, given)
            _council_row(session, settings.council)
            found = answer(session, settings.council, request, ACTOR, drafts=True).model_dump(mode="json")
        except PricingError as error:
            raise pricing_problem(error) from error
    give(found, as_json=as_json, text=proposal_text(found))


def _council_row(session: Session, council: str) -> None:
    """A draft needs its council's row, which a database without data has not."""
    if session.get(Council, council) is None:
        session.add(Council(code=council, name=council.replace("-", " ").title(), state_version=0))
        session.flush()


def json_file(file: Path | None) -> dict[str, Any]:
    """A JSON object out of a file, numbers exact; empty where there is no file."""
    if file is None:
        return {}
    try:
        read = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise fail(f"{file}: {error}", code=2) from error
    if not isinstance(read, dict):
        raise fail(f"{file}: expected a JSON object.", code=2)
    return read


def _wage(wage: str | None) -> Any:
    return wage if wage is None or wage in NAMED_WAGES else {"pounds_per_hour": wage}


def _uplift(given: list[str]) -> Any:
    parts = [item.partition("=") for item in given]
    if not parts:
        return None
    each = {path.strip() if sign else "all": share_text(value if sign else path) for path, sign, value in parts}
    return each["all"] if set(each) == {"all"} else each


def share_text(text: str, option: str = "--uplift") -> str:
    """A share as a number: 3% is 0.03. Anything else is left for the reader of the question to judge."""
    text = text.strip()
    if not text.endswith("%"):
        return text
    try:
        return f"{Decimal(text[:-1]) / 100:f}"
    except ArithmeticError as error:
        raise fail(f"{option}: found {text!r}, expected 0.03, 3% or cpi-september.", code=2) from error
