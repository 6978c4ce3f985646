"""What a provider sees of an offer by its link: area and pattern before it accepts, name and door after."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.storage.brokerage.requests import find_offer
from app.storage.brokerage.tables import CareRequest, Provider
from app.storage.models import Area
from app.usecases.brokerage.requests import Person, VisitPattern
from brokerage.moves import OfferState
from brokerage.visits import from_plain, in_words
from geo.postcodes import spaced


class OfferSeen(BaseModel):
    """An offer as its provider sees it."""

    offer_id: int
    provider: str
    state: str
    answer_by: datetime
    area: str = Field(description="Settlement and outward code: no door before acceptance.")
    zone: str | None
    service_type: str
    pattern: str = Field(description="The visits in words.")
    visits: list[VisitPattern]
    hours_per_week: float
    weekly_pounds: float | None = Field(description="What the pattern pays a week at the card in force.")
    pounds_per_hour: float | None
    urgency: str
    needed_from: date
    skills: list[str]
    languages: list[str]
    postcode: str | None = Field(default=None, description="After acceptance only.")
    person: Person | None = Field(default=None, description="After acceptance only.")
    synthetic: bool = False


def offer_seen(session: Session, council: str, offer_id: int, zones: dict[int, Any]) -> OfferSeen | None:
    """One offer as its provider may see it now; None when it is gone."""
    offer = find_offer(session, council, offer_id)
    if offer is None:
        return None
    request = session.get(CareRequest, offer.request_id)
    provider = session.get(Provider, offer.provider_id)
    if request is None or provider is None:
        return None
    held = offer.state == OfferState.ACCEPTED.value
    zone = zones.get(request.zone) if request.zone is not None else None
    return OfferSeen(
        offer_id=offer.id,
        provider=provider.name,
        state=offer.state,
        answer_by=offer.answer_by,
        area=_area_in_words(session, request),
        zone=zone.name if zone else None,
        service_type=request.service_type,
        pattern=in_words(from_plain(request.visits)),
        visits=[VisitPattern.model_validate(visit) for visit in request.visits],
        hours_per_week=request.hours_per_week,
        weekly_pounds=None if request.weekly_cost_pounds is None else float(request.weekly_cost_pounds),
        pounds_per_hour=float(request.cost["pounds_per_hour"]) if request.cost.get("pounds_per_hour") else None,
        urgency=request.urgency,
        needed_from=request.needed_from,
        skills=list(request.needs.get("skills", [])),
        languages=list(request.needs.get("languages", [])),
        postcode=spaced(request.postcode_key) if held and request.postcode_key else None,
        person=Person.model_validate(request.person) if held and request.person else None,
        synthetic=request.synthetic,
    )


def _area_in_words(session: Session, request: CareRequest) -> str:
    area = session.get(Area, (request.council, request.area_id))
    outward = request.postcode_key[:-3]
    return f"{area.settlement}, {outward}" if area is not None and area.settlement else outward
