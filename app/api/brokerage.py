"""What the brokerage's endpoints share: who may call them, and the desk of this process."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from app.api.dependencies import Services, require
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.brokerage.desk import Desk
from app.usecases.brokerage.offers import settle_overdue
from app.usecases.demand.gate import INSIDE, Audience

RegisterReader = Annotated[Principal, Depends(require(Permission.PROVIDERS_READ))]
RegisterKeeper = Annotated[Principal, Depends(require(Permission.PROVIDERS_WRITE))]
Broker = Annotated[Principal, Depends(require(Permission.PLACE))]
TotalsReader = Annotated[Principal, Depends(require(Permission.DEMAND_TOTALS))]
NO_STORE = {"cache-control": "no-store"}


def desk_of(services: Services, council: str) -> Desk:
    """The desk of a council in this process, its overdue offers timed out."""
    settle_overdue(services.database, council)
    return Desk(council, services.settings, services.lookup.index, services.cache, services.directory)


def waiting_audience(services: Services, caller: Principal) -> Audience:
    """Whom figures of waiting are for: those who see single requests see them exact."""
    return INSIDE if caller.may(Permission.PLACE) else services.audience(caller)
