"""A postcode directory of the whole United Kingdom in shape, made from the installed packages.

Postcodes, positions, districts and whether a postcode is live are real (see NOTICE). Small areas are made up here: a
dozen neighbouring postcodes of a district each. So are wards, a few of those each, and built-up areas, the ground that
a named place's people would take up; their names stand in documents beside the table. Every other column holds the
pseudo code its kind has. The header is that of the ONS Postcode Directory of August 2026; the zip holds one table of
the country, and on request the same again by postcode area.

    .venv/bin/python -m bench.postcodes.uk_directory OUT.zip [--by-area] [--only E06000017,E07000134]
"""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyproj
from pyarrow import csv
from scipy.spatial import cKDTree

from app.ingest.national import councils, named_places
from app.ingest.postcode_directory import IRISH_GRID, build_gazetteer, shipped_counties
from geo.area_names import PEOPLE_A_HECTARE
from geo.gazetteer import Gazetteer, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

HEADER: Final = [
    "pcd7", "pcd8", "pcds", "dointr", "doterm", "cty26cd", "ced25cd", "lad26cd", "wd26cd", "parncp26cd",
    "usrtypind", "east1m", "north1m", "gridind", "hlth19cd", "nhser24cd", "ctry26cd", "rgn26cd", "ssr95cd",
    "pcon24cd", "eer20cd", "educ23cd", "ttwa15cd", "pco19cd", "itl25cd", "wdstl05cd", "oa01cd", "wdcas03cd",
    "npark16cd", "lsoa01cd", "msoa01cd", "ruc01ind", "oac01ind", "oa11cd", "lsoa11cd", "msoa11cd", "wz11cd",
    "sicbl26cd", "bua24cd", "ruc11ind", "oac11ind", "lat", "long", "lep21cd1", "lep21cd2", "pfa23cd", "imd20ind",
    "cal26cd", "icb26cd", "oa21cd", "lsoa21cd", "msoa21cd", "ruc21ind", "oac21ind", "imd25ind",
]  # fmt: skip
POSTCODES_AN_AREA: Final = 12
AREAS_A_PARENT: Final = 5
PARENTS_A_WARD: Final = 6
_CELL_METRES: Final = 250
_ROWS_AT_ONCE: Final = 65_536


def directory(gazetteer: Gazetteer, only: Sequence[str] = ()) -> pd.DataFrame:
    """The directory as a frame of texts, one column a name of the header."""
    of_each = gazetteer.districts[gazetteer.district_index].astype("U9")
    kept = np.isin(of_each, list(only)) if only else np.ones(len(gazetteer), bool)
    keys = pd.Series(gazetteer.keys[kept].astype("U7"))
    outward, inward = keys.str[:-3], keys.str[-3:]
    east, north = gazetteer.easting[kept].astype(float), gazetteer.northing[kept].astype(float)
    district = pd.Series(of_each[kept])
    live = gazetteer.status[kept] != Status.TERMINATED
    letter = district.str[:1]
    # Of one letter each: held as such, so that sixty columns of a country do not take gigabytes.
    pseudo = (letter.replace("", "L") + "99999999").astype("category")
    area, parent = _areas(district.to_numpy(), east, north)
    placed = east >= 0
    east_here, north_here = east.copy(), north.copy()  # before Northern Ireland moves to its own grid
    irish = outward.str.startswith("BT").to_numpy() & placed
    if irish.any():
        to_irish = pyproj.Transformer.from_crs(27700, IRISH_GRID, always_xy=True)
        east[irish], north[irish] = to_irish.transform(east[irish], north[irish])
    out = dict.fromkeys(HEADER, pseudo)
    codes = {
        "pcd7": outward.str.ljust(4) + inward,
        "pcd8": outward.str.ljust(5) + inward,
        "pcds": outward + " " + inward,
        "dointr": pd.Series("198001", index=keys.index),
        "doterm": pd.Series(np.where(live, "", "201006")),
        "lad26cd": district.where(district != "", "L99999999"),
        "usrtypind": pd.Series("0", index=keys.index),
        "east1m": pd.Series(np.where(placed, np.char.mod("%d", np.rint(east)), "")),
        "north1m": pd.Series(np.where(placed, np.char.mod("%07d", np.rint(north)), "")),
        "gridind": pd.Series(np.where(placed, "1", "9")),
        "oa11cd": letter + area, "oa21cd": letter + area,
        "lsoa11cd": (letter + parent).where(letter != "N", "95AA01S1"), "lsoa21cd": letter + parent,
        "ruc11ind": pd.Series("C1", index=keys.index).where(letter != "S", "3"),
        "ruc21ind": pd.Series("UN1", index=keys.index).where(letter != "S", "1"),
        "lat": pd.Series("52.705600", index=keys.index), "long": pd.Series("-1.243200", index=keys.index),
        "wd26cd": letter + _wards(parent), "bua24cd": _built_up(letter, east_here, north_here),
        "imd20ind": pd.Series("20123", index=keys.index), "imd25ind": pd.Series("20123", index=keys.index),
    }  # fmt: skip
    return pd.DataFrame(out | codes)


