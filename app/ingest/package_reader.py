"""From the bytes of an extract to a demand frame, or to every error in it: nothing is half read.

The postcode directory is asked through `PostcodeIndex`, so this module knows neither storage nor where they come
from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.ingest.package_columns import read_columns
from app.ingest.package_findings import Collector, FindingList
from app.ingest.package_fingerprint import fingerprint
from app.ingest.package_limits import PackageLimits, package_limits
from app.ingest.package_mapping import PackageMapping, match_template, template_names
from app.ingest.package_rules import check_packages
from app.ingest.package_table import TableError, TextTable, find_columns, read_table
from geo.demand import tidy

if TYPE_CHECKING:
    from datetime import date
    from typing import BinaryIO

    import pandas as pd

    from app.ingest.package_postcodes import PostcodeIndex

MOST_SHOWN = 1_000
"""Findings spelled out unless asked otherwise; the rest are counted."""


@dataclass(frozen=True)
class PackagesRead:
    """A file that can be loaded whole.

    Attributes:
        packages: demand frame (`geo.demand.COLUMNS`), sorted by reference.
        warnings: what was let through but deserves a look.
        fingerprint: sha256 of the content in canonical form: the same packages in another format, row order or mapping
            have the same one.
        rows: rows read.
        kind: csv, xlsx or parquet.
        mapping: the mapping used.
    """

    packages: pd.DataFrame
    warnings: FindingList
    fingerprint: str
    rows: int
    kind: str
    mapping: PackageMapping


@dataclass(frozen=True)
class PackagesRefused:
    """A file of which nothing may be loaded: all errors, and the warnings found beside them."""

    errors: FindingList
    warnings: FindingList
    rows: int


def read_packages(
    source: bytes | BinaryIO,
    *,
    postcodes: PostcodeIndex,
    as_of: date,
    mapping: PackageMapping | None = None,
    limits: PackageLimits | None = None,
    most_shown: int = MOST_SHOWN,
) -> PackagesRead | PackagesRefused:
    """Read and check an extract of care packages.

    Args:
        source: the file's bytes, or a binary stream of which no more than the size limit is read.
        postcodes: the directory to place packages with.
        as_of: the day the snapshot describes; nobody can wait since a later day.
        mapping: how to read the columns; the shipped template that fits the headers where None.
        limits: what to refuse; those of `package_limits.toml` where None.
        most_shown: findings to spell out of each severity; all are counted.
    """
    held = limits or package_limits()
    content = source if isinstance(source, bytes) else source.read(held.file.max_bytes + 1)
    chosen: list[PackageMapping] = [mapping] if mapping else []

    def wanted(headers: list[str]) -> list[str]:
        fit = mapping or match_template(headers)
        if fit is None:
            return []
        chosen[:] = [fit]
        return list(dict.fromkeys(find_columns(headers, fit.required_columns()).values()))

    try:
        table = read_table(
            content,
            wanted,
            limits=held.file,
            sheet=mapping.sheet if mapping else None,
            header_row=mapping.header_row if mapping else 1,
        )
        used, texts = _required(table, chosen)
    except TableError as error:
        return _refused(error)
    return _checked(table, texts, used, postcodes, as_of, held, most_shown)


def _checked(
    table: TextTable,
    texts: dict[str, list[str]],
    mapping: PackageMapping,
    postcodes: PostcodeIndex,
    as_of: date,
    limits: PackageLimits,
    most_shown: int,
) -> PackagesRead | PackagesRefused:
    findings = Collector(table.rows)
    findings.add(
        np.isin(table.rows, list(table.ragged)),
        "row",
        "row_ragged",
        lambda i: f"{table.ragged[int(table.rows[i])]} fields",
        f"{table.width} fields as in the header; a value with the delimiter in it needs quotes",
    )
    fields = read_columns(texts, mapping, findings)
    columns = check_packages(fields, mapping, postcodes, as_of, limits, findings)
    errors = findings.listing("error", most_shown)
    warnings = findings.listing("warning", most_shown)
    if errors:
        return PackagesRefused(errors, warnings, len(table.rows))
    frame = tidy(columns).sort_values("reference", ignore_index=True)
    return PackagesRead(frame, warnings, fingerprint(frame), len(table.rows), table.kind, mapping)


def _required(table: TextTable, chosen: list[PackageMapping]) -> tuple[PackageMapping, dict[str, list[str]]]:
    """The mapping chosen, and the table's columns by the mapping's own names.

    Raises:
        TableError: no mapping fits, columns of the mapping are missing, or there are no rows.
    """
    if not chosen:
        raise TableError(
            "mapping_missing", "columns of no known template", f"a mapping, or one of {', '.join(template_names())}"
        )
    mapping = chosen[0]
    headers = list(table.columns)
    found = find_columns(headers, mapping.required_columns())
    missing = [name for name in mapping.required_columns() if name not in found]
    if missing:
        raise TableError("column_missing", f"no column {', '.join(missing)}", f"the columns of mapping {mapping.name}")
    if not len(table.rows):
        raise TableError("file_empty", "a header without rows", "at least one care package")
    return mapping, {name: table.columns[header] for name, header in found.items()}


def _refused(error: TableError) -> PackagesRefused:
    findings = Collector(np.zeros(0, dtype=np.int64))
    findings.add_file("file", error.code, error.found, error.expected, error.suggestion)
    return PackagesRefused(findings.listing("error", 1), FindingList(), 0)
