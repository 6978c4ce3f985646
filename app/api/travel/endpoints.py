"""Travel: minutes and miles between places, one journey, and reach. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends
from numpy.typing import NDArray

from app.api.dependencies import AppServices, Services, require
from app.api.geojson import MultiPolygon
from app.api.travel import schemas as s
from app.ingest.travel_places import Places, checked_places, refused
from app.problems import FieldError
from app.security.keys import Principal
from app.security.roles import Permission
from app.usecases.travel import answers as asked
from routing.blocks import unreachable_reasons
from routing.isochrones import isochrones
from routing.model import TravelModel
from routing.wgs84 import metres

Caller = Annotated[Principal, Depends(require(Permission.LOOK_UP))]
router = APIRouter(prefix="/travel", tags=["travel"])


def _model(services: Services, request: s.Journeys) -> TravelModel:
    if request.model == "road_free":
        return asked.model_of_file(None, request.mode, request.hour_band)
    return asked.model_in_use(services.settings, request.mode, request.hour_band)


def _positions(name: str, places: Sequence[s.Position]) -> NDArray[np.float64]:
    out = np.array([(place.easting, place.northing) for place in places], dtype=np.float64)
    globe = np.array([place.latitude is not None for place in places])
    if globe.any():
        given = [(p.longitude, p.latitude) for p in places if p.latitude is not None]
        out[globe] = metres(np.array(given, dtype=np.float64))
    ids = [place.id if isinstance(place, s.Place) else str(row) for row, place in enumerate(places)]
    return checked_places(name, ids, out).positions


# Plain functions: FastAPI runs them in its threads, and the work behind them lets other threads go on.
@router.post("/matrix")
def measure_travel_matrix(request: s.MatrixRequest, _caller: Caller, services: AppServices) -> s.MatrixAnswer:
    """Minutes, miles and kgCO2 from every origin to every destination, at most 250,000 pairs.

    A pair that no way joins is null and listed in `unreachable` with the reason. For larger sets, ask in blocks of
    origins, or use `patchwork travel matrix`.
    """
    pairs = len(request.origins) * len(request.destinations)
    if pairs > s.MOST_PAIRS:
        message = f"{len(request.origins):,} origins to {len(request.destinations):,} destinations are {pairs:,} pairs"
        expected = f"at most {s.MOST_PAIRS:,} pairs; ask in blocks of origins"
        raise refused([FieldError(field="origins", message=message, found=pairs, expected=expected)])
    origins = Places([p.id for p in request.origins], _positions("origins", request.origins))
    destinations = Places([p.id for p in request.destinations], _positions("destinations", request.destinations))
    model = _model(services, request)
    with asked.server_failures():
        found = model.matrix(origins.positions, destinations.positions)
    without = asked.unreachable_pairs(model, origins, destinations, found.minutes)
    return s.MatrixAnswer.model_construct(
        origin_ids=origins.ids,
        destination_ids=destinations.ids,
        minutes=asked.numbers(found.minutes, 2),
        miles=asked.numbers(found.miles, 3),
        kg_co2=asked.numbers(found.kg_co2, 4),
        access_minutes=found.access_minutes,
        unreachable_pairs=int((~np.isfinite(found.minutes)).sum()),
        unreachable=[s.Unreachable(**pair) for pair in without],
        made_by=s.MadeBy(**asked.made_by(found.provenance)),
    )


@router.post("/route")
def find_route(request: s.RouteRequest, _caller: Caller, services: AppServices) -> s.RouteAnswer:
    """One journey: its minutes and miles on the quickest way, and the line it takes.

    Without roads the line is straight, and says so in `drawn`.
    """
    model = _model(services, request)
    ends = [
        _positions(name, [place]) for name, place in (("origin", request.origin), ("destination", request.destination))
    ]
    found, figures = asked.journey(model, *ends)
    line = {"type": "LineString", "coordinates": asked.line_of(found.line)} if len(found.line) > 1 else None
    return s.RouteAnswer(**figures, line=line)


@router.post("/isochrone")
def find_reach(request: s.IsochroneRequest, _caller: Caller, services: AppServices) -> s.IsochroneAnswer:
    """The areas within so many minutes of a place, as GeoJSON for a map.

    They are drawn through the same minutes that the matrix gives, on a grid of `cell_metres`: nearer to the line than
    that, a place may be on either side.
    """
    model = _model(services, request)
    here = _positions("place", [request.place])
    with asked.server_failures():
        found = isochrones(model, here[0], request.minutes, outward=request.direction == "from")
    why = unreachable_reasons(model, here, here)[0][0]
    features = [
        s.ReachFeature(
            properties=s.ReachProperties(
                minutes=area.minutes,
                area_km2=round(area.area_km2, 4),
                cell_metres=round(area.cell_metres, 1),
                direction=request.direction,
            ),
            geometry=MultiPolygon.model_validate(asked.geojson(area.area)),
        )
        for area in found
    ]
    reason = f"the place is {why}" if why else None
    return s.IsochroneAnswer(features=features, reason=reason, made_by=s.MadeBy(**asked.made_by(model.provenance)))
