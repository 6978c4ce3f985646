"""What a person needs on a map to know where they are: settlements by size, districts, and neighbours of every area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lookup.index import LookupIndex
from app.storage.areas import StoredAreas, load_areas
from app.storage.models import Area, BandArea
from app.usecases.county.areas import simplified
from geo.zoning import dissolve
from routing.wgs84 import degrees

#: Borders of districts keep corners of this size; a county fills a screen of a thousand pixels at about 80 m each.
SIMPLIFY_METRES = 60.0
_DEGREE_PLACES = 5


@dataclass(frozen=True, slots=True)
class Settlement:
    """A named place: where its live postcodes lie, how many there are, and how many people live there, where known."""

    name: str
    longitude: float
    latitude: float
    live_postcodes: int
    population: int | None


@dataclass(frozen=True, slots=True)
class District:
    """A district with its border as GeoJSON in WGS84."""

    code: str
    name: str
    geometry: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ground:
    """Settlements, largest first; districts in order of code; the neighbours of each area."""

    settlements: list[Settlement]
    districts: list[District]
    neighbours: dict[str, list[str]]


def read_ground(session: Session, index: LookupIndex, council: str) -> Ground:
    """Read what the map shows beneath bands and zones; empty while no areas are loaded."""
    areas = load_areas(session, council)
    if areas is None:
        return Ground([], [], {})
    links = areas.adjacency
    ids = areas.ids.tolist()
    neighbours = {
        area: [ids[j] for j in links.indices[links.indptr[i] : links.indptr[i + 1]]] for i, area in enumerate(ids)
    }
    return Ground(_settlements(session, council), _districts(areas, index), neighbours)


def _settlements(session: Session, council: str) -> list[Settlement]:
    found: dict[str, list[Any]] = {}
    query = select(Area.settlement, Area.easting, Area.northing, Area.live_postcodes, Area.population)
    for row in session.execute(query.where(Area.council == council, Area.settlement.is_not(None))):
        found.setdefault(row.settlement, []).append(row)
    settlements = []
    for name, rows in found.items():
        weights = np.array([max(row.live_postcodes, 1) for row in rows], dtype=float)
        places = np.array([(row.easting, row.northing) for row in rows])
        middle = (places * weights[:, None]).sum(axis=0) / weights.sum()
        # The name stands on the area nearest to the middle, so that it never lies outside a bent settlement.
        nearest = places[np.argmin(np.linalg.norm(places - middle, axis=1))]
        longitude, latitude = degrees(nearest[None])[0]
        people = [row.population for row in rows]
        settlements.append(
            Settlement(
                name=name,
                longitude=round(float(longitude), _DEGREE_PLACES),
                latitude=round(float(latitude), _DEGREE_PLACES),
                live_postcodes=int(sum(row.live_postcodes for row in rows)),
                population=None if None in people else int(sum(people)),
            )
        )
    return sorted(settlements, key=lambda place: (-place.live_postcodes, place.name))


def _districts(areas: StoredAreas, index: LookupIndex) -> list[District]:
    codes, labels = np.unique(areas.districts, return_inverse=True)
    shapes = dissolve(areas.polygons, labels.astype(np.int64), zones=len(codes))
    drawn = shapely.transform(
        np.array(simplified(list(shapes), SIMPLIFY_METRES), dtype=object),
        lambda xy: np.round(degrees(xy), _DEGREE_PLACES),
    )
    return [
        District(code, index.districts.get(code, code), dict(shapely.geometry.mapping(shape)))
        for code, shape in zip(codes.tolist(), drawn, strict=True)
    ]


def minutes_to_next_visit(session: Session, run_id: int | None) -> dict[str, float | None]:
    """Estimated minutes from a visit in each area to the next one, of the classification in force."""
    if run_id is None:
        return {}
    rows = session.execute(select(BandArea.area_id, BandArea.features).where(BandArea.run_id == run_id))
    return {row.area_id: row.features.get("minutes_to_next_visit") for row in rows}
