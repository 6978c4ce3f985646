"""Rate cards from the command line: their whole life, from the proposal to the workbook."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from app.api.rates.card_answers import card_summaries, card_view, cards_difference
from app.cli.output import AsJson, fail, give
from app.cli.rates_afford import afford
from app.cli.rates_at_hand import ACTOR, CardId, card_at_hand, rates_at_hand, write_file
from app.cli.rates_consult import consult
from app.cli.rates_distances import distances
from app.cli.rates_evidence import evidence
from app.cli.rates_later import forecast_command, uplift
from app.cli.rates_propose import propose
from app.cli.rates_text import benchmarks_text, card_text, cost_text, difference_text, list_text
from app.problems import invalid_input, not_found
from app.storage.decisions import STATUSES, listing
from app.storage.models import RateCard
from app.storage.rate_cards import as_rate_card, card_in_force, rates_of_card
from app.usecases.rates.benchmarks import held
from app.usecases.rates.proposal_cost import CARDS_IN_FORCE, cost_of
from app.usecases.rates.publish import end_card, publish_card, retire_card
from app.usecases.rates.set_rates import card_explanation, card_workbook
from pricing import HOME_CARE, Tariff
from pricing import RateCard as PricingCard
from pricing.benchmarks import KINDS
from pricing.input_words import service_words

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day, YYYY-MM-DD; today if left out.")]

rates = typer.Typer(no_args_is_help=True, help="Rate cards: propose, compare, cost, publish, and hand over.")
rates.command()(propose)
rates.command()(uplift)
rates.command("forecast")(forecast_command)
rates.add_typer(afford, name="afford")
rates.command()(distances)
rates.command()(evidence)
rates.add_typer(consult, name="consult")


@rates.command("list")
def listed(
    status: Annotated[str | None, typer.Option(help=f"{', '.join(s for s in STATUSES if s != 'candidate')}.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """List rate cards, newest first."""
    if status is not None and status not in STATUSES:
        raise fail(f"--status: found {status!r}, expected one of {', '.join(STATUSES)}.", code=2)
    with rates_at_hand() as (settings, database), database.read() as session:
        wanted = STATUSES if status is None else [status]
        rows = listing(session, RateCard, settings.council, limit, None, wanted)[:limit]
        found = [card.model_dump(mode="json") for card in card_summaries(session, rows)]
    give({"items": found}, as_json=as_json, text=list_text(found))


@rates.command()
def show(
    card_id: Annotated[int | None, typer.Argument(metavar="CARD", help="The card in force if left out.")] = None,
    on: Day = None,
    service_type: Annotated[str, typer.Option("--service", help="Service, for the card in force.")] = HOME_CARE,
    zone: Annotated[int | None, typer.Option(help="Zone, for the card in force.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Every line in words, with formula and source.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a card: its rates, warnings, what its year's move did to each input, and what it rests on."""
    with rates_at_hand() as (settings, database), database.read() as session:
        if card_id is None:
            day = on.date() if on else date.today()  # noqa: DTZ011 - cards run by the local calendar
            card = card_in_force(session, settings.council, day, service_type, zone)
            if card is None:
                raise not_found(f"{service_words(service_type)} card in force on", day)
        else:
            card = card_at_hand(session, settings, card_id)
        view = card_view(session, card, rates_of_card(session, card.id)).model_dump(mode="json")
        words = card_explanation(card) if explain else card_text(view)
    give(view | ({"explanation": words.splitlines()} if explain else {}), as_json=as_json, text=words)


@rates.command()
def compare(
    before: Annotated[int, typer.Argument(metavar="BEFORE", help="Number of one card.")],
    after: Annotated[int, typer.Argument(metavar="AFTER", help="Number of another.")],
    as_json: AsJson = False,
) -> None:
    """Say what differs between two cards, band by band and line by line."""
    with rates_at_hand() as (settings, database), database.read() as session:
        sides = (card_at_hand(session, settings, number) for number in (before, after))
        found = cards_difference(session, *sides).model_dump(mode="json")
    give(found, as_json=as_json, text=difference_text(found))


