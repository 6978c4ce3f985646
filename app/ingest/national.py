"""What ships for all of Great Britain: councils, named places, and where there is land. See app/data/README.md."""

from __future__ import annotations

import gzip
from functools import cache
from typing import Any

import pandas as pd
import shapely

from app.ingest.postcode_directory import DATA_FOLDER
from geo.councils import Change, Councils, District


@cache
def councils() -> Councils:
    """Every council of Great Britain."""
    today = pd.read_csv(DATA_FOLDER / "councils.csv", dtype=str, keep_default_na=False)
    gone = pd.read_csv(DATA_FOLDER / "council_changes.csv", dtype=str, keep_default_na=False)
    columns = ["old_code", "old_name", "new_code", "since"]
    return Councils(
        (District(*row) for row in today.itertuples(index=False, name=None)),
        (Change(*row) for row in gone[columns].itertuples(index=False, name=None)),
    )


@cache
def named_places() -> pd.DataFrame:
    """Named places of Great Britain: name, easting, northing, population. A copy is the caller's to change."""
    return pd.read_csv(DATA_FOLDER / "places.csv.gz", keep_default_na=False)


@cache
def land() -> Any:
    """The land of the United Kingdom, generalised to about a kilometre, metres on the British National Grid."""
    return shapely.from_wkb(gzip.decompress((DATA_FOLDER / "land.wkb.gz").read_bytes()))
