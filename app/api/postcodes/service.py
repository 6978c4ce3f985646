"""The postcode service beyond one lookup: files, places, travel, validation and the cost of a pattern."""

from __future__ import annotations

from typing import Annotated, Literal

import anyio.to_thread
import numpy as np
from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.brokerage import desk_of
from app.api.dependencies import AppServices, require
from app.api.openapi import files, problems
from app.api.requests.schemas import CostLineView
from app.days import RecordedDay
from app.exports.files import MEDIA_TYPES
from app.lookup.answers import look_up
from app.lookup.schemas import Pounds
from app.problems import Problem, ProblemDocument
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.brokerage.desk import today
from app.usecases.brokerage.prices import cost_of_pattern
from app.usecases.brokerage.requests import VisitPattern, place_of
from app.usecases.postcodes.files import answered_file, as_file
from app.usecases.postcodes.places import keys_of, summary_of
from app.usecases.travel.answers import journey, model_in_use
from brokerage.visits import hours_per_week
from geo.postcodes import InvalidPostcode, parse
from pricing import HOME_CARE

router = APIRouter()
LookUpCaller = Annotated[Principal, Depends(require(Permission.LOOK_UP))]


class ZoneShare(BaseModel):
    """A zone and how many of the postcodes it holds."""

    number: int | None
    name: str | None
    postcodes: int


class BandShare(BaseModel):
    """A band with its rate and how many of the postcodes it holds."""

    band: str | None
    pounds_per_hour: Pounds | None
    postcodes: int


class PlaceSummary(BaseModel):
    """Zones, bands and rates of a place."""

    place: str
    postcodes: int
    zones: list[ZoneShare]
    bands: list[BandShare]


class Validation(BaseModel):
    """Whether a text is a postcode, and what is known of it."""

    text: str
    well_formed: bool
    postcode: str | None = Field(description="As it is written properly.")
    repaired: list[str]
    live: bool = Field(description="Whether it is a live postcode of the council.")
    problem: ProblemDocument | None


class PostcodeJourney(BaseModel):
    """Travel from one postcode to another."""

    origin: str
    destination: str
    minutes: float | None
    miles: float | None
    kg_co2: float | None
    mode: str
    model: str
    reason: str | None = Field(description="Why there is no way, where there is none.")


