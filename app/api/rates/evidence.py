"""What stands behind a rate card, as one document to hand over."""

from __future__ import annotations

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

Exporter = Annotated[Principal, Depends(require(Permission.EXPORT))]


@router.get("/rate-cards/{card_id}/evidence", response_class=Response, responses=files("docx", "html"))
def download_rate_card_evidence(
    card_id: int,
    caller: Exporter,
    services: AppServices,
    form: Annotated[DocumentForm, Query(description="A Word file or a web page.")] = "docx",
    cost: Annotated[  # noqa: FBT002
        bool, Query(description="With the cost and each provider's income; leave it out of what is published.")
    ] = True,
) -> Response:
    """What stands behind a card, as one document to hand over.

    Build-up, inputs with sources, what the year's move did, the test of pay, warnings and why they were accepted,
    cost, effect on providers, benchmark, sensitivity, who decided, and a letter to providers. The cost follows from
    exact demand and is left out for those who may not see it.
    """
    with services.database.read() as session:
        card = card_seen(session, caller, card_id)
        body = card_evidence(session, caller.council, card, form, costed=cost and caller.may(Permission.DEMAND_EXACT))
    name = f'attachment; filename="rate-card-{card_id}-evidence.{form}"'
    return Response(body, media_type=DOCUMENT_TYPES[form], headers={"content-disposition": name})
