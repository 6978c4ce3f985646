"""Travel from files: places out of a CSV, a matrix into a CSV or Parquet file, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from app.ingest.table_door import numbers_of, read_for
from app.ingest.tables import TableError, TextTable, pick
from app.ingest.tables.headers import listed
from app.ingest.travel_places import Places, checked_places, wrong
from app.problems import FieldError, Problem
from routing.blocks import PAIRS_A_BLOCK, matrix_in_blocks, reason_of_pair, unreachable_reasons
from routing.model import TravelModel
from routing.wgs84 import metres

FORMATS = ("csv", "parquet")
_DEGREES: Final = ("longitude", "latitude")
_PAIRS: Final = (("easting", "northing"), _DEGREES)
_ID_COLUMNS: Final = ("id",)
_ALIASES: Final = {
    "easting": ("easting", "eastings"),
    "northing": ("northing", "northings"),
    "longitude": ("longitude", "long", "lon", "lng"),
    "latitude": ("latitude", "lat"),
}
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
    """Places out of a table (CSV, XLSX, Parquet) of id, easting, northing, or id, latitude, longitude.

    Raises:
        Problem: the file cannot be read, has no rows, or a row is wrong; every such row is named.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise wrong(str(file), None, f"cannot be read ({error.strerror})", "a table of places") from error
    try:
        table = read_for(content, _choose, what="places", empty_too=True)
    except Problem as problem:
        raise wrong(str(file), None, _said(problem), "a table of id, easting, northing") from problem
    if not len(table):
        raise wrong(str(file), 0, "has no rows; expected at least one place", "at least one row")
    pair = next(p for p in _PAIRS if p[0] in table.columns)
    numbers, found = numbers_of(table, pair)
    errors = [
        FieldError(
            field=f"{file}.{item['row']}.{item['column']}",
            message=item["message"],
            found=item["found"],
            expected="a number",
        )
        for item in found
    ]
    rows = table.rows.tolist()
    bad = {item["row"] for item in found}
    for name in pair:
        errors += [
            FieldError(
                field=f"{file}.{rows[i]}.{table.headers[name]}",
                message="found '', expected a number",
                found="",
                expected="a number",
            )
            for i in np.flatnonzero(np.isnan(numbers[name])).tolist()
            if rows[i] not in bad
        ]
    given = np.column_stack([numbers[name] for name in pair])
    if pair == _DEGREES:
        errors += _swapped(file, table, given)
    positions = metres(given) if pair == _DEGREES else given
    return checked_places(str(file), table.columns["id"], positions, found_before=errors, rows=rows)


def _choose(headers: list[str]) -> dict[str, str]:
    for pair in _PAIRS:
        try:
            return pick(headers, {"id": _ID_COLUMNS} | {name: _ALIASES[name] for name in pair})
        except TableError as error:
            if error.code == "column_repeated":
                raise
    expected = "id, easting, northing (or id, latitude, longitude)"
    raise TableError("column_missing", f"the columns {listed(headers)}", expected)


def _said(problem: Problem) -> str:
    """The first thing wrong with the table, as a part of a sentence."""
    first = problem.extra["errors"][0]
    return str(first["message"]).replace(", expected", "; expected", 1)


def _swapped(file: Path, table: TextTable, degrees: Any) -> list[FieldError]:
    """Rows whose latitude and longitude stand in each other's column: off Great Britain as given, on it if swapped."""
    if not len(degrees) or not _in_britain(degrees[:, ::-1]).all() or _in_britain(degrees).any():
        return []
    message = "latitude and longitude look swapped: the place is in Great Britain only the other way round"
    return [
        FieldError(
            field=f"{file}.{row}.latitude",
            message=message,
            found=table.columns["latitude"][i],
            expected="a latitude from 49 to 61 degrees",
        )
        for i, row in enumerate(table.rows.tolist())
    ]


def _in_britain(degrees: Any) -> Any:
    """Whether (n, 2) longitude and latitude lie around Great Britain, from Scilly to Shetland."""
    with np.errstate(invalid="ignore"):
        lon, lat = degrees[:, 0], degrees[:, 1]
        return (lon >= -9) & (lon <= 3) & (lat >= 49) & (lat <= 61.5)


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
