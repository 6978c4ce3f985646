"""Loading a council's own postcode directory: an ONSPD or Code-Point Open download, with or without its own areas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from app.ingest.package_findings import FindingList
from app.ingest.postcode_archive import UnreadableFile
from app.ingest.postcode_files import BadPostcodeFile, read_area_lookup, read_postcode_file
from app.jobs.problems import JobProblem
from app.storage.database import Database
from app.usecases.county.load_county import CountySource, load_county
from geo.gazetteer import NO_POSITION, Status

LICENCE = (
    "Contains OS data, Royal Mail data and National Statistics data, each Crown copyright and database right; "
    "Open Government Licence v3.0."
)
AREA_COLUMNS = ("oa11", "oa21")
MOST_DISTRICTS = 60
"""A county has a dozen districts and London 33: a file of more is the country's, and the council's must be named."""
PARENT_COLUMNS = ("lsoa11", "lsoa21")


def import_postcodes(
    database: Database,
    council: str,
    file: Path,
    *,
    area_lookup: Path | None,
    name: str,
    districts: Sequence[str],
    outline: Path | None,
    actor: str,
    report: Callable[[float, str], None] = lambda _share, _stage: None,
) -> dict[str, Any]:
    """Read, check and load a directory in place of what the council had; with an error nothing changes.

    Args:
        database: Where to.
        council: Whose.
        file: ONSPD or Code-Point Open, CSV or zip.
        area_lookup: CSV of postcode and area where the file has no output areas, or to use others.
        name: What people call the council.
        districts: Codes of its districts; every postcode of the file when empty.
        outline: Its outline, any vector format GDAL reads.
        actor: Who loads it.
        report: Told how far it is.

    Raises:
        Problem: with every wrong row, or saying what the file lacks.
    """
    report(0.02, "reading the file")
    try:
        directory = read_postcode_file(file, districts)
        lookup = read_area_lookup(area_lookup) if area_lookup else None
    except BadPostcodeFile as error:
        raise refused(str(error), error.findings) from error
    except UnreadableFile as error:
        raise JobProblem("Unreadable file", str(error), slug="import-refused") from error
    table = directory.table
    without = int((table["easting"] == NO_POSITION).sum())
    table = table[table["easting"] != NO_POSITION]
    if not districts and len(directory.districts) > MOST_DISTRICTS:
        raise JobProblem(
            "Name the districts",
            f"districts: found none given, and postcodes of {len(directory.districts)} districts in the file, such as "
            f"{', '.join(sorted(directory.districts)[:5])}; expected the codes of the council's own.",
        )
    if not len(table):
        found = ", ".join(sorted(directory.districts)[:10])
        raise JobProblem(
            "No postcodes", f"districts: found none of {', '.join(districts)} in the file, which has {found}."
        )
    rows = _with_areas(table, None if lookup is None else lookup.table)
    source = CountySource(
        name=name,
        postcodes=rows,
        outline=None if outline is None else _outline(outline),
        districts={code: code for code in sorted(set(rows["district"]))},
        settlements=pd.DataFrame({"name": [], "easting": [], "northing": [], "population": []}),
        dataset_name=f"Postcodes of {name}",
        version=directory.source,
        source=f"{directory.kind}: {directory.source}",
        licence=LICENCE,
    )
    with database.write() as session:
        done = load_county(session, council, source, actor, report)
    passed_over = {**directory.passed_over, "without_position": without}
    return {**done, "rows_passed_over": passed_over, "notes": list(directory.notes)}


def _with_areas(table: pd.DataFrame, lookup: pd.DataFrame | None) -> pd.DataFrame:
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
        }
    ).reset_index(drop=True)
    areas = _column(table, AREA_COLUMNS)
    if lookup is not None:
        areas = rows["key"].map(lookup.set_index("key")["area_id"]).fillna("").to_numpy()
    if areas is None or not (areas != "").any():
        raise JobProblem(
            "No areas", "The file has no output areas (oa11, oa21); give a lookup with --areas: postcode, area."
        )
    parents = _column(table, PARENT_COLUMNS)
    rows["area_id"], rows["parent_code"] = areas, "" if parents is None else parents
    return _nearest_area(rows)


def _column(table: pd.DataFrame, names: Sequence[str]) -> Any:
    return next((table[name].astype(str).to_numpy() for name in names if name in table), None)


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


def _outline(path: Path) -> Any:
    return gpd.read_file(path).to_crs(27700).union_all()


def refused(detail: str, findings: FindingList) -> JobProblem:
    """The problem that lists every wrong row."""
    return JobProblem(
        "Import refused",
        detail,
        slug="import-refused",
        errors=[asdict(finding) | {"message": finding.message} for finding in findings.shown],
        errors_total=findings.total,
    )
