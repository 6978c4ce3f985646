"""Postcodes together: of a named place, of an outward code, or near a point within a stated reach."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.lookup.index import LookupIndex
from app.problems import FieldError, Problem, invalid_input
from app.storage.models import Area
from routing.wgs84 import metres

DEFAULT_REACH_METRES = 5_000.0
MOST_REACH_METRES = 50_000.0


def at_point(
    latitude: float | None, longitude: float | None, easting: float | None, northing: float | None
) -> tuple[float, float]:
    """Easting and northing of a point given in degrees or on the grid.

    Raises:
        Problem: neither pair is whole, or both are.
    """
    degrees_given, grid_given = latitude is not None and longitude is not None, None not in (easting, northing)
    halves = (latitude is None) != (longitude is None) or (easting is None) != (northing is None)
    if halves or degrees_given == grid_given:
        message = "expected latitude and longitude, or easting and northing, and not both"
        error = FieldError(field="query", message=message)
        raise invalid_input(f"query: {message}.", errors=[error.model_dump(exclude_none=True)])
    if easting is not None and northing is not None:
        return easting, northing
    found = metres(np.array([[longitude, latitude]], dtype=np.float64))[0]
    return float(found[0]), float(found[1])


def within_reach(
    index: LookupIndex, easting: float, northing: float, reach: float, limit: int
) -> list[tuple[str, float]]:
    """Live postcodes of the council within a reach of a point, nearest first, with their metres."""
    return [(key, away) for key, away in index.nearest_live(easting, northing, limit) if away <= reach]


def settlement_areas(session: Session, council: str, place: str) -> tuple[str | None, list[str]]:
    """A settlement's name as it is written and its areas."""
    rows = session.execute(
        select(Area.id, Area.settlement)
        .where(Area.council == council, func.lower(Area.settlement) == place.strip().lower())
        .order_by(Area.id)
    ).all()
    return (rows[0].settlement if rows else None), [row.id for row in rows]


def settlement_names(session: Session, council: str, like: str, limit: int) -> list[str]:
    """Settlements whose name holds a text."""
    query = (
        select(Area.settlement)
        .where(
            Area.council == council,
            Area.settlement.is_not(None),
            func.lower(Area.settlement).contains(like.strip().lower(), autoescape=True),
        )
        .distinct()
        .order_by(Area.settlement)
        .limit(limit)
    )
    return [name for name in session.scalars(query) if name]


def keys_of(session: Session, council: str, index: LookupIndex, place: str | None, outward: str | None) -> list[str]:
    """Keys of live postcodes of a settlement or of an outward code.

    Raises:
        Problem: there is no such place or code here.
    """
    if outward is not None:
        code = outward.strip().upper().replace(" ", "")
        first, last = np.searchsorted(index.keys, [code, code + "\uffff"])
        keys = [str(key) for key in index.keys[first:last] if str(key)[:-3] == code]
        if not keys:
            raise Problem(404, "not-found", "Not found", f"No live postcode of the council begins with {code[:10]}.")
        return keys
    name, areas = settlement_areas(session, council, place or "")
    if name is None:
        near = settlement_names(session, council, place or "", 5)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise Problem(
            404, "not-found", "Not found", f"No settlement here is called {(place or '')[:60]}.{hint}", suggestions=near
        )
    inside = set(areas)
    return [str(key) for key in index.keys if index.postcodes[str(key)][0] in inside]


def summary_of(index: LookupIndex, keys: list[str], on: date) -> dict[str, Any]:
    """Zones, bands and rates of some postcodes, each with how many they hold."""
    zones: Counter[int | None] = Counter()
    bands: Counter[str | None] = Counter()
    rates: dict[str | None, Any] = {}
    for key in keys:
        found = index.answer(key, on, [])
        zones[found.zone.number if found.zone else None] += 1
        bands[found.band] += 1
        rates[found.band] = found.pounds_per_hour
    return {
        "postcodes": len(keys),
        "zones": [
            {"number": number, "name": index.zones[number].name if number in index.zones else None, "postcodes": count}
            for number, count in zones.most_common()
        ],
        "bands": [
            {"band": band, "pounds_per_hour": rates[band], "postcodes": count} for band, count in bands.most_common()
        ],
    }