@rates.command()
def cost(
    card_id: CardId,
    against: Annotated[int | None, typer.Option(help="Card to compare with; those in force if left out.")] = None,
    against_pounds: Annotated[float | None, typer.Option(help="Or one flat rate an hour.", min=0.01, max=500)] = None,
    snapshot: Annotated[int | None, typer.Option(help="Demand; the current snapshot if left out.")] = None,
    maintenance_only: Annotated[bool, typer.Option(help="Leave out reablement, health and children's.")] = False,
    as_json: AsJson = False,
) -> None:
    """Cost a card: to the council by zone, band and funder, and each provider's change of income."""
    if against is not None and against_pounds is not None:
        raise fail("--against or --against-pounds: one of them.", code=2)
    with rates_at_hand() as (settings, database), database.read() as session:
        proposed = _priced(session, card_at_hand(session, settings, card_id))
        current: PricingCard | Tariff | None = None
        if against_pounds is not None:
            pounds = Decimal(str(against_pounds))
            current = Tariff(name=f"flat £{pounds}", flat_pounds_per_hour=pounds)
        elif against is not None:
            current = _priced(session, card_at_hand(session, settings, against))
        found, providers = cost_of(
            session,
            settings.council,
            proposed,
            [date.today()],  # noqa: DTZ011 - cards run by the local calendar
            current=current,
            snapshot_id=snapshot,
            maintenance_only=maintenance_only,
        )
        if found is None:
            raise invalid_input("There is no demand or no published classification to cost the card on.")
    body = {
        "proposed": _named(proposed),
        "current": _named(current),
        "cost": found.model_dump(mode="json"),
        "providers": [change.model_dump(mode="json") for change in providers],
    }
    give(body, as_json=as_json, text=cost_text(body))


@rates.command()
def publish(
    card_id: CardId,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="KIND=REASON", help="Accept a kind of warning and say why; may be repeated."),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who publishes it, for the record.", max=80)] = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Publish a card: it is in force from its first day. Each kind of warning needs a reason."""
    reasons = _reasons(accept or [])
    with rates_at_hand() as (settings, database), database.write() as session:
        card = publish_card(
            session,
            settings.council,
            card_id,
            by,
            accept=reasons,
            two_people=settings.rate_cards_need_two_people,
        )
        done = card_summaries(session, [card])[0].model_dump(mode="json")
    give(done, as_json=as_json, text=f"Card {card_id}, {done['name']}, is published from {done['effective_from']}.")


@rates.command()
def end(
    card_id: CardId,
    last_day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="LAST_DAY", help="The last day paid.")],
    as_json: AsJson = False,
) -> None:
    """Let a published card lapse: nothing is in force after its last day until another is published."""
    with rates_at_hand() as (settings, database), database.write() as session:
        card = end_card(session, settings.council, card_id, last_day.date(), ACTOR)
        done = card_summaries(session, [card])[0].model_dump(mode="json")
    give(done, as_json=as_json, text=f"Card {card_id}, {done['name']}, ends on {done['effective_to']}.")


@rates.command()
def retire(card_id: CardId, as_json: AsJson = False) -> None:
    """Take a card out of force, for good; the history stays."""
    with rates_at_hand() as (settings, database), database.write() as session:
        done = card_summaries(session, [retire_card(session, settings.council, card_id, ACTOR)])[0].model_dump(
            mode="json"
        )
    give(done, as_json=as_json, text=f"Card {card_id}, {done['name']}, is retired.")


@rates.command()
def workbook(
    card_id: CardId,
    out: Annotated[Path | None, typer.Option(help="File to write; rate-card-CARD.xlsx if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a card's build-up as a workbook with live formulas."""
    with rates_at_hand() as (settings, database), database.read() as session:
        body = card_workbook(card_at_hand(session, settings, card_id))
    write_file(out or Path(f"rate-card-{card_id}.xlsx"), body, as_json=as_json)


def _priced(session: Any, card: RateCard) -> PricingCard:
    return as_rate_card(card, rates_of_card(session, card.id))


def _named(paid: PricingCard | Tariff | None) -> str:
    if paid is None:
        return CARDS_IN_FORCE
    return paid.name if isinstance(paid, Tariff) else f"{paid.name}, version {paid.version}"


def _reasons(given: list[str]) -> dict[str, str]:
    found = {}
    for item in given:
        kind, sign, reason = item.partition("=")
        if not sign or not reason.strip():
            raise fail(f'--accept: found {item!r}, expected KIND=REASON, as stale-year="Decided on 3 May".', code=2)
        found[kind.strip()] = reason.strip()
    return found


@rates.command()
def benchmarks(
    year: Annotated[str | None, typer.Option(help="Financial year, such as 2026-27; all if left out.")] = None,
    kind: Annotated[str | None, typer.Option(help=f"{', '.join(KINDS)}; all if left out.")] = None,
    nation: Annotated[str | None, typer.Option(help="England, Wales or Scotland; all if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the benchmarks held: minimum price, what councils pay, and medians of cost of care exercises."""
    if kind is not None and kind not in KINDS:
        raise fail(f"--kind: found {kind!r}, expected one of {', '.join(KINDS)}.", code=2)
    found = held(kind, year, nation).model_dump(mode="json")
    give(found, as_json=as_json, text=benchmarks_text(found))
