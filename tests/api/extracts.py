"""Small extracts of care packages on the county's real postcodes, in the three formats councils send."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd

DAY = "2021-03-31"


def live_postcodes(count: int, *, start: int = 0, band_step: int = 37) -> list[str]:
    """Live postcodes spread over the county."""
    table = pd.read_csv("app/data/leicestershire_postcodes.csv.gz", dtype=str)
    live = table.loc[table["status"] == "live", "postcode"].tolist()
    return [live[(start + i * band_step) % len(live)] for i in range(count)]


def rows(count: int, *, prefix: str = "P", start: int = 0, hours: float = 7.0) -> list[dict[str, Any]]:
    """Good rows, one a package."""
    return [
        {
            "reference": f"{prefix}{i:04}",
            "postcode": postcode,
            "service_type": "maintenance" if i % 3 else "reablement",
            "start_date": "07/01/2021",
            "end_date": "",
            "waiting_since": "",
            "provider": f"Care {'ABC'[i % 3]}",
            "carers_per_visit": 1,
            "hours_per_week": hours,
            "visits": "30x14",
        }
        for i, postcode in enumerate(live_postcodes(count, start=start))
    ]


def as_file(found: list[dict[str, Any]], form: str) -> tuple[str, bytes]:
    """Rows as a file of a format, with a name for it."""
    frame, buffer = pd.DataFrame(found), io.BytesIO()
    if form == "csv":
        frame.to_csv(buffer, index=False)
    elif form == "xlsx":
        frame.to_excel(buffer, index=False, engine="xlsxwriter")
    else:
        frame.to_parquet(buffer, index=False)
    return f"extract.{form}", buffer.getvalue()
