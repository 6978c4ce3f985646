"""Loading a council's postcodes: areas, polygons and neighbours follow from them and are stored together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from sqlalchemy.orm import Session

from app.storage.areas import replace_areas
from app.storage.audit import record
from app.storage.facts import official_classes
from app.storage.models import Council, Dataset
from app.storage.state import bump_state
from geo.adjacency import Adjacency, build_adjacency, connect
from geo.areas import Areas, build_areas

SETTLEMENT_METRES = 2_500
"""An area is named after the nearest listed place within this distance of its centre."""


@dataclass(frozen=True, slots=True)
class CountySource:
    """A council's postcodes, ready to be loaded.

    Attributes:
        name: What people call the council.
        postcodes: One row a postcode: key, easting, northing, quality, area_id, parent_code, district, live,
            introduced, terminated, area_source.
        outline: Polygon on the British National Grid, or None.
        districts: Name by code.
        settlements: name, easting, northing, population; may be empty.
        dataset_name, version, source, licence: What it is and where it comes from.
    """

    name: str
    postcodes: pd.DataFrame
    outline: Any
    districts: dict[str, str]
    settlements: pd.DataFrame
    dataset_name: str
    version: str
    source: str
    licence: str


def ensure_council(session: Session, council: str, name: str) -> None:
    """Make the council's row if there is none."""
    row = session.get(Council, council)
    if row is None:
        session.add(Council(code=council, name=name, state_version=0))
    else:
        row.name = name
    session.flush()


def fingerprint_of(source: CountySource) -> str:
    """SHA-256 of the content that areas follow from."""
    digest = hashlib.sha256()
    digest.update(pd.util.hash_pandas_object(source.postcodes.astype(str), index=False).to_numpy().tobytes())
    digest.update(b"" if source.outline is None else source.outline.wkb)
    return digest.hexdigest()


def load_county(
    session: Session,
    council: str,
    source: CountySource,
    actor: str,
    report: Callable[[float, str], None] = lambda _share, _stage: None,
) -> dict[str, Any]:
    """Replace a council's areas and postcodes by those that follow from ``source``, in the caller's transaction.

    Returns:
        dataset_id and counts, with every island, disconnected piece and bridge named.

    Raises:
        ValueError: a live postcode without area or position; the message names the row.
    """
    ensure_council(session, council, source.name)
    table = source.postcodes
    live = table[table["live"]].reset_index(drop=True)
    report(0.1, "drawing areas")
    areas = build_areas(
        live["key"].tolist(), live["easting"], live["northing"], live["area_id"].tolist(), outline=source.outline
    )
    report(0.5, "finding neighbours")
    found = build_adjacency(areas)
    joined = connect(areas, found)
    known = table[table["area_id"].isin(set(areas.ids.tolist()))]
    dataset = Dataset(
        council=council,
        kind="postcodes",
        name=source.dataset_name,
        version=source.version,
        source=source.source,
        licence=source.licence,
        sha256=fingerprint_of(source),
        rows=len(known),
        details=_details(source, areas, found, joined, left_out=len(table) - len(known)),
        loaded_at=datetime.now(UTC),
    )
    session.add(dataset)
    session.flush()
    report(0.6, "storing")
    rows = _area_rows(source, areas, live)
    rows["official_class"] = rows["id"].map(official_classes(session, council))
    replace_areas(
        session,
        council,
        areas=rows,
        polygons=list(areas.polygons),
        links=_link_rows(areas, joined),
        postcodes=_postcode_rows(known),
        dataset_id=dataset.id,
    )
    bump_state(session, council)
    counts = {"areas": len(areas), "postcodes": len(known), "live_postcodes": len(live)}
    record(
        session,
        council=council,
        actor=actor,
        action="postcodes.load",
        entity="dataset",
        entity_id=dataset.id,
        after={**counts, "version": source.version, "sha256": dataset.sha256},
    )
    return {"dataset_id": dataset.id, **counts, **{k: v for k, v in dataset.details.items() if k != "districts"}}


def _details(
    source: CountySource, areas: Areas, found: Adjacency, joined: Adjacency, *, left_out: int
) -> dict[str, Any]:
    return {
        "districts": source.districts,
        "pieces": [str(piece) for piece in found.pieces[1:]],
        "islands": [str(piece) for piece in found.islands],
        "bridges": [str(link) for link in joined.links],
        "areas_in_pieces": areas.in_pieces,
        "postcodes_beyond_outline": len(areas.beyond),
        "postcodes_left_out": left_out,
    }


def _most_common(values: pd.Series[Any]) -> Any:
    return values.mode().iloc[0]


def _area_rows(source: CountySource, areas: Areas, live: pd.DataFrame) -> pd.DataFrame:
    first = live.groupby("area_id")[["district", "parent_code"]].agg(_most_common)
    first = first.reindex(areas.ids)
    return pd.DataFrame(
        {
            "id": areas.ids,
            "district_code": first["district"].to_numpy(),
            "parent_code": first["parent_code"].to_numpy(),
            "easting": areas.easting,
            "northing": areas.northing,
            "live_postcodes": areas.counts,
            "settlement": _settlement_names(source.settlements, areas),
            "population": None,
            "population_75_and_over": None,
            "official_class": None,
        }
    )


def _settlement_names(settlements: pd.DataFrame, areas: Areas) -> list[str | None]:
    if not len(settlements):
        return [None] * len(areas)
    east = settlements["easting"].to_numpy(float)
    north = settlements["northing"].to_numpy(float)
    names = settlements["name"].tolist()
    # A large place reaches further than a hamlet: its distance is shortened by the radius its people would take up
    # at 25 to the hectare, so that a town's outskirts are not named after the village next to it.
    people = pd.to_numeric(settlements["population"], errors="coerce").fillna(0).to_numpy(float)
    radius = np.sqrt(people / 25 * 10_000 / np.pi)
    found: list[str | None] = []
    for x, y in zip(areas.easting, areas.northing, strict=True):
        away = np.hypot(east - x, north - y) - radius
        nearest = int(np.argmin(away))
        found.append(names[nearest] if away[nearest] <= SETTLEMENT_METRES else None)
    return found


def _link_rows(areas: Areas, joined: Adjacency) -> pd.DataFrame:
    borders = coo_array(joined.border_m)
    upper = borders.row < borders.col
    first, second = areas.ids[borders.row[upper]], areas.ids[borders.col[upper]]
    bridged = {frozenset(link.area_ids) for link in joined.links}
    return pd.DataFrame(
        {
            "area_a": np.where(first < second, first, second),
            "area_b": np.where(first < second, second, first),
            "shared_metres": borders.data[upper].astype(float),
            "bridged": [frozenset(pair) in bridged for pair in zip(first.tolist(), second.tolist(), strict=True)],
        }
    )


def _postcode_rows(known: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "key": known["key"],
            "area_id": known["area_id"],
            "district_code": known["district"],
            "easting": known["easting"].astype(int),
            "northing": known["northing"].astype(int),
            "positional_quality": known["quality"].replace(0, None),
            "live": known["live"].astype(bool),
            "introduced": known["introduced"].where(known["introduced"] != "", None),
            "terminated": known["terminated"].where(known["terminated"] != "", None),
            "area_source": known["area_source"].replace("", "lookup"),
        }
    )
