"""Postcodes: the lookup brokers use all day, in bulk, by prefix, and by place."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.dependencies import AppServices, Services, require
from app.api.openapi import problems
from app.api.postcodes import service
from app.days import RecordedDay
from app.lookup.answers import look_up
from app.lookup.bulk import bulk_body
from app.lookup.index import LookupIndex, build_index
from app.lookup.schemas import PostcodeAnswer
from app.problems import ProblemDocument, not_found
from app.security.keys import Principal
from app.security.roles import Permission
from app.storage.decisions import find
from app.storage.models import ZonePlan
from app.usecases.postcodes.places import DEFAULT_REACH_METRES, MOST_REACH_METRES, at_point, within_reach
from geo.postcodes import spaced

LookUpCaller = Annotated[Principal, Depends(require(Permission.LOOK_UP))]
MAX_BULK = 10_000


router = APIRouter(prefix="/postcodes", tags=["postcodes"])
router.include_router(service.router)

_PROBLEMS = problems(
    _400="Not a postcode; the detail says which part is wrong.",
    _404="Unknown, or outside the council's area.",
    _410="Terminated; the suggestions are live postcodes close by.",
)


class BulkRequest(BaseModel):
    """Many postcodes at once."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"postcodes": ["LE67 3AP", "le16 7nb", "LE67 3AB"]}]}
    )

    postcodes: list[Annotated[str, Field(max_length=64)] | None] = Field(
        min_length=1, max_length=MAX_BULK, description="A null gets a problem of its own and spoils no other."
    )


class BulkItem(BaseModel):
    """One postcode's answer or its problem, in the order asked."""

    query: str | None
    answer: PostcodeAnswer | None
    problem: ProblemDocument | None


class BulkAnswer(BaseModel):
    """Answers in the order asked; one bad postcode spoils no other."""

    items: list[BulkItem]
    answered: int
    problems: int


class Completions(BaseModel):
    """Live postcodes that begin with what was typed."""

    items: list[str]


class NearbyPostcode(BaseModel):
    """A live postcode and how far it is."""

    postcode: str
    metres: float = Field(description="Straight-line distance.")


class Nearby(BaseModel):
    """Live postcodes of the council within the reach, nearest first; none where the point lies farther out."""

    items: list[NearbyPostcode]
    reach_metres: float = Field(description="How far was looked.")


@router.get("")
async def complete_postcode(
    _caller: LookUpCaller,
    services: AppServices,
    starts_with: Annotated[str, Query(min_length=2, max_length=10, description="As typed, such as le67 3.")],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Completions:
    """Complete a postcode while it is typed: live postcodes of the council in alphabetical order."""
    prefix = starts_with.replace(" ", "").upper()
    return Completions(items=[spaced(key) for key in services.lookup.index.completions(prefix, limit)])


@router.get("/nearest")
async def list_nearest_postcodes(
    _caller: LookUpCaller,
    services: AppServices,
    latitude: Annotated[float | None, Query(ge=49, le=61)] = None,
    longitude: Annotated[float | None, Query(ge=-9, le=2)] = None,
    easting: Annotated[float | None, Query(ge=0, le=700_000, description="On the British National Grid.")] = None,
    northing: Annotated[float | None, Query(ge=0, le=1_300_000)] = None,
    reach_metres: Annotated[
        float, Query(gt=0, le=MOST_REACH_METRES, description="Postcodes farther off are not given.")
    ] = DEFAULT_REACH_METRES,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Nearby:
    """Find the council's live postcodes nearest to a point in degrees or on the grid, within a stated reach."""
    east, north = at_point(latitude, longitude, easting, northing)
    found = within_reach(services.lookup.index, east, north, reach_metres, limit)
    items = [NearbyPostcode(postcode=spaced(key), metres=round(away, 1)) for key, away in found]
    return Nearby(items=items, reach_metres=reach_metres)


@router.post("/lookup", response_model=BulkAnswer)
async def look_up_postcodes(request: BulkRequest, _caller: LookUpCaller, services: AppServices) -> Response:
    """Look up as many as ten thousand postcodes; each gets an answer or a problem of its own."""
    body = await anyio.to_thread.run_sync(bulk_body, request.postcodes, services.lookup.index, services.directory())
    return Response(body, media_type="application/json")


@router.get("/{postcode}", response_model=PostcodeAnswer, responses=_PROBLEMS)
async def look_up_postcode(
    postcode: Annotated[str, Path(max_length=64, examples=["LE67 3AP"])],
    caller: LookUpCaller,
    services: AppServices,
    as_of: Annotated[RecordedDay | None, Query(description="Day whose rate card applies; today when absent.")] = None,
    plan_id: Annotated[int | None, Query(description="Answer for this plan instead of the published one.")] = None,
) -> PostcodeAnswer:
    """Which zone, band and rate apply to a postcode.

    Any spelling will do: case and spaces do not matter, and the slips O for 0 and I for 1 are put right and named in
    `repaired`.
    """
    on = as_of or date.today()  # noqa: DTZ011 - rate cards run by the local calendar
    index = services.lookup.index
    if plan_id is not None and plan_id != index.plan_id:
        index = await anyio.to_thread.run_sync(_index_of_plan, services, caller, plan_id)
    return look_up(postcode, index, services.directory(), on)


def _index_of_plan(services: Services, caller: Principal, plan_id: int) -> LookupIndex:
    with services.database.read() as session:
        plan = find(session, ZonePlan, caller.council, plan_id)
        if plan is None or (plan.status != "published" and not caller.may(Permission.DRAFTS_READ)):
            raise not_found("plan", plan_id)
        return build_index(session, caller.council, plan_id)