class PatternBody(BaseModel):
    """A pattern of visits at a postcode."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"postcode": "LE67 3AP", "visits": [{"minutes": 30, "per_week": 14, "carers": 2}]}]
        },
    )

    postcode: str = Field(min_length=1, max_length=64)
    visits: list[VisitPattern] = Field(min_length=1, max_length=50)
    service_type: str = Field(default=HOME_CARE, min_length=1, max_length=60)
    on: RecordedDay | None = Field(default=None, description="Day whose rate card applies; today when absent.")


class PatternCost(BaseModel):
    """What a pattern of visits costs a week."""

    postcode: str
    zone: int | None
    band: str | None
    hours_per_week: float
    weekly_cost_pounds: Pounds | None = Field(description="Null where no rate card is in force.")
    pounds_per_hour: Pounds | None
    double_handed_pounds: Pounds | None
    weekend_pounds: Pounds | None
    lines: list[CostLineView]
    rate_card_id: int | None


@router.post(
    "/files",
    response_class=Response,
    responses={**files("csv", "xlsx", description="The same rows with columns added."), **problems(422)},
)
async def look_up_file(
    _caller: LookUpCaller,
    services: AppServices,
    file: Annotated[UploadFile, File(description="CSV, XLSX or Parquet; a plain list of postcodes will do.")],
    column: Annotated[str | None, Form(max_length=120, description="Header of the postcodes.")] = None,
    form: Annotated[Literal["csv", "xlsx"] | None, Form(description="Of the file back; as sent when absent.")] = None,
) -> Response:
    """Look up a file: it comes back with zone, band and rate in every row, or what is wrong with that row."""
    content = await file.read()

    def work() -> tuple[bytes, str, dict[str, int]]:
        index = services.lookup.index
        frame, kind, counts = answered_file(content, index, services.directory(), today(), column or None)
        chosen = form or ("xlsx" if kind == "xlsx" else "csv")
        return as_file(frame, chosen), chosen, counts

    body, chosen, counts = await anyio.to_thread.run_sync(work)
    headers = {
        "content-disposition": f'attachment; filename="postcodes.{chosen}"',
        "cache-control": "no-store",
        "x-rows": str(counts["rows"]),
        "x-problems": str(counts["problems"]),
    }
    return Response(body, media_type=MEDIA_TYPES[chosen], headers=headers)


@router.get("/place", responses=problems(404))
def summarise_place(
    caller: LookUpCaller,
    services: AppServices,
    name: Annotated[str, Query(min_length=2, max_length=60, description="A settlement, such as Coalville.")],
) -> PlaceSummary:
    """Zones, bands and rates of a town or village by its name."""
    index = services.lookup.index
    with services.database.read() as session:
        keys = keys_of(session, caller.council, index, name, None)
    return PlaceSummary(place=name, **summary_of(index, keys, today()))


@router.get("/outward/{outward}", responses=problems(404))
def summarise_outward(outward: str, caller: LookUpCaller, services: AppServices) -> PlaceSummary:
    """Zones, bands and rates of an outward code, such as LE67."""
    index = services.lookup.index
    with services.database.read() as session:
        keys = keys_of(session, caller.council, index, None, outward)
    return PlaceSummary(place=outward.strip().upper(), **summary_of(index, keys, today()))


@router.get("/validate")
def validate_postcode(
    _caller: LookUpCaller,
    services: AppServices,
    text: Annotated[str, Query(max_length=64, description="As somebody typed it.")],
) -> Validation:
    """Whether a text is a postcode, how it is written properly, and whether it is live here."""
    try:
        parsed = parse(text)
        proper, repaired = f"{parsed.key[:-3]} {parsed.key[-3:]}", [str(repair) for repair in parsed.repairs]
    except InvalidPostcode:
        proper, repaired = None, []
    try:
        look_up(text, services.lookup.index, services.directory(), today())
        problem = None
    except Problem as found:
        problem = ProblemDocument(**found.body())
    return Validation(
        text=text,
        well_formed=proper is not None,
        postcode=proper,
        repaired=repaired,
        live=problem is None,
        problem=problem,
    )


@router.get("/travel", responses=problems(422))
def travel_between_postcodes(
    caller: LookUpCaller,
    services: AppServices,
    origin: Annotated[str, Query(max_length=64)],
    destination: Annotated[str, Query(max_length=64)],
    mode: Literal["car", "cycle", "ebike", "walk"] = "car",
    hour_band: Literal["all_day", "am_peak", "midday", "pm_peak", "evening", "night"] = "all_day",
) -> PostcodeJourney:
    """Minutes and miles from one postcode to another."""
    desk = desk_of(services, caller.council)
    ends = [place_of(desk, text, field) for text, field in ((origin, "origin"), (destination, "destination"))]
    at = [np.array([[end.easting, end.northing]], dtype=np.float64) for end in ends]
    _, found = journey(model_in_use(services.settings, mode, hour_band), at[0], at[1])
    return PostcodeJourney(
        origin=ends[0].postcode,
        destination=ends[1].postcode,
        minutes=found["minutes"],
        miles=found["miles"],
        kg_co2=found["kg_co2"],
        mode=mode,
        model=found["made_by"]["model"],
        reason=found["reason"],
    )


@router.post("/cost", responses=problems(422))
def cost_pattern(body: PatternBody, caller: LookUpCaller, services: AppServices) -> PatternCost:
    """What a pattern of visits at a postcode costs a week, double-handed and weekend parts apart."""
    desk = desk_of(services, caller.council)
    on = body.on or today()
    place = place_of(desk, body.postcode, on=on)
    pattern = tuple(visit.as_visits() for visit in body.visits)
    zone = place.zone.number if place.zone else None
    priced = cost_of_pattern(desk.index, place.band, pattern, on, body.service_type, zone)
    plain = priced[1] if priced else {}
    return PatternCost(
        postcode=place.postcode,
        zone=zone,
        band=place.band,
        hours_per_week=hours_per_week(pattern),
        weekly_cost_pounds=priced[0].pounds if priced else None,
        pounds_per_hour=plain.get("pounds_per_hour"),
        double_handed_pounds=plain.get("double_handed_pounds"),
        weekend_pounds=plain.get("weekend_pounds"),
        lines=[CostLineView.model_validate(line, extra="ignore") for line in plain.get("lines", [])],
        rate_card_id=priced[2] if priced else None,
    )
