"""Areas, their neighbours and their postcodes: saved whole, read as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from app.storage.models import Area, AreaLink, AreaOtherCensus, Dataset, Postcode


@dataclass(frozen=True, slots=True)
class StoredAreas:
    """A council's areas as arrays, row by row in order of position.

    Attributes:
        ids: (n,) area codes.
        eastings, northings: (n,) metres, mean of the area's live postcodes.
        districts: (n,) district codes.
        live_postcodes: (n,) how many live postcodes each holds.
        polygons: n polygons on the British National Grid.
        adjacency: (n, n) symmetric; the entry is the shared border in metres (a bridge counts as one metre).
        dataset_id: what they were built from.
    """

    ids: NDArray[np.str_]
    eastings: NDArray[np.float64]
    northings: NDArray[np.float64]
    districts: NDArray[np.str_]
    live_postcodes: NDArray[np.int64]
    polygons: list[BaseGeometry]
    adjacency: csr_matrix
    dataset_id: int

    def __len__(self) -> int:
        return len(self.ids)


def replace_areas(
    session: Session,
    council: str,
    *,
    areas: pd.DataFrame,
    polygons: Sequence[BaseGeometry],
    links: pd.DataFrame,
    postcodes: pd.DataFrame,
    dataset_id: int,
    other_census: pd.DataFrame | None = None,
) -> None:
    """Put a council's areas, links and postcodes in place of those it had, in the caller's transaction.

    Args:
        session: A write session.
        council: Whose.
        areas: Columns of :class:`Area` but council, position, polygon and dataset; in the order of their positions.
        polygons: One for each row of ``areas``.
        links: area_a, area_b, shared_metres, bridged.
        postcodes: Columns of :class:`Postcode` but council and dataset.
        dataset_id: The dataset they come from.
        other_census: area_id, code, live_postcodes; None where the postcodes carry areas of one census alone.
    """
    session.execute(delete(AreaOtherCensus).where(AreaOtherCensus.council == council))
    session.execute(delete(AreaLink).where(AreaLink.council == council))
    session.execute(delete(Postcode).where(Postcode.council == council))
    session.execute(delete(Area).where(Area.council == council))
    rows = [
        {**row, "council": council, "position": position, "polygon": polygon, "dataset_id": dataset_id}
        for position, (row, polygon) in enumerate(zip(_records(areas), polygons, strict=True))
    ]
    session.execute(insert(Area), rows)
    if len(links):
        session.execute(insert(AreaLink), [{**row, "council": council} for row in _records(links)])
    session.execute(
        insert(Postcode), [{**row, "council": council, "dataset_id": dataset_id} for row in _records(postcodes)]
    )
    if other_census is not None and len(other_census):
        session.execute(insert(AreaOtherCensus), [{**row, "council": council} for row in _records(other_census)])
    _replace_spatial_index(session, council, rows)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain Python values, with every kind of missing value as None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [
        {str(name): value.item() if isinstance(value, np.generic) else value for name, value in row.items()}
        for row in plain.to_dict("records")
    ]


def _replace_spatial_index(session: Session, council: str, rows: list[dict[str, Any]]) -> None:
    if session.get_bind().dialect.name != "sqlite":
        return  # PostGIS keeps its own
    session.execute(text("DELETE FROM area_rtree WHERE council = :council"), {"council": council})
    first = session.scalar(text("SELECT coalesce(max(position), 0) FROM area_rtree")) or 0
    boxes = []
    for number, row in enumerate(rows, start=first + 1):
        min_e, min_n, max_e, max_n = row["polygon"].bounds
        boxes.append(
            {"i": number, "a": min_e, "b": max_e, "c": min_n, "d": max_n, "council": council, "area": row["id"]}
        )
    session.execute(text("INSERT INTO area_rtree VALUES (:i, :a, :b, :c, :d, :council, :area)"), boxes)


def load_areas(session: Session, council: str) -> StoredAreas | None:
    """Read a council's areas; None when it has none yet."""
    rows = session.execute(
        select(
            Area.id,
            Area.easting,
            Area.northing,
            Area.district_code,
            Area.live_postcodes,
            Area.polygon,
            Area.dataset_id,
        )
        .where(Area.council == council)
        .order_by(Area.position)
    ).all()
    if not rows:
        return None
    ids = np.array([row.id for row in rows])
    return StoredAreas(
        ids=ids,
        eastings=np.array([row.easting for row in rows]),
        northings=np.array([row.northing for row in rows]),
        districts=np.array([row.district_code for row in rows]),
        live_postcodes=np.array([row.live_postcodes for row in rows], dtype=np.int64),
        polygons=[row.polygon for row in rows],
        adjacency=_load_adjacency(session, council, ids),
        dataset_id=rows[0].dataset_id,
    )