def _areas(
    district: NDArray[np.str_], east: NDArray[np.float64], north: NDArray[np.float64]
) -> tuple[pd.Series[str], pd.Series[str]]:
    """Made-up codes of an area and the larger one it lies in, without their country's letter."""
    row = np.floor(north / _CELL_METRES)
    turn = np.where(row % 2 == 0, east, -east)  # to and fro, so that consecutive postcodes are neighbours
    order = np.lexsort((turn, row, district))
    named = district[order]
    first = np.r_[True, named[1:] != named[:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    within = (np.arange(len(order)) - start) // POSTCODES_AN_AREA
    new = first | np.r_[True, within[1:] != within[:-1]]
    number = np.empty(len(order), np.int64)
    number[order] = np.cumsum(new)
    text = pd.Series(number)
    return "00" + text.astype(str).str.zfill(6), "01" + (text // AREAS_A_PARENT).astype(str).str.zfill(6)


def _wards(parent: pd.Series[str]) -> pd.Series[str]:
    """Made-up codes of wards: a few neighbouring larger areas each, without their country's letter."""
    return "05" + (parent.str[2:].astype(int) // PARENTS_A_WARD).astype(str).str.zfill(6)


def _built_up(letter: pd.Series[str], east: NDArray[np.float64], north: NDArray[np.float64]) -> pd.Series[str]:
    """Made-up codes of built-up areas: a named place of England and Wales reaches as far as its people take up."""
    places = named_places()
    # Twice the ground its people would fill: a town's edge, not its centre, is where its postcodes end.
    reach = 2 * np.sqrt(places["population"].to_numpy(float) / PEOPLE_A_HECTARE * 10_000 / np.pi)
    out = (letter + "99999999").to_numpy(dtype=object, copy=True)
    tree = cKDTree(np.column_stack([east, north]))
    points = places[["easting", "northing"]].to_numpy(float)
    owner = np.full(len(letter), -1)
    for place in np.argsort(-reach, kind="stable").tolist():  # a small place within a large one keeps its own
        owner[tree.query_ball_point(points[place], reach[place])] = place
    owned = (owner >= 0) & letter.isin(["E", "W"]).to_numpy()
    codes = pd.Series([f"63{place:06d}" for place in range(len(places))])
    own = np.flatnonzero(owned)
    out[own] = (letter.iloc[own].reset_index(drop=True) + codes.iloc[owner[own]].reset_index(drop=True)).to_numpy()
    return pd.Series(out)


def documents(frame: pd.DataFrame) -> dict[str, str]:
    """Lookups of names and codes by the name of their file, as a download has them beside its table."""
    known = councils()
    districts = sorted(set(frame["lad26cd"]) - {""})
    places = named_places()["name"].tolist()
    built_up = sorted(code for code in set(frame["bua24cd"]) if not code.endswith("9" * 8))
    first = frame.drop_duplicates("wd26cd").sort_values("wd26cd")
    near = cKDTree(named_places()[["easting", "northing"]].to_numpy(float))
    east = pd.to_numeric(first["east1m"], errors="coerce").fillna(0).to_numpy(float)
    north = pd.to_numeric(first["north1m"], errors="coerce").fillna(0).to_numpy(float)
    _, place = near.query(np.column_stack([east, north]))
    wards = zip(first["wd26cd"], place.tolist(), strict=True)
    return {
        "Documents/LA_UA names and codes UK as at 04_26.csv": _lines(
            "LAD26CD,LAD26NM,LAD26NMW", ((code, known.name_of(code), "") for code in districts)
        ),
        "Documents/WD_Ward names and codes UK as at 05_26.csv": _lines(
            "WD26CD,WD26NM", ((code, f"{places[at]} {int(code[3:]) % 97 + 1}") for code, at in wards)
        ),
        "Documents/BUA Built Up Area names and codes EW as at 04_24.csv": _lines(
            "BUA24CD,BUA24NM,BUA24NMW", ((code, places[int(code[3:])], "") for code in built_up)
        ),
    }


def _lines(header: str, rows: Iterable[tuple[str, ...]]) -> str:
    return "\ufeff" + header + "\r\n" + "".join(",".join(f'"{text}"' for text in row) + "\r\n" for row in rows)


def write(frame: pd.DataFrame, out: Path, *, by_area: bool = False, name: str = "ONSPD_AUG_2026") -> None:
    """Write a download: the table of the country under ``Data``, or one a postcode area, and documents beside them."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for member, text in documents(frame).items():
            packed.writestr(member, text)
        packed.writestr("User Guide/ONSPD User Guide Aug 2026.pdf", "%PDF-")
        if by_area:
            letters = frame["pcds"].str.extract(r"^([A-Z]+)", expand=False)
            for area, part in frame.groupby(letters):
                _write_table(packed, f"Data/multi_csv/{name}_UK_{area}.csv", part)
        else:
            _write_table(packed, f"Data/{name}_UK.csv", frame)


def _write_table(packed: zipfile.ZipFile, member: str, frame: pd.DataFrame) -> None:
    options = csv.WriteOptions(quoting_style="all_valid", batch_size=_ROWS_AT_ONCE)
    schema = pa.schema([(str(name), pa.string()) for name in frame.columns])
    with packed.open(member, "w", force_zip64=True) as file, csv.CSVWriter(file, schema, write_options=options) as out:
        for start in range(0, len(frame), _ROWS_AT_ONCE):
            part = frame.iloc[start : start + _ROWS_AT_ONCE]
            out.write_table(pa.table({name: pa.array(part[name].astype(object), pa.string()) for name in part}))


def main() -> None:
    """Write the directory asked for."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("out", type=Path)
    ask.add_argument("--by-area", action="store_true")
    ask.add_argument("--only", default="", help="codes of districts, by commas")
    given = ask.parse_args()
    only = [code for code in given.only.split(",") if code]
    frame = directory(build_gazetteer(shipped_counties()), only)
    write(frame, given.out, by_area=given.by_area)
    print(f"{len(frame):,} postcodes in {given.out}, {given.out.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
