"""From the bytes of an extract to a demand frame, or to every error in it: nothing is half read.

The postcode directory is asked through `PostcodeIndex`, so this module knows neither storage nor where they come
from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from app.ingest.package_choices import REASONS, Choices, SetAside
from app.ingest.package_columns import read_columns
from app.ingest.package_findings import Collector, FindingList
from app.ingest.package_fingerprint import fingerprint
from app.ingest.package_limits import PackageLimits, package_limits
from app.ingest.package_lines import joined_lines, passed_over
from app.ingest.package_mapping import PackageMapping, match_template, template_names
from app.ingest.package_rules import check_packages
from app.ingest.tables import TableError, TextTable, find_columns, read_table
from app.ingest.tables.headers import column_missing, listed
from geo.demand import tidy

if TYPE_CHECKING:
    from datetime import date
    from typing import BinaryIO

    import pandas as pd
    from numpy.typing import NDArray

    from app.ingest.package_columns import PackageFields
    from app.ingest.package_postcodes import PostcodeIndex

STOP = Choices()
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
        sheet: the worksheet read, of a workbook.
        header_row: the row its column names were found in.
        passed_over: rows that the mapping's filters leave out, by column.
        lines_joined: lines that went into the package of an earlier line.
        set_aside: packages of the file that are not among `packages`, by reason; they are missing from every total.
        table: the columns read, as texts.
    """

    packages: pd.DataFrame
    warnings: FindingList
    fingerprint: str
    rows: int
    kind: str
    mapping: PackageMapping
    sheet: str | None = None
    header_row: int = 1
    passed_over: dict[str, int] = field(default_factory=dict)
    lines_joined: int = 0
    set_aside: dict[str, SetAside] = field(default_factory=dict)
    table: TextTable | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PackagesRefused:
    """A file of which nothing may be loaded: all errors, and the warnings found beside them."""

    errors: FindingList
    warnings: FindingList
    rows: int
    table: TextTable | None = field(default=None, repr=False)


def read_packages(
    source: bytes | BinaryIO,
    *,
    postcodes: PostcodeIndex,
    as_of: date,
    mapping: PackageMapping | None = None,
    limits: PackageLimits | None = None,
    most_shown: int = MOST_SHOWN,
    choices: Choices = STOP,
) -> PackagesRead | PackagesRefused:
    """Read and check an extract of care packages.

    Args:
        source: the file's bytes, or a binary stream of which no more than the size limit is read.
        postcodes: the directory to place packages with.
        as_of: the day the snapshot describes; nobody can wait since a later day.
        mapping: how to read the columns; the shipped template that fits the headers where None.
        limits: what to refuse; those of `package_limits.toml` where None.
        most_shown: findings to spell out of each severity; all are counted.
        choices: what to do with rows that cannot be placed or counted; any of them stops the file where not given.
    """
    held = limits or package_limits()
    content = source if isinstance(source, bytes) else source.read(held.file.max_bytes + 1)

    try:
        table = read_table(
            content,
            partial(_choose, mapping),
            limits=held.file,
            sheet=mapping.sheet if mapping else None,
            header_row=mapping.header_row if mapping else 1,
            what="a table of care packages",
        )
        if not len(table):
            raise TableError("file_empty", "a header without rows", "at least one care package")  # noqa: TRY301
    except TableError as error:
        return _refused(error)
    used = mapping or _mapping_for(list(table.headers.values()), None)
    return _checked(table, used, postcodes, as_of, held, most_shown, choices)


def _choose(mapping: PackageMapping | None, headers: list[str]) -> dict[str, str]:
    return find_columns(headers, _mapping_for(headers, mapping).required_columns())


def _mapping_for(headers: list[str], mapping: PackageMapping | None) -> PackageMapping:
    """The mapping given, or the template that fits.

    Raises:
        TableError: columns of the mapping are missing, or no template fits.
    """
    fit = mapping or match_template(headers)
    if fit is None:
        found = f"columns of no known template: {listed(headers)}"
        raise TableError("mapping_missing", found, f"a mapping, or one of {', '.join(template_names())}")
    found_columns = find_columns(headers, fit.required_columns())
    if missing := [name for name in fit.required_columns() if name not in found_columns]:
        raise column_missing(headers, missing, f"the columns of mapping {fit.name}")
    return fit


def _checked(
    table: TextTable,
    mapping: PackageMapping,
    postcodes: PostcodeIndex,
    as_of: date,
    limits: PackageLimits,
    most_shown: int,
    choices: Choices,
) -> PackagesRead | PackagesRefused:
    findings = Collector(table.rows)
    findings.add_table(table)
    for note in table.notes:
        findings.add_file("header", "header_row", f"row {table.header_row}", note, severity="warning")
    out, passed = passed_over(table.columns, mapping, len(table))
    findings.silence(out)
    fields = read_columns(table.columns, mapping, findings)
    fields, joined = joined_lines(fields, table.columns, mapping, out)
    findings.silence(joined)
    columns = check_packages(fields, mapping, postcodes, as_of, limits, findings, choices.codes_mended())
    out |= joined
    aside, counts = _set_aside(findings, fields, columns, choices)
    errors = findings.listing("error", most_shown)
    warnings = findings.listing("warning", most_shown)
    if errors:
        return PackagesRefused(errors, warnings, len(table.rows), table)
    kept = columns[~(out | aside)]
    if kept.empty:
        found = f"{len(table):,} rows, none of which is a package to load"
        return _refused(TableError("file_empty", found, "at least one care package"))
    frame = tidy(kept.reset_index(drop=True)).sort_values("reference", ignore_index=True)
    return PackagesRead(
        packages=frame,
        warnings=warnings,
        fingerprint=fingerprint(frame),
        rows=len(table.rows),
        kind=table.kind,
        mapping=mapping,
        sheet=table.sheet,
        header_row=table.header_row,
        passed_over=passed,
        lines_joined=int(joined.sum()),
        set_aside=counts,
        table=table,
    )


def _set_aside(
    findings: Collector, fields: PackageFields, columns: pd.DataFrame, choices: Choices
) -> tuple[NDArray[np.bool_], dict[str, SetAside]]:
    """Lines to be set aside, and what they come to by reason: a line with several goes by the first of them."""
    aside = np.zeros(len(columns), dtype=np.bool_)
    counts: dict[str, SetAside] = {}
    said = np.zeros(len(columns), dtype=np.bool_) if fields.minutes is None else ~np.isnan(fields.minutes.data)
    for visits in fields.visits.values():
        said |= visits > 0
    minutes = columns["minutes_per_week"].to_numpy(dtype=np.int64)
    for reason in (name for name in REASONS if name in choices.set_aside):
        mine = findings.lines_with(REASONS[reason]) & ~aside
        aside |= mine
        if mine.any():
            counts[reason] = SetAside(int(mine.sum()), int(minutes[mine & said].sum()), int((mine & ~said).sum()))
    findings.excuse(aside)
    return aside, counts


def _refused(error: TableError) -> PackagesRefused:
    findings = Collector(np.zeros(0, dtype=np.int64))
    findings.add_file("file", error.code, error.found, error.expected, error.suggestion)
    return PackagesRefused(findings.listing("error", 1), FindingList(), 0)
