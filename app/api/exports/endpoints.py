"""Exports: what QGIS, Excel and other systems load."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from app.api.dependencies import AppServices, require
from app.api.openapi import files
from app.api.rates.endpoints import visible
from app.exports.files import MEDIA_TYPES, SpatialFormat
from app.problems import not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.decisions import find
from app.storage.models import RateCard, ZonePlan
from app.usecases.maps.export import export_card, export_plan, export_postcodes

router = APIRouter(prefix="/exports", tags=["exports"])
Exporter = Annotated[Principal, Depends(require(Permission.EXPORT))]
TableFormat = Literal["csv", "xlsx"]
_SPATIAL = files(*MEDIA_TYPES)


def _file(body: bytes, name: str, form: str) -> Response:
    return Response(
        body,
        media_type=MEDIA_TYPES[form],
        headers={"content-disposition": f'attachment; filename="{name}.{form}"'},
    )


def _plan(services: AppServices, caller: Principal, plan_id: int) -> ZonePlan:
    with services.database.read() as session:
        plan: ZonePlan | None = find(session, ZonePlan, caller.council, plan_id)
    if plan is None or plan.status not in visible(caller, None):
        raise not_found("plan", plan_id)
    return plan


@router.get("/plans/{plan_id}.{form}", response_class=Response, responses=_SPATIAL)
def export_plan_file(
    plan_id: int,
    form: SpatialFormat,
    caller: Exporter,
    services: AppServices,
    layer: Annotated[Literal["zones", "areas"], Query(description="Which, in forms that hold one layer.")] = "zones",
) -> Response:
    """A plan's zones and areas as GeoPackage, GeoJSON, FlatGeobuf, GeoParquet, CSV or XLSX.

    Files leave the council, so small numbers are withheld from them whoever asks.
    """
    plan = _plan(services, caller, plan_id)
    with services.database.read() as session:
        body = export_plan(session, caller.council, plan, form, services.outside(), first=layer)
    return _file(body, f"plan-{plan_id}", form)


@router.get("/plans/{plan_id}/postcodes.{form}", response_class=Response, responses=_SPATIAL)
def export_plan_postcodes(plan_id: int, form: SpatialFormat, caller: Exporter, services: AppServices) -> Response:
    """Every live postcode with its zone and band."""
    plan = _plan(services, caller, plan_id)
    with services.database.read() as session:
        body = export_postcodes(session, caller.council, plan, form, services.outside())
    return _file(body, f"plan-{plan_id}-postcodes", form)


@router.get("/rate-cards/{card_id}.{form}", response_class=Response, responses=files("csv", "xlsx"))
def export_rate_card(card_id: int, form: TableFormat, caller: Exporter, services: AppServices) -> Response:
    """A rate card with every line of every band."""
    with services.database.read() as session:
        card = find(session, RateCard, caller.council, card_id)
        if card is None or card.status not in visible(caller, None):
            raise not_found("rate card", card_id)
        body = export_card(session, card, form)
    return _file(body, f"rate-card-{card_id}", form)
