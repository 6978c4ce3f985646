"""Loading a council's own postcode directory: an ONSPD or Code-Point Open download, with or without its own areas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from app.ingest.national import councils, land, named_places
from app.ingest.outlines import read_boundaries, read_outline
from app.ingest.package_findings import FindingList
from app.ingest.postcode_archive import UnreadableFile
from app.ingest.postcode_files import BadPostcodeFile, read_area_lookup, read_postcode_file
from app.ingest.postcode_names import PSEUDO, Names, names_in
from app.jobs.problems import JobProblem
from app.lookup.directory import national_directory
from app.settings import Settings
from app.storage.database import Database
from app.usecases.county.load_county import CountySource, Ground, load_county
from geo.councils import Council
from geo.gazetteer import NO_POSITION, Gazetteer, Status

LICENCE = (
    "Contains OS data, Royal Mail data and National Statistics data, each Crown copyright and database right; "
    "Open Government Licence v3.0."
)
MOST_DISTRICTS = 60
"""A county has a dozen districts and London 33: a file of more is the country's, and the council's must be named."""

CENSUS_YEARS = (2021, 2011)
"""Censuses whose areas a directory may hold, the default first."""

CLASS_COLUMNS = {2021: "ruc21ind", 2011: "ru11ind"}
"""Where a directory holds the official rural-urban class, by census."""

NEIGHBOURS_METRES = 20_000
"""How far beyond a council's own postcodes its neighbours' are read, to part their ground from its."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a directory is loaded, and how.

    Attributes:
        council: The council asked for by name; None where district codes are given, or the whole file is meant.
        districts: Codes of its districts; every postcode of the file when there are none and no council.
        name: What people call the council.
        area_lookup: CSV of postcode and area where the file has no output areas, or to use others.
        outline: Its outline, any vector format GDAL reads.
        boundaries: Polygons of the areas, any vector format GDAL reads, with a column of area codes.
        census: 2021 or 2011; the newest the file has when None.
    """

    name: str
    council: Council | None = None
    districts: Sequence[str] = ()
    area_lookup: Path | None = None
    outline: Path | None = None
    boundaries: Path | None = None
    census: int | None = None

    @property
    def codes(self) -> frozenset[str]:
        """Every district code to look for, those of earlier years included."""
        known = self.council.every_code if self.council is not None else frozenset()
        return known | frozenset(self.districts)


def import_postcodes(
    database: Database,
    settings: Settings,
    file: Path,
    wanted: Wanted,
    *,
    actor: str,
    report: Callable[[float, str], None] = lambda _share, _stage: None,
) -> dict[str, Any]:
    """Read, check and load a directory in place of what the council had; with an error nothing changes.

    Args:
        database: Where to.
        settings: Whose, and where the installed national directory is kept.
        file: ONSPD, NSPL or Code-Point Open, CSV or zip.
        wanted: What of it.
        actor: Who loads it.
        report: Told how far it is.

    Raises:
        Problem: with every wrong row, or saying what the file lacks.
    """
    report(0.02, "reading the file")
    try:
        directory = read_postcode_file(file, sorted(wanted.codes))
        lookup = read_area_lookup(wanted.area_lookup) if wanted.area_lookup else None
    except BadPostcodeFile as error:
        raise refused(str(error), error.findings) from error
    except UnreadableFile as error:
        raise JobProblem("Unreadable file", str(error), slug="import-refused") from error
    table = directory.table
    without = int((table["easting"] == NO_POSITION).sum())
    table = table[table["easting"] != NO_POSITION]
    if not wanted.codes and len(directory.districts) > MOST_DISTRICTS:
        raise JobProblem(
            "Name the districts",
            f"districts: found none given, and postcodes of {len(directory.districts)} districts in the file, such as "
            f"{', '.join(sorted(directory.districts)[:5])}; expected a council's name (--council) or the codes "
            "of its districts (--districts).",
        )
    if not len(table):
        asked = wanted.council.name if wanted.council is not None else ", ".join(wanted.districts)
        found = ", ".join(sorted(directory.districts)[:10])
        raise JobProblem("No postcodes", f"districts: found none of {asked} in the file, which has {found}.")
    rows, census = with_areas(table, None if lookup is None else lookup.table, wanted.census)
    report(0.06, "reading the neighbours' postcodes")
    built_up = set(rows["built_up_code"])
    names = _names(file, rows)
    source = CountySource(
        name=wanted.name,
        postcodes=rows,
        outline=None if wanted.outline is None else read_outline(wanted.outline, rows),
        settlements=places_around(rows),
        dataset_name=f"Postcodes of {wanted.name}",
        version=directory.source,
        source=f"{directory.kind}: {directory.source}",
        licence=LICENCE,
        census=census,
        districts=names["district"],
        place_names=names,
        built_up_postcodes={code: count for code, count in directory.built_up.items() if code in built_up},
        ground=Ground(*neighbours_of(rows, national_directory(settings)), land=land()),
        boundaries=None if wanted.boundaries is None else read_boundaries(wanted.boundaries, rows),
    )
    with database.write() as session:
        done = load_county(session, settings.council, source, actor, report)
    passed_over = {**directory.passed_over, "without_position": without}
    return {**done, "rows_passed_over": passed_over, "notes": list(directory.notes)}


def _names(file: Path, rows: pd.DataFrame) -> Names:
    """Names by kind and code of the council's places, from the file's own documents and, for districts, our list."""
    found = names_in(
        file,
        {
            "district": set(rows["district"]),
            "ward": set(rows["ward_code"]),
            "built_up": set(rows["built_up_code"]),
            "built_up_part": set(rows["built_up_code"]),
        },
    )
    known = councils()
    listed = {code: known.name_of(code) for code in sorted(set(rows["district"]))}
    return {
        "district": {
            code: found["district"].get(code, name) if name == code else name for code, name in listed.items()
        },
        "ward": found["ward"],
        "built_up": found["built_up"] | found["built_up_part"],
    }


def neighbours_of(rows: pd.DataFrame, national: Gazetteer) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eastings and northings of live postcodes around a council's own that are not its own."""
    east, north = rows["easting"].to_numpy(float), rows["northing"].to_numpy(float)
    all_east, all_north = np.asarray(national.easting, float), np.asarray(national.northing, float)
    near = (
        (all_east > east.min() - NEIGHBOURS_METRES)
        & (all_east < east.max() + NEIGHBOURS_METRES)
        & (all_north > north.min() - NEIGHBOURS_METRES)
        & (all_north < north.max() + NEIGHBOURS_METRES)
        & (np.asarray(national.status) == int(Status.LIVE))
    )
    others = near & ~np.isin(np.asarray(national.keys), rows["key"].to_numpy(dtype=national.keys.dtype))
    return all_east[others], all_north[others]


