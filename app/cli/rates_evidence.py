"""``patchwork rates evidence``: what stands behind a card, as one document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.output import AsJson, fail
from app.cli.rates_at_hand import CardId, card_at_hand, rates_at_hand, write_file
from app.cli.rates_propose import share_text
from app.exports.document import DocumentForm
from app.usecases.rates.evidence import card_evidence
from app.usecases.rates.evidence_affording import MOST_PHASED_YEARS, AffordingAsked
from pricing.parsing import parse

EVIDENCE_ENDINGS: dict[str, DocumentForm] = {".docx": "docx", ".html": "html", ".htm": "html"}


def evidence(
    card_id: CardId,
    out: Annotated[Path | None, typer.Option(help="File to write; rate-card-CARD-evidence.docx if left out.")] = None,
    without_cost: Annotated[
        bool, typer.Option("--without-cost", help="Leave out cost and providers' income, as for what is published.")
    ] = False,
    budget: Annotated[
        str | None, typer.Option("--budget", metavar="POUNDS_A_YEAR", help="Say what this budget pays for.")
    ] = None,
    band: Annotated[
        str | None, typer.Option("--band", help="The one band that may change to fit it; all if left out.")
    ] = None,
    phase_years: Annotated[
        int, typer.Option("--phase-years", min=1, max=MOST_PHASED_YEARS, help="Options of 1 to this many years.")
    ] = 3,
    fixed_pounds: Annotated[
        str | None,
        typer.Option("--fixed-pounds", help="Say what hours do to the price, one provider's fixed costs a year given."),
    ] = None,
    fixed_share: Annotated[
        str | None, typer.Option("--fixed-share", help="Or the part of the business figure that is fixed, as 50%.")
    ] = None,
    now: Annotated[int | None, typer.Option("--now", help="Providers today; those with hours if left out.")] = None,
    counts: Annotated[
        str | None, typer.Option("--providers", help="Numbers of providers to price; 1,2,3,4 if left out.")
    ] = None,
    zone: Annotated[int | None, typer.Option("--zone", help="The zone whose hours they share.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write what stands behind a card as one document, Word or web page by the file's ending: .docx or .html."""
    file = out or Path(f"rate-card-{card_id}-evidence.docx")
    form = EVIDENCE_ENDINGS.get(file.suffix.lower())
    if form is None:
        raise fail(f"--out: found {file.name!r}, expected a name that ends in .docx or .html.", code=2)
    given: dict[str, Any] = {
        "budget_pounds_per_year": None if budget is None else budget.replace(",", ""),
        "free_band": band or "",
        "phase_years": phase_years,
        "fixed_pounds_per_year": None if fixed_pounds is None else fixed_pounds.replace(",", ""),
        "fixed_share_of_business": None if fixed_share is None else share_text(fixed_share, "--fixed-share"),
        "providers_now": now,
        "providers": [item.strip() for item in counts.split(",")] if counts else [],
        "zone": zone,
    }
    with rates_at_hand() as (settings, database), database.read() as session:
        asked = parse(AffordingAsked, given)
        card = card_at_hand(session, settings, card_id)
        body = card_evidence(session, settings.council, card, form, costed=not without_cost, asked=asked)
    write_file(file, body, as_json=as_json)
