"""Offers from the command line: sent, answered, withdrawn, handed back, undone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from app.cli.desk import ACTOR, open_desk, table
from app.cli.output import AsJson, give

offers = typer.Typer(help="Offers to providers: send, answer, list.", no_args_is_help=True)


class What(StrEnum):
    """What happens to an offer."""

    accept = "accept"
    decline = "decline"
    withdraw = "withdraw"
    hand_back = "hand-back"
    undo = "undo"


@offers.command("send")
def send(
    request_id: Annotated[int, typer.Argument(help="Number of the request.")],
    provider: Annotated[int | None, typer.Option(help="Whom; everybody the rules ask now without.")] = None,
    answer_by: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help="As the rules give without."),
    ] = None,
    out_of_turn_reason: Annotated[
        str | None, typer.Option(help="Needed where the rules leave the provider out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Offer a request to one provider, or to all whom the rules ask now; the ranking is kept as evidence."""
    from app.api.requests.schemas import OfferView
    from app.usecases.brokerage.links import offer_token
    from app.usecases.brokerage.offers import send_offer, send_round

    with open_desk() as (database, desk):
        with database.write() as session:
            if provider is None:
                rows = send_round(session, desk, request_id, answer_by, ACTOR)
            else:
                rows = [send_offer(session, desk, request_id, provider, answer_by, ACTOR, out_of_turn_reason)]
        links = [f"/offers/{offer_token(database, row.council, row.id, row.answer_by)}" for row in rows]
    found = [OfferView.of(row, link).model_dump(mode="json") for row, link in zip(rows, links, strict=True)]
    lines = [f"Offer {one['id']} to provider {one['provider_id']}, to answer by {one['answer_by']}." for one in found]
    give(found, as_json=as_json, text="\n".join(lines))


@offers.command("answer")
def answer(
    offer_id: Annotated[int, typer.Argument(help="Number of the offer.")],
    what: Annotated[What, typer.Argument(help="accept, decline, withdraw, hand-back or undo.")],
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    as_json: AsJson = False,
) -> None:
    """Record what became of an offer."""
    from app.api.requests.schemas import OfferView
    from app.usecases.brokerage.offers import move_offer
    from brokerage.moves import Move

    moves = {
        What.accept: Move.OFFER_ACCEPTED,
        What.decline: Move.OFFER_DECLINED,
        What.withdraw: Move.OFFER_WITHDRAWN,
        What.hand_back: Move.OFFER_HANDED_BACK,
        What.undo: Move.OFFER_UNDONE,
    }
    with open_desk() as (database, desk), database.write() as session:
        row, request = move_offer(session, desk.council, offer_id, moves[what], ACTOR, reason)
        view = OfferView.of(row).model_dump(mode="json")
        state = request.state
    give(view, as_json=as_json, text=f"Offer {offer_id} is {view['state']}; request {view['request_id']} is {state}.")


@offers.command("list")
def list_(
    state: Annotated[list[str] | None, typer.Option(help="Only these states: open, accepted, declined …")] = None,
    provider: Annotated[int | None, typer.Option(help="Only to this provider.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """List offers, newest first."""
    from app.api.requests.schemas import OfferView
    from app.storage.brokerage.requests import offers_listed

    with open_desk() as (database, desk), database.read() as session:
        rows = offers_listed(session, desk.council, limit, None, states=state, provider_id=provider)[:limit]
        found = [OfferView.of(row).model_dump(mode="json") for row in rows]
    lines = table(
        [
            [one["id"], one["request_id"], one["provider_id"], one["state"], one["answer_by"][:16], one["reason"]]
            for one in found
        ],
        ["id", "request", "provider", "state", "answer by", "reason"],
    )
    give(found, as_json=as_json, text=lines)