def places_around(rows: pd.DataFrame) -> pd.DataFrame:
    """Named places in and around a council, for the names of its areas, zones and bases."""
    places = named_places()
    east, north = rows["easting"], rows["northing"]
    inside = places["easting"].between(east.min() - NEIGHBOURS_METRES, east.max() + NEIGHBOURS_METRES) & places[
        "northing"
    ].between(north.min() - NEIGHBOURS_METRES, north.max() + NEIGHBOURS_METRES)
    return places[inside].reset_index(drop=True)


def with_areas(
    table: pd.DataFrame, lookup: pd.DataFrame | None, census: int | None = None
) -> tuple[pd.DataFrame, int | None]:
    """Rows of postcodes with their areas, and the census the areas are of; None for areas of the council's own.

    Where the file holds areas of both censuses, those of the other stand in ``other_area_id`` and
    ``other_parent_code``, so that figures of either census can be joined.

    Raises:
        JobProblem: The file has no areas of the census asked for, or none at all.
    """
    live = table["status"] != int(Status.TERMINATED)
    rows = pd.DataFrame(
        {
            "key": table["key"].astype(str),
            "easting": table["easting"].astype(int),
            "northing": table["northing"].astype(int),
            "quality": pd.to_numeric(table["quality"], errors="coerce").fillna(0).astype(int)
            if "quality" in table
            else 0,
            "district": table["district"].astype(str),
            "live": live,
            "introduced": table["introduced"].astype(str).replace("0", ""),
            "terminated": table["terminated"].astype(str).replace("0", ""),
            "area_source": "lookup",
            "ward_code": _texts(table, "ward"),
            "built_up_code": _built_up(table),
        }
    ).reset_index(drop=True)
    held = [year for year in CENSUS_YEARS if _texts(table, f"oa{year % 100}").any()]
    if lookup is not None:
        rows["area_id"] = rows["key"].map(lookup.set_index("key")["area_id"]).fillna("").to_numpy()
        if not (rows["area_id"] != "").any():
            raise JobProblem("No areas", "None of the council's postcodes stands in the lookup given with --areas.")
        return _nearest_area(
            rows.assign(parent_code="", official_class="", other_area_id="", other_parent_code="")
        ), None
    if not held:
        raise JobProblem(
            "No areas", "The file has no output areas (oa21, oa11); give a lookup with --areas: postcode, area."
        )
    if census is not None and census not in held:
        raise JobProblem(
            "No such areas", f"census: found areas of {', '.join(map(str, held))} in the file, expected {census}."
        )
    year = census or held[0]
    other = next((known for known in CENSUS_YEARS if known != year), year)
    rows["area_id"], rows["parent_code"] = _texts(table, f"oa{year % 100}"), _texts(table, f"lsoa{year % 100}")
    rows["other_area_id"] = _texts(table, f"oa{other % 100}")
    rows["other_parent_code"] = _texts(table, f"lsoa{other % 100}")
    for known, column in CLASS_COLUMNS.items():
        rows[f"official_class_{known}"] = _texts(table, column)
    # The class of the areas' own census; the other's where the file has no other, which the dataset then says.
    own = _texts(table, CLASS_COLUMNS[year])
    rows["official_class"] = own if own.any() else _texts(table, CLASS_COLUMNS[other])
    return _nearest_area(rows), year


