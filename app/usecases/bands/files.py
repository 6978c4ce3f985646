"""Bands from files and for the whole country: no database, only the installed postcode directory."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv, parquet

from app.ingest.table_door import frame_of, numbers_of, read_for, refused
from app.ingest.tables import find_columns, pick
from app.problems import Problem
from app.usecases.bands.classify import postcodes_around
from geo.banding.definitions import band_names
from geo.banding.inputs import NUMBERS, read_areas
from geo.bands import Bands, classify
from geo.gazetteer import NO_POSITION, Gazetteer, Status

AREA_COLUMNS = ("area_id", "easting", "northing")
_FIGURES = (*NUMBERS, "official_class")
FORMATS = (".csv", ".parquet")
MANY = 200_000
"""Rows from which writing fast is worth every word standing in quotes."""


def classify_file(areas: Path, directory: Gazetteer, scheme: str) -> Bands:
    """Classify the areas of a table (CSV, XLSX, Parquet), wherever in Great Britain they lie.

    Raises:
        ValueError: naming the column, or the row and the field, what was found and what was expected.
    """
    try:
        read = read_for(areas.read_bytes(), _choose, what="areas")
        numbers, errors = numbers_of(read, [name for name in read.columns if name not in {"area_id", "official_class"}])
        if errors:
            raise refused(errors, "values are no numbers")
    except Problem as problem:
        raise ValueError(f"{areas}: {problem.detail}") from problem
    table = frame_of(read)
    for name, values in numbers.items():
        table[name] = values
    table["area_id"] = table["area_id"].replace("", None)
    places = read_areas(table).xy
    return classify(table, postcodes_around(directory, places[:, 0], places[:, 1]), scheme=scheme)


def _choose(headers: list[str]) -> dict[str, str]:
    found = find_columns(headers, _FIGURES)
    return pick(headers, {name: (name,) for name in AREA_COLUMNS}) | found


def classify_country(directory: Gazetteer, scheme: str) -> Bands:
    """Classify every live postcode of Great Britain as an area of its own.

    Postcodes of Northern Ireland and the islands, and those without a position, are left out.
    """
    live = (directory.status == Status.LIVE) & (directory.easting != NO_POSITION) & (directory.northing != NO_POSITION)
    keys = pd.Series(directory.keys[live].astype(str))
    here = ~keys.str.startswith(("BT", "GY", "JE", "IM")).to_numpy(dtype=bool)
    keys = keys[here]
    table = pd.DataFrame(
        {
            "area_id": (keys.str[:-3] + " " + keys.str[-3:]).to_numpy(),
            "easting": directory.easting[live][here].astype(np.float64),
            "northing": directory.northing[live][here].astype(np.float64),
        }
    )
    return classify(table, table[["easting", "northing"]], scheme=scheme)


def write_bands(bands: Bands, out: Path) -> None:
    """Write one row an area: area_id, easting, northing, band, rule, features; the file appears whole or not at all.

    Raises:
        ValueError: the name ends in none of `FORMATS`.
    """
    if out.suffix not in FORMATS:
        raise ValueError(f"{out}: expected a name ending in {' or '.join(FORMATS)}")
    columns: dict[str, Any] = {
        "area_id": pa.array(bands.ids.tolist(), type=pa.string()),
        "easting": np.round(bands.areas.xy[:, 0], 1),
        "northing": np.round(bands.areas.xy[:, 1], 1),
        "band": _words(bands.band),
        "rule": _words(bands.rule),
    }
    for name, values in bands.features.items():
        if values.dtype.kind != "U":
            # Hundredths of a kilometre, minute or hour: what lies below is noise, and a country's file is large.
            columns[name] = np.round(values, 2) if values.dtype.kind == "f" else values
        elif (values != "").any():
            columns[name] = _words(values)
    table = pa.table(columns)
    handle, partial = tempfile.mkstemp(suffix=out.suffix, prefix=f".{out.stem}.", dir=out.parent)
    os.close(handle)
    try:
        if out.suffix == ".csv" and len(table) < MANY:
            table.to_pandas().to_csv(partial, index=False)
        elif out.suffix == ".csv":
            csv.write_csv(table, partial)
        else:
            parquet.write_table(table, partial, compression="zstd")
        Path(partial).chmod(0o644)
        Path(partial).replace(out)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def counts_by_band(bands: Bands) -> dict[str, int]:
    """How many areas each band has, in the bands' order."""
    found = dict(zip(*np.unique(bands.band, return_counts=True), strict=True))
    return {name: int(found.get(name, 0)) for name in band_names()}


def _words(values: Any) -> pa.Array:
    """Words of which there are few, held once each."""
    names, codes = np.unique(values, return_inverse=True)
    return pa.DictionaryArray.from_arrays(pa.array(codes, type=pa.int32()), pa.array(names.tolist())).cast(pa.string())
