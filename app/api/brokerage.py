"""What the brokerage's endpoints share: who may call them, and the desk of this process."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from app.api.dependencies import Services, require
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.brokerage.desk import Desk
from app.usecases.brokerage.offers import settle_overdue

RegisterReader = Annotated[Principal, Depends(require(Permission.PROVIDERS_READ))]
RegisterKeeper = Annotated[Principal, Depends(require(Permission.PROVIDERS_WRITE))]
Broker = Annotated[Principal, Depends(require(Permission.PLACE))]
TotalsReader = Annotated[Principal, Depends(require(Permission.DEMAND_TOTALS))]
NO_STORE = {"cache-control": "no-store"}


def desk_of(services: Services, council: str) -> Desk:
    """The desk of a council in this process, its overdue offers timed out."""
    settle_overdue(services.database, council)
    return Desk(council, services.settings, services.lookup.index, services.cache, services.directory)


def people_threshold(services: Services, caller: Principal) -> int | None:
    """Least number of people shown to a caller; None for those who see single requests or exact totals anyway."""
    exact = caller.may(Permission.PLACE) or caller.may(Permission.DEMAND_EXACT)
    return None if exact else services.settings.suppression_threshold
