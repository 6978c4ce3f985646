"""The proposal of next year's rates: one question, one call."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Depends, Response

from app.api.dependencies import AppServices, require
from app.api.rates.examples import PROPOSAL_EXAMPLE
from app.api.rates.router import router
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.rates.proposal_answer import Proposal
from app.usecases.rates.proposal_request import ProposalRequest
from app.usecases.rates.proposals import propose

Analyst = Annotated[Principal, Depends(require(Permission.ANALYSE))]


@router.post(
    "/rates/proposals",
    status_code=201,
    responses={200: {"model": Proposal, "description": "Worked out; no card was drafted."}},
)
def propose_rates(
    request: Annotated[ProposalRequest, Body(openapi_examples=PROPOSAL_EXAMPLE)],
    caller: Analyst,
    services: AppServices,
    response: Response,
) -> Proposal:
    """Next year's rates by band, length and day type; their cost, lawfulness and warnings; and a draft card of them."""
    with services.database.write() as session:
        found = propose(
            session,
            caller.council,
            request,
            caller.name,
            drafts=caller.may(Permission.DRAFTS_READ),
            costed=caller.may(Permission.DEMAND_EXACT),
        )
    if found.draft_card_id is None:
        response.status_code = 200
    else:
        response.headers["location"] = f"/v1/rate-cards/{found.draft_card_id}"
    return found
