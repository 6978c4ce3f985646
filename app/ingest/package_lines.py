"""Which lines of a file are packages: rows passed over by a filter, and lines that together are one package."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from app.ingest.package_fields import Read, plain_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from app.ingest.package_columns import PackageFields
    from app.ingest.package_mapping import PackageMapping


def passed_over(
    texts: Mapping[str, list[str]], mapping: PackageMapping, size: int
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Lines that a filter of the mapping leaves out, and how many each filter did, by its column."""
    out = np.zeros(size, dtype=np.bool_)
    counts: dict[str, int] = {}
    for rows, wanted in ((mapping.keep, True), (mapping.leave_out, False)):
        for row in rows:
            wanted_codes = {plain_code(value) for value in row.values}  # noqa: PD011  a field of ours
            codes, distinct = pd.factorize(np.asarray(texts[row.column], dtype=object))
            fits = np.array([plain_code(text) in wanted_codes for text in distinct], dtype=np.bool_)[codes]
            gone = (fits != wanted) & ~out
            counts[row.column] = counts.get(row.column, 0) + int(gone.sum())
            out |= gone
    return out, {column: count for column, count in counts.items() if count}


def joined_lines(
    fields: PackageFields, texts: Mapping[str, list[str]], mapping: PackageMapping, out: NDArray[np.bool_]
) -> tuple[PackageFields, NDArray[np.bool_]]:
    """Lines that together are one package, added up into the first of them.

    Args:
        fields: As read.
        texts: The columns of the file.
        mapping: Which lines are alike, and what they are of.
        out: Lines that are passed over already.

    Returns:
        The fields with sums in the first line of each package, and the lines that went into another.
    """
    size = len(out)
    gone = np.zeros(size, dtype=np.bool_)
    if mapping.lines is not None:
        group = _groups([texts[name] for name in mapping.lines.alike], out)
        first = np.full(int(group.max(initial=-1)) + 1, size)
        np.minimum.at(first, group, np.arange(size))
        gone = (first[group] != np.arange(size)) & ~out
        fields = _summed(fields, group, first, mapping.lines.are)
    if mapping.number_repeats:
        fields = replace(fields, reference=_numbered(fields.reference, out | gone))
    if (gone | out).any():
        text = fields.reference.text.copy()
        text[gone | out] = ""  # what is not loaded repeats nothing
        fields = replace(fields, reference=Read(text, fields.reference.data, fields.reference.bad))
    return fields, gone


def _groups(columns: list[list[str]], out: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number of the package that each line belongs to; a line passed over, or blank in all, is alone in its own."""
    keys = ["\x1f".join(map(plain_code, cells)) for cells in zip(*columns, strict=True)]
    blank = "\x1f" * (len(columns) - 1)
    alone = [f"\x1e{i}" if out[i] or key == blank else key for i, key in enumerate(keys)]
    return np.asarray(pd.factorize(np.asarray(alone, dtype=object))[0], dtype=np.int64)


def _summed(fields: PackageFields, group: NDArray[Any], first: NDArray[Any], what: str) -> PackageFields:
    def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
        known = ~np.isnan(values)
        sums = np.bincount(group[known], weights=values[known], minlength=len(first))
        some = np.bincount(group[known], minlength=len(first)) > 0
        out = values.copy()
        out[first] = np.where(some, sums, np.nan)
        return out

    minutes = None if fields.minutes is None else replace(fields.minutes, data=total(fields.minutes.data))
    carers = fields.carers.data.copy()
    if what == "carers":
        carers[first] = np.bincount(group, weights=fields.carers.data, minlength=len(first))
        return replace(fields, minutes=minutes, carers=replace(fields.carers, data=carers))
    most = np.zeros(len(first))
    np.maximum.at(most, group, fields.carers.data)
    carers[first] = most
    visits = {length: total(values) for length, values in fields.visits.items()}
    return replace(fields, minutes=minutes, visits=visits, carers=replace(fields.carers, data=carers))


def _numbered(reference: Read, out: NDArray[np.bool_]) -> Read:
    values = reference.text.copy()
    seen: Counter[str] = Counter()
    for i in np.flatnonzero(~out & (values != "")).tolist():
        written = str(values[i])
        seen[written] += 1
        if seen[written] > 1:
            values[i] = f"{written}-{seen[written]}"
    return Read(values, values, reference.bad)
