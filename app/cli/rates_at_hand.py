"""What every command on rate cards needs: the database, a card by its number, and a file to write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.output import fail, give, open_database, problems_as_messages, quiet_settings
from app.problems import not_found, pricing_problem
from app.settings import Settings
from app.storage.database import Database
from app.storage.decisions import find
from app.storage.models import RateCard
from pricing import PricingError

ACTOR = "command line"
CardId = Annotated[int, typer.Argument(metavar="CARD", help="Number of the rate card.")]


@contextmanager
def rates_at_hand() -> Iterator[tuple[Settings, Database]]:
    """Settings and database; what is refused becomes a message."""
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database:
        try:
            yield settings, database
        except PricingError as error:
            raise pricing_problem(error) from error


def card_at_hand(session: Any, settings: Settings, card_id: int) -> RateCard:
    """A card by its number.

    Raises:
        Problem: there is none.
    """
    card: RateCard | None = find(session, RateCard, settings.council, card_id)
    if card is None:
        raise not_found("rate card", card_id)
    return card


def write_file(file: Path, body: bytes, *, as_json: bool) -> None:
    """Write what was made, and say so."""
    try:
        file.write_bytes(body)
    except OSError as error:
        raise fail(f"{file}: {error.strerror}") from error
    give({"file": str(file), "bytes": len(body)}, as_json=as_json, text=f"Wrote {file} ({len(body):,} bytes).")