def _built_up(table: pd.DataFrame) -> Any:
    """Code of the built-up area of each postcode: of 2011 its part, which not every one is divided into."""
    part, whole = _texts(table, "built_up_part"), _texts(table, "built_up")
    return np.where(place_codes(part), part, whole)


def place_codes(codes: Any) -> Any:
    """(n,) whether each code is that of a place, and no pseudo code."""
    texts = pd.Series(codes, dtype=object).astype(str)
    return ((texts != "") & ~texts.str.fullmatch(PSEUDO)).to_numpy(bool)


def _texts(table: pd.DataFrame, name: str) -> Any:
    return table[name].astype(str).to_numpy() if name in table else np.full(len(table), "", dtype=object)


def _nearest_area(rows: pd.DataFrame) -> pd.DataFrame:
    """Postcodes without an area go to that of the nearest one with; the rows say so."""
    without = (rows["area_id"] == "").to_numpy()
    if not without.any():
        return rows
    have = rows[~without & rows["live"].to_numpy()]
    _, nearest = cKDTree(have[["easting", "northing"]].to_numpy(float)).query(
        rows.loc[without, ["easting", "northing"]].to_numpy(float)
    )
    rows.loc[without, "area_id"] = have["area_id"].to_numpy()[np.atleast_1d(nearest)]
    rows.loc[without, "area_source"] = "nearest"
    return rows


def refused(detail: str, findings: FindingList) -> JobProblem:
    """The problem that lists every wrong row."""
    return JobProblem(
        "Import refused",
        detail,
        slug="import-refused",
        errors=[asdict(finding) | {"message": finding.message} for finding in findings.shown],
        errors_total=findings.total,
    )
