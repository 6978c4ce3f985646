"""Thresholds of the rules, and what moves from band to band under other ones."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, ConfigDict, Field

from app.api.bands.figures import BandMove, RunId, SnapshotId
from app.api.dependencies import AppServices, require
from app.api.rates.endpoints import visible
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.bands.figures import run_or_published
from app.usecases.bands.thresholds import Threshold, thresholds_of, try_thresholds
from app.usecases.demand.figures import snapshot_or_current

router = APIRouter()
ExactReader = Annotated[Principal, Depends(require(Permission.DEMAND_EXACT))]
Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]


class ThresholdView(BaseModel):
    """A number that a rule tests a feature against."""

    rule: int
    condition: int
    band: str = Field(description="The band that the rule gives.")
    says: str
    feature: str
    title: str
    unit: str
    test: Literal["at_least", "below"]
    value: float
    least: float = Field(description="Where a slider for it would begin.")
    most: float = Field(description="Where it would end.")


class Thresholds(BaseModel):
    """Every threshold of a classification, in the order its rules are tested."""

    run_id: int
    scheme: str
    items: list[ThresholdView]


class ThresholdsTried(BaseModel):
    """Other thresholds to try."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"thresholds": [{"rule": 0, "condition": 0, "value": 8000}]}]},
    )

    thresholds: list[Threshold] = Field(max_length=100)


class ThresholdShift(BaseModel):
    """What other thresholds move; nothing is stored."""

    run_id: int
    snapshot_id: int
    synthetic: bool
    rate_card_id: int | None = Field(description="The county's card of home care; null: no pounds.")
    rate_card_ids: list[int] = Field(description="Every card that pays a service or zone of the pounds.")
    items: list[BandMove]
    areas: dict[str, str] = Field(description="Areas that change, with the band they would have.")


@router.get("/thresholds")
def list_band_thresholds(caller: Viewer, services: AppServices, run_id: RunId = None) -> Thresholds:
    """List the thresholds that a classification's rules test, with the range of what they are tested against."""
    with services.database.read() as session:
        run = run_or_published(session, caller.council, run_id, visible(caller, None))
        items = [ThresholdView(**item) for item in thresholds_of(session, run)]
        return Thresholds(run_id=run.id, scheme=run.scheme, items=items)


@router.post("/thresholds")
def try_band_thresholds(
    request: Annotated[ThresholdsTried, Body()],
    caller: ExactReader,
    services: AppServices,
    run_id: RunId = None,
    snapshot_id: SnapshotId = None,
) -> ThresholdShift:
    """Try other thresholds: areas, hours and pounds that move from band to band. Nothing is stored.

    Both sides are by rule and recorded decisions; smoothing is left out. To keep other thresholds, classify with an
    `own_scheme`.
    """
    with services.database.read() as session:
        run = run_or_published(session, caller.council, run_id, visible(caller, None))
        audience = services.audience(caller)
        snapshot = snapshot_or_current(session, caller.council, snapshot_id, audience)
        return ThresholdShift.model_validate(try_thresholds(session, run, snapshot, request.thresholds, audience))
