"""``patchwork rates consult``: the log of letters to providers, their answers, and what was done about each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import typer

from app.cli.desk import table
from app.cli.output import AsJson, counted, give
from app.cli.rates_at_hand import ACTOR, CardId, card_at_hand, rates_at_hand
from app.usecases.rates.consultation import (
    ConsultationNote,
    ConsultationResponse,
    add_note,
    answer_note,
    consultation_of,
)

By = Annotated[str, typer.Option("--by", help="Who keeps the log, for the record.", min=1, max=80)]
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day; today if left out.")]
Said = Annotated[str, typer.Option("--said", help="What was said; of a letter, what it asked.")]

consult = typer.Typer(no_args_is_help=True, help="Consultation on a card: letters sent, answers, and what was done.")


@consult.command()
def letter(
    card_id: CardId,
    to: Annotated[str, typer.Option("--to", help="Whom it went to.")] = "All providers",
    on: On = None,
    said: Said = "",
    by: By = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Log a letter that was sent."""
    _log(card_id, "letter-sent", on, {"whom": to, "said": said}, by, as_json=as_json)


@consult.command()
def answer(
    card_id: CardId,
    sender: Annotated[str, typer.Option("--from", help="Whom it came from.")],
    said: Said,
    on: On = None,
    response: Annotated[str, typer.Option("--response", help="What was done about it, where that is known.")] = "",
    by: By = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Log an answer that was received; the pack that is published leaves out whom it came from."""
    _log(card_id, "answer", on, {"whom": sender, "said": said, "response": response}, by, as_json=as_json)


@consult.command()
def respond(
    card_id: CardId,
    entry: Annotated[int, typer.Argument(metavar="ENTRY", help="Number of the entry, as the list says it.")],
    response: Annotated[str, typer.Argument(metavar="RESPONSE", help="What was done about it.")],
    by: By = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Say what was done about an answer."""
    with rates_at_hand() as (settings, database), database.write() as session:
        words = ConsultationResponse(response=response)
        card = card_at_hand(session, settings, card_id)
        done = answer_note(session, card, entry, words.response, by).model_dump(mode="json")
    give(done, as_json=as_json, text=f"Entry {entry}: {done['response']}")


@consult.command("list")
def list_(card_id: CardId, as_json: AsJson = False) -> None:
    """List a card's letters and answers, oldest day first."""
    with rates_at_hand() as (settings, database), database.read() as session:
        found = consultation_of(session, card_at_hand(session, settings, card_id)).model_dump(mode="json")
    lines = [[one["id"], one["on"], one["what"], one["whom"], one["said"], one["response"]] for one in found["entries"]]
    head = ["entry", "day", "what", "whom", "what was said", "what was done"]
    sums = (
        f"{counted(found['letters'], 'letter')}, {counted(found['answers'], 'answer')}, "
        f"{found['without_response']} without a response"
    )
    give(found, as_json=as_json, text=f"{table(lines, head)}\n\n{sums}" if lines else "Nothing was logged yet.")


def _log(
    card_id: int,
    what: Literal["letter-sent", "answer"],
    on: datetime | None,
    words: dict[str, Any],
    by: str,
    *,
    as_json: bool,
) -> None:
    day = on.date() if on else date.today()  # noqa: DTZ011 - letters are dated by the local calendar
    with rates_at_hand() as (settings, database), database.write() as session:
        note = ConsultationNote.model_validate({"what": what, "on": day, **words})
        card = card_at_hand(session, settings, card_id)
        done = add_note(session, card, note, by).model_dump(mode="json")
    named = "Letter" if what == "letter-sent" else "Answer"
    give(done, as_json=as_json, text=f"{named} logged as entry {done['id']} of card {card_id}.")