def _load_adjacency(session: Session, council: str, ids: NDArray[np.str_]) -> csr_matrix:
    links = session.execute(
        select(AreaLink.area_a, AreaLink.area_b, AreaLink.shared_metres).where(AreaLink.council == council)
    ).all()
    position = {area_id: number for number, area_id in enumerate(ids.tolist())}
    a = np.array([position[link.area_a] for link in links], dtype=np.int64)
    b = np.array([position[link.area_b] for link in links], dtype=np.int64)
    metres = np.array([max(link.shared_metres, 1.0) for link in links])
    n = len(ids)
    return csr_matrix((np.r_[metres, metres], (np.r_[a, b], np.r_[b, a])), shape=(n, n))


def areas_in_box(session: Session, council: str, box: tuple[float, float, float, float]) -> list[str]:
    """Return the ids of areas whose bounding box meets ``(min_e, min_n, max_e, max_n)``, by the spatial index."""
    values = dict(zip(("min_e", "min_n", "max_e", "max_n"), box, strict=True), council=council)
    if session.get_bind().dialect.name == "sqlite":
        query = (
            "SELECT area_id FROM area_rtree WHERE max_e >= :min_e AND min_e <= :max_e AND max_n >= :min_n "
            "AND min_n <= :max_n AND council = :council ORDER BY area_id"
        )
    else:
        query = (
            "SELECT id FROM area WHERE council = :council "
            "AND polygon && ST_MakeEnvelope(:min_e, :min_n, :max_e, :max_n, 27700) ORDER BY id"
        )
    return list(session.scalars(text(query), values))


def live_postcodes(session: Session, council: str) -> pd.DataFrame:
    """Read a council's live postcodes: key, area_id, easting, northing; in order of key."""
    rows = session.execute(
        select(Postcode.key, Postcode.area_id, Postcode.easting, Postcode.northing)
        .where(Postcode.council == council, Postcode.live)
        .order_by(Postcode.key)
    ).all()
    return pd.DataFrame(rows, columns=["key", "area_id", "easting", "northing"])


@dataclass(frozen=True, slots=True)
class BuiltUpPostcodes:
    """Built-up areas of the postcode directory: ``codes`` by live postcode; ``postcodes``, all live ones, by code."""

    codes: dict[str, str]
    postcodes: dict[str, int]


def built_up_of_postcodes(session: Session, council: str) -> BuiltUpPostcodes:
    """The built-up area of each of a council's live postcodes, by its area; empty where the directory names none."""
    rows = session.execute(
        select(Postcode.key, Area.built_up_code)
        .join(Area, (Area.council == Postcode.council) & (Area.id == Postcode.area_id))
        .where(Postcode.council == council, Postcode.live, Area.built_up_code.is_not(None))
    ).all()
    newest = newest_dataset(session, council, "postcodes")
    counted = {} if newest is None else newest.details.get("built_up_postcodes", {})
    return BuiltUpPostcodes({row.key: row.built_up_code for row in rows}, dict(counted))


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """Districts and wards by name.

    Attributes:
        districts, wards: name by code.
        ward_codes: (n,) ward of each area in order of position, empty where none is known.
    """

    districts: dict[str, str]
    wards: dict[str, str]
    ward_codes: NDArray[np.str_]


def place_names(session: Session, council: str) -> PlaceNames:
    """The names that a council's newest directory gives its districts and wards."""
    codes = session.scalars(select(Area.ward_code).where(Area.council == council).order_by(Area.position)).all()
    newest = newest_dataset(session, council, "postcodes")
    details = {} if newest is None else newest.details
    return PlaceNames(
        dict(details.get("districts", {})),
        dict(details.get("place_names", {}).get("ward", {})),
        np.array([code or "" for code in codes], dtype=np.str_),
    )


def newest_dataset(session: Session, council: str, kind: str) -> Dataset | None:
    """The dataset of a kind that was loaded last."""
    return session.scalars(
        select(Dataset).where(Dataset.council == council, Dataset.kind == kind).order_by(Dataset.id.desc())
    ).first()


def newest_datasets(session: Session, council: str) -> list[Dataset]:
    """The dataset of each kind that was loaded last, in the order of their kinds."""
    last = select(func.max(Dataset.id)).where(Dataset.council == council).group_by(Dataset.kind)
    return list(session.scalars(select(Dataset).where(Dataset.id.in_(last)).order_by(Dataset.kind)))


def count_areas(session: Session, council: str) -> int:
    """How many areas a council has."""
    return session.scalar(select(func.count()).select_from(Area).where(Area.council == council)) or 0
