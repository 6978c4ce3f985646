"""What stands behind a rate card, as one document to hand over."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import Depends, Query, Response

from app.api.dependencies import AppServices, require
from app.api.openapi import files
from app.api.rates.router import router
from app.api.rates.seeing import card_seen
from app.exports.document import DOCUMENT_TYPES, DocumentForm
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.rates.evidence import card_evidence
from app.usecases.rates.evidence_affording import MOST_PHASED_YEARS, AffordingAsked
from pricing.parsing import parse

Exporter = Annotated[Principal, Depends(require(Permission.EXPORT))]


def asked_of_budget(
    budget_pounds_per_year: Annotated[
        Decimal | None,
        Query(
            gt=0,
            le=10_000_000_000,
            description="A budget for a year: the pack then says the highest rates inside it, options over years and "
            "the fee of the sustainability return. Without it the pack says that none was stated.",
            examples=[20500000],
        ),
    ] = None,
    free_band: Annotated[
        str, Query(max_length=60, description="The one band that may change to fit the budget; all when absent.")
    ] = "",
    phase_years: Annotated[
        int, Query(ge=1, le=MOST_PHASED_YEARS, description="Options reach the cost of an hour in 1 to this many years.")
    ] = 3,
    fixed_pounds_per_year: Annotated[
        Decimal | None,
        Query(
            gt=0,
            le=100_000_000,
            description="What one provider spends a year whatever its hours: the pack then says what a provider's "
            "hours do to the price.",
            examples=[12000],
        ),
    ] = None,
    fixed_share_of_business: Annotated[
        Decimal | None,
        Query(ge=0, le=1, description="Or the part of the business figure that is fixed.", examples=[0.4]),
    ] = None,
    providers_now: Annotated[
        int | None, Query(ge=1, le=500, description="Providers that share the hours; those who hold some when absent.")
    ] = None,
    providers: Annotated[
        list[Annotated[int, Query(ge=1, le=500)]] | None,
        Query(max_length=20, description="Numbers of providers to price; 1 to 4 when absent.", examples=[[1, 2, 4]]),
    ] = None,
    zone: Annotated[
        int | None, Query(ge=1, description="The zone whose hours they are; the whole county when absent.")
    ] = None,
) -> AffordingAsked:
    """What a pack is asked of a budget and of providers' fixed costs."""
    given = {
        "budget_pounds_per_year": budget_pounds_per_year,
        "free_band": free_band,
        "phase_years": phase_years,
        "fixed_pounds_per_year": fixed_pounds_per_year,
        "fixed_share_of_business": fixed_share_of_business,
        "providers_now": providers_now,
        "providers": tuple(providers or ()),
        "zone": zone,
    }
    return parse(AffordingAsked, given)


@router.get("/rate-cards/{card_id}/evidence", response_class=Response, responses=files("docx", "html"))
def download_rate_card_evidence(
    card_id: int,
    caller: Exporter,
    services: AppServices,
    asked: Annotated[AffordingAsked, Depends(asked_of_budget)],
    form: Annotated[DocumentForm, Query(description="A Word file or a web page.")] = "docx",
    cost: Annotated[  # noqa: FBT002
        bool, Query(description="With the cost and each provider's income; leave it out of what is published.")
    ] = True,
) -> Response:
    """What stands behind a card, as one document to hand over.

    Build-up, inputs with sources, what the year's move did, the test of pay, warnings and why they were accepted,
    cost, what a budget pays for, effect on providers, what their hours do to the price, benchmark, sensitivity, who
    decided, and a letter to providers. The cost and what follows from it rest on exact demand and are left out for
    those who may not see it.
    """
    with services.database.read() as session:
        card = card_seen(session, caller, card_id)
        costed = cost and caller.may(Permission.DEMAND_EXACT)
        body = card_evidence(session, caller.council, card, form, costed=costed, asked=asked)
    name = f'attachment; filename="rate-card-{card_id}-evidence.{form}"'
    return Response(body, media_type=DOCUMENT_TYPES[form], headers={"content-disposition": name})
