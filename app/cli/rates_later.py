"""``patchwork rates uplift`` and ``forecast``: what a contract makes of rates in later years."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, quiet_settings
from app.cli.rates_later_text import forecast_text, uplift_text
from app.cli.rates_propose import json_file, share_text
from app.problems import pricing_problem
from app.usecases.rates.contract_uplifts import ForecastQuestion, UpliftQuestion, forecast, uplifted
from app.usecases.rates.starting_point import StartRequest, start_of
from pricing import PricingError
from pricing.parsing import parse
from pricing.price_indices import MONTHS
from pricing.statutory import after

InputFile = Annotated[
    Path | None,
    typer.Option("--input", exists=True, dir_okay=False, help="JSON with anything else the question may be given."),
]
FromCard = Annotated[int | None, typer.Option("--from-card", help="Card to start from; the one in force if left out.")]
Service = Annotated[str | None, typer.Option("--service", help="Service; home care if left out.")]
Zone = Annotated[int | None, typer.Option("--zone", help="The zone's own card and demand.")]
To = Annotated[str, typer.Option("--to", help="Financial year to carry the rates to, such as 2026-27.")]
FromYear = Annotated[
    str | None, typer.Option("--from", help="Year the rates are in; the start's own year if left out.")
]
Baskets = Annotated[
    list[str] | None,
    typer.Option(
        "--basket",
        metavar="INDEX=SHARE,...",
        help="What the rate follows, as national-living-wage=70%,cpi-september=20%,carers-pay=10%. Without it the "
        "build-up moves: pay with the wage, other money with CPI. INPUT:INDEX=SHARE,... is for one input, and may be "
        "repeated.",
    ),
]
Wage = Annotated[str | None, typer.Option("--wage", help="What carers' pay follows: national-living-wage if left out.")]
Cap = Annotated[str | None, typer.Option("--cap", help="The most the basket counts, as 5%.")]
Floor = Annotated[str | None, typer.Option("--floor", help="The least the basket counts, as 0%.")]
MOST_YEARS = 20


@contextmanager
def asking() -> Iterator[tuple[Session, str]]:
    """A read session and the council; what is refused becomes a message."""
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        try:
            yield session, settings.council
        except PricingError as error:
            raise pricing_problem(error) from error


def start_given(file: dict[str, Any], from_card: int | None, service: str | None, zone: int | None) -> dict[str, Any]:
    """What a question starts from: of the file, and of options before it."""
    options = {"from_card_id": from_card, "service_type": service, "zone": zone}
    return file | {name: value for name, value in options.items() if value is not None}


def with_years(
    session: Session, council: str, given: dict[str, Any], first: str | None, last: str | None
) -> dict[str, Any]:
    """The question with its years from the start's own to the last, unless the file says them."""
    if last is None or "years" in given:
        return given
    begin = {name: value for name, value in given.items() if name in StartRequest.model_fields}
    first = first or start_of(session, council, parse(StartRequest, begin), drafts=True).financial_year
    if first is None:
        raise fail("--from: needed here, for the rates do not say their year.", code=2)
    years = [first]
    while years[-1] != last and len(years) < MOST_YEARS:
        years.append(after(years[-1]))
    # a year that is not reached is behind the first, or none at all: what is asked is passed on to be refused by name
    return given | {"years": years if years[-1] == last else [first, last]}


def rule_of(baskets: list[str] | None, wage: str | None, cap: str | None, floor: str | None) -> dict[str, Any] | None:
    """The contract's rule out of options; None where none is given."""
    if not baskets:
        if cap or floor:
            raise fail("--cap and --floor go with --basket.", code=2)
        return None if wage is None else {"carers_pay": {"follows": wage}, "inputs": {"all": _terms("cpi=1")}}
    limits = {name: share_text(text, f"--{name}") for name, text in (("cap", cap), ("floor", floor)) if text}
    parts = [item.rpartition(":") for item in baskets]
    whole: dict[str, Any] = {} if wage is None else {"carers_pay": {"follows": wage}}
    if len(parts) == 1 and not parts[0][1]:
        return whole | {"rate": _terms(parts[0][2]) | limits}
    return whole | {"inputs": {path.strip() or "all": _terms(terms) | limits for path, _, terms in parts}}


def _terms(text: str) -> dict[str, Any]:
    found = []
    for item in text.split(","):
        name, sign, share = item.partition("=")
        index, _, month = name.strip().rpartition("-")
        term: dict[str, Any] = {"follows": name.strip()}
        if index in {"cpi", "cpih", "rpi"} and month in MONTHS:
            term = {"follows": index, "month": month}
        found.append(term | {"weight": share_text(share, "--basket") if sign else "1"})
    return {"terms": found}


def uplift(
    to: To,
    from_year: FromYear = None,
    basket: Baskets = None,
    wage: Wage = None,
    cap: Cap = None,
    floor: Floor = None,
    from_card: FromCard = None,
    service: Service = None,
    zone: Zone = None,
    file: InputFile = None,
    steps: Annotated[bool, typer.Option("--steps/--no-steps", help="Every step of every year, line by line.")] = True,
    as_json: AsJson = False,
) -> None:
    """Carry rates over years as a contract says: weighted baskets of wage and prices, with cap and floor."""
    given = start_given(json_file(file), from_card, service, zone)
    rule = rule_of(basket, wage, cap, floor)
    given |= {} if rule is None else {"rule": rule}
    with asking() as (session, council):
        question = parse(UpliftQuestion, with_years(session, council, given, from_year, to))
        found = uplifted(session, council, question, drafts=True, costed=True).model_dump(mode="json")
    give(found, as_json=as_json, text=uplift_text(found, steps=steps))


def forecast_command(
    to: To,
    from_year: FromYear = None,
    basket: Baskets = None,
    wage: Wage = None,
    cap: Cap = None,
    floor: Floor = None,
    from_card: FromCard = None,
    service: Service = None,
    zone: Zone = None,
    file: InputFile = None,
    as_json: AsJson = False,
) -> None:
    """Forecast rates under stated outlooks, low, central and high or your own, each figure with its basis."""
    given = start_given(json_file(file), from_card, service, zone)
    rule = rule_of(basket, wage, cap, floor)
    given |= {} if rule is None else {"rule": rule}
    with asking() as (session, council):
        question = parse(ForecastQuestion, with_years(session, council, given, from_year, to))
        found = forecast(session, council, question, drafts=True, costed=True).model_dump(mode="json")
    give(found, as_json=as_json, text=forecast_text(found))
