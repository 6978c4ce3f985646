"""Loading a council's postcodes: areas, polygons and neighbours follow from them and are stored together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from sqlalchemy.orm import Session

from app.storage.areas import replace_areas
from app.storage.audit import record
from app.storage.facts import CLASS_YEARS, OFFICIAL_CLASS, official_classes
from app.storage.models import Council, Dataset
from app.storage.state import bump_state
from geo.adjacency import Adjacency, build_adjacency, connect
from geo.area_names import NamedGround, area_names
from geo.areas import Areas, build_areas

OTHER_COLUMNS = ("other_area_id", "other_parent_code")

PLACE_COLUMNS = ("ward_code", "built_up_code")
"""Codes of places that postcodes may carry, besides those of their areas and district."""

_PSEUDO = r"[A-Z]9{8}"


@dataclass(frozen=True, slots=True)
class Ground:
    """What parts a council's ground from its neighbours' and from the sea where it gives no outline.

    Attributes:
        eastings, northings: (m,) live postcodes of its neighbours, metres.
        land: Where there is land at all; None where that is not known.
    """

    eastings: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    northings: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    land: Any = None


@dataclass(frozen=True, slots=True)
class CountySource:
    """A council's postcodes, ready to be loaded.

    Attributes:
        name: What people call the council.
        postcodes: One row a postcode: key, easting, northing, quality, area_id, parent_code, district, live,
            introduced, terminated, area_source; and, where the file has them, official_class, and other_area_id and
            other_parent_code, the areas of the other census.
            And ward_code, built_up_code, official_class_2011 and official_class_2021, where it has them.
        outline: Polygon on the British National Grid, or None.
        districts: Name by code.
        settlements: name, easting, northing, population; may be empty.
        census: Census the areas are of, 2021 or 2011; None for areas of the council's own.
        ground: What parts the council's ground from its neighbours' and from the sea where it gives no outline.
        place_names: Names by code of its wards and built-up areas, as ``ward`` and ``built_up``.
        built_up_postcodes: Live postcodes of each built-up area by code, those of other councils included.
        boundaries: Official polygon by area, in place of those drawn from postcodes; None without.
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
    census: int | None = None
    ground: Ground = Ground()
    place_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    built_up_postcodes: Mapping[str, int] = field(default_factory=dict)
    boundaries: Mapping[str, Any] | None = None


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
        live["key"].tolist(),
        live["easting"],
        live["northing"],
        live["area_id"].tolist(),
        outline=source.outline,
        outside=(source.ground.eastings, source.ground.northings),
        land=source.ground.land,
    )
    if source.boundaries is not None:
        areas = areas.with_polygons(source.boundaries)
    report(0.5, "finding neighbours")
    found = build_adjacency(areas)
    joined = connect(areas, found)
    classes = class_of_areas(live, "official_class")
    codes = _codes_of_areas(live, areas)
    names = _settlement_names(source, areas, codes)
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
        details={
            **_details(source, areas, found, joined, left_out=len(table) - len(known), classed=len(classes)),
            **_names_told(source, codes, names),
        },
        loaded_at=datetime.now(UTC),
    )
    session.add(dataset)
    session.flush()
    report(0.6, "storing")
    rows = _area_rows(areas, live, codes, names)
    rows["official_class"] = rows["id"].map({**official_classes(session, council), **classes})
    for year in CLASS_YEARS:
        held = {**official_classes(session, council, year), **class_of_areas(live, f"official_class_{year}")}
        rows[f"official_class_{year}"] = rows["id"].map(held)
    replace_areas(
        session,
        council,
        areas=rows,
        polygons=list(areas.polygons),
        links=_link_rows(areas, joined),
        postcodes=_postcode_rows(known),
        dataset_id=dataset.id,
        other_census=in_other_census(live),
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
    told = {k: v for k, v in dataset.details.items() if k not in {"districts", "place_names", "built_up_postcodes"}}
    return {"dataset_id": dataset.id, **counts, **told}


def _details(
    source: CountySource, areas: Areas, found: Adjacency, joined: Adjacency, *, left_out: int, classed: int
) -> dict[str, Any]:
    return {
        "districts": source.districts,
        "pieces": [str(piece) for piece in found.pieces[1:]],
        "islands": [str(piece) for piece in found.islands],
        "bridges": [str(link) for link in joined.links],
        "census": source.census,
        "square_kilometres": round(float(shapely.area(areas.polygons).sum()) / 1e6, 2),
        "areas_in_pieces": areas.in_pieces,
        "postcodes_on_other_ground": int(areas.on_other_ground.sum()),
        "areas_with_official_class": classed,
        "postcodes_beyond_outline": len(areas.beyond),
        "postcodes_left_out": left_out,
    }


def in_other_census(live: pd.DataFrame) -> pd.DataFrame | None:
    """Live postcodes by area and area of the other census: area_id, code, live_postcodes; None where none is known."""
    if "other_area_id" not in live:
        return None
    pairs = pd.concat([live[["area_id", column]].set_axis(["area_id", "code"], axis=1) for column in OTHER_COLUMNS])
    pairs = pairs[pairs["code"] != ""]
    return pairs.groupby(["area_id", "code"]).size().reset_index(name="live_postcodes")


def class_of_areas(live: pd.DataFrame, column: str) -> dict[str, str]:
    """Official class of each area by its live postcodes: the class most of them carry, of equals the first by code.

    Codes that stand for no class (Z9), and Scotland's numbers, which mean something else in each edition, are left out.
    """
    if column not in live:
        return {}
    return _most_carried(live[live[column].str.fullmatch(OFFICIAL_CLASS)], column)


def _most_carried(live: pd.DataFrame, column: str) -> dict[str, str]:
    if live.empty:
        return {}
    counted = live.groupby(["area_id", column]).size().reset_index(name="postcodes")
    counted = counted.sort_values(["area_id", "postcodes", column], ascending=[True, False, True])
    first = counted.drop_duplicates("area_id")
    return dict(zip(first["area_id"], first[column], strict=True))


def _codes_of_areas(live: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """District, ward and built-up area of each area by most of its live postcodes; empty where those are in none."""
    out = pd.DataFrame({"district": live.groupby("area_id")["district"].agg(_most_common).reindex(areas.ids)})
    for column in PLACE_COLUMNS:
        held = {}
        if column in live:
            plain = live[column].where(~live[column].str.fullmatch(_PSEUDO), "")
            held = _most_carried(live.assign(**{column: plain}), column)
        out[column] = [held.get(area, "") for area in areas.ids.tolist()]
    return out


def _names_told(source: CountySource, codes: pd.DataFrame, names: list[str | None]) -> dict[str, Any]:
    """The names of the county's places, and how many of each kind have none."""
    wards, towns = source.place_names.get("ward", {}), source.place_names.get("built_up", {})
    held = {"ward": set(codes["ward_code"]) - {""}, "built_up": set(codes["built_up_code"]) - {""}}
    named = pd.Series(names, index=codes["built_up_code"].tolist(), dtype=object)
    nameless = [code for code in held["built_up"] - set(towns) if named[[code]].isna().all()]
    return {
        "place_names": {
            "ward": {code: name for code, name in wards.items() if code in held["ward"]},
            "built_up": {code: name for code, name in towns.items() if code in held["built_up"]},
        },
        "built_up_postcodes": {code: source.built_up_postcodes.get(code, 0) for code in sorted(held["built_up"])},
        "districts_without_a_name": sum(source.districts.get(code, code) == code for code in set(codes["district"])),
        "wards": len(held["ward"]),
        "wards_without_a_name": len(held["ward"] - set(wards)),
        "built_up_areas": len(held["built_up"]),
        "built_up_areas_without_a_name": len(nameless),
        "areas_without_a_name": sum(name is None for name in names),
    }


def _most_common(values: pd.Series[Any]) -> Any:
    return values.mode().iloc[0]


def _area_rows(areas: Areas, live: pd.DataFrame, codes: pd.DataFrame, names: list[str | None]) -> pd.DataFrame:
    parents = live.groupby("area_id")["parent_code"].agg(_most_common).reindex(areas.ids)
    return pd.DataFrame(
        {
            "id": areas.ids,
            "district_code": codes["district"].to_numpy(),
            "parent_code": parents.to_numpy(),
            "easting": areas.easting,
            "northing": areas.northing,
            "live_postcodes": areas.counts,
            "settlement": names,
            "ward_code": codes["ward_code"].replace("", None).to_numpy(),
            "built_up_code": codes["built_up_code"].replace("", None).to_numpy(),
            "population": None,
            "population_75_and_over": None,
            "official_class": None,
        }
    )


def _settlement_names(source: CountySource, areas: Areas, codes: pd.DataFrame) -> list[str | None]:
    return area_names(
        NamedGround.of(
            np.column_stack([areas.easting, areas.northing]),
            areas.counts.astype(np.float64),
            [source.districts.get(code, code) for code in codes["district"]],
            source.settlements,
            codes["built_up_code"].tolist(),
            source.place_names.get("built_up", {}),
        )
    )


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
