"""Travel from files: places out of a CSV, a matrix into a CSV or Parquet file, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from app.problems import FieldError
from app.usecases.travel.answers import Places, checked_places, wrong
from routing.blocks import PAIRS_A_BLOCK, matrix_in_blocks, reason_of_pair, unreachable_reasons
from routing.model import TravelModel
from routing.wgs84 import metres

FORMATS = ("csv", "parquet")
#: The first row of places in a file, its header being row 1.
FIRST_ROW = 2
_SCHEMA = pa.schema(
    [
        ("origin_id", pa.string()),
        ("destination_id", pa.string()),
        ("minutes", pa.float64()),
        ("miles", pa.float64()),
        ("kg_co2", pa.float64()),
        ("reason", pa.string()),
        ("model_version", pa.string()),
    ]
)


def read_places(file: Path) -> Places:
    """Places out of a CSV with the columns id, easting, northing, or id, latitude, longitude.

    Raises:
        Problem: the file cannot be read, has no rows, or a row is wrong; every such row is named.
    """
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig", skipinitialspace=True)
    except (OSError, ValueError) as error:  # pandas' own parsing errors are ValueErrors
        raise wrong(str(file), None, f"cannot be read as CSV ({error})", "a CSV file in UTF-8") from error
    table.columns = [str(name).strip().lower() for name in table.columns]
    pair = next((p for p in (("easting", "northing"), ("longitude", "latitude")) if set(p) <= set(table.columns)), None)
    if "id" not in table.columns or pair is None:
        has = ", ".join(table.columns)
        expected = "id, easting, northing (or id, latitude, longitude)"
        raise wrong(str(file), has, f"found the columns {has}; expected {expected}", expected)
    if table.empty:
        raise wrong(str(file), 0, "has no rows; expected at least one place", "at least one row")
    columns = [pd.to_numeric(table[name], errors="coerce").to_numpy(np.float64) for name in pair]
    errors = [
        FieldError(
            field=f"{file}.{row + FIRST_ROW}.{name}",
            message=f"found {table[name].iloc[row]!r}, expected a number",
            found=table[name].iloc[row],
            expected="a number",
        )
        for name, values in zip(pair, columns, strict=True)
        for row in np.nonzero(np.isnan(values))[0].tolist()
    ]
    given = np.column_stack(columns)
    positions = given if pair[0] == "easting" else metres(given)
    return checked_places(str(file), table["id"].tolist(), positions, FIRST_ROW, errors)


def write_matrix(
    model: TravelModel, origins: Places, destinations: Places, out: Path, pairs_a_block: int = PAIRS_A_BLOCK
) -> dict[str, Any]:
    """Write one row for each pair, origins in order; the file appears whole or not at all.

    Returns:
        How many pairs there are, how many have no answer, and the largest and mean minutes of the rest.
    """
    from_why, to_why = unreachable_reasons(model, origins.positions, destinations.positions)
    to_ids = pa.array(destinations.ids, pa.string())
    pairs = without = 0
    total = 0.0
    longest = 0.0
    part = out.with_name(out.name + ".part")
    try:
        with _writer(part, out.suffix.lstrip(".").lower()) as write:
            for start, found in matrix_in_blocks(model, origins.positions, destinations.positions, pairs_a_block):
                rows, columns = found.minutes.shape
                minutes = found.minutes.ravel()
                reached = np.isfinite(minutes)
                reasons = np.full(minutes.size, None, dtype=object)
                for at in np.nonzero(~reached)[0].tolist():
                    reasons[at] = reason_of_pair(from_why[start + at // columns], to_why[at % columns])
                from_ids = pa.array(origins.ids[start : start + rows], pa.string())
                write(
                    pa.table(
                        [
                            from_ids.take(pa.array(np.repeat(np.arange(rows), columns))),
                            to_ids.take(pa.array(np.tile(np.arange(columns), rows))),
                            *(
                                pa.array(np.round(table.ravel(), digits), mask=~reached)
                                for table, digits in ((found.minutes, 2), (found.miles, 3), (found.kg_co2, 4))
                            ),
                            pa.array(reasons, pa.string()),
                            pa.repeat(pa.scalar(found.provenance.version), minutes.size),
                        ],
                        schema=_SCHEMA,
                    )
                )
                pairs += minutes.size
                without += int((~reached).sum())
                total += float(minutes[reached].sum())
                longest = max(longest, float(minutes[reached].max(initial=0.0)))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    mean = total / (pairs - without) if pairs > without else None
    return {
        "pairs": pairs,
        "unreachable_pairs": without,
        "mean_minutes": None if mean is None else round(mean, 2),
        "longest_minutes": round(longest, 2),
    }


@contextmanager
def _writer(part: Path, form: str) -> Iterator[Any]:
    if form == "parquet":
        with pa.parquet.ParquetWriter(part, _SCHEMA) as parquet:
            yield parquet.write_table
    else:
        with pa.csv.CSVWriter(part, _SCHEMA, write_options=pa.csv.WriteOptions(quoting_style="needed")) as csv:
            yield csv.write_table
