"""Suppression for the tables the service sends out: one or two keys with their margins, or a hierarchy of keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.disclosure import THRESHOLD, Protection, Relation, protect

if TYPE_CHECKING:
    from collections.abc import Sequence

ALL: Final = "All"
"""Label of a margin."""


@dataclass(frozen=True)
class SafeTable:
    """A table fit to leave.

    Attributes:
        table: keys, measures (missing where hidden), and `suppressed` (true where hidden, whatever the reason).
        hidden: number of rows hidden.
        protection: which rows, and which of them for themselves; not to be published.
        relations: the sums among the rows.
    """

    table: pd.DataFrame
    hidden: int
    protection: Protection
    relations: tuple[Relation, ...]


def safe_table(
    table: pd.DataFrame,
    by: Sequence[str],
    *,
    people: str = "people",
    amounts: Sequence[str] = ("hours_per_week",),
    others: Sequence[str] = (),
    nested: bool = False,
    threshold: int = THRESHOLD,
) -> SafeTable:
    """Add margins to a table of groups and hide what must not be shown.

    The margins count a person once in each group: with people in several groups the column is the sum of the groups',
    so that the table adds up and the protection holds.

    Args:
        table: one row a group, such as `geo.demand.totals` gives.
        by: one or two key columns crossed, or any number from the largest group down where `nested`.
        people: column of people, on which the threshold stands.
        amounts: columns that add up, hidden and protected with the people.
        others: columns that do not add up (means, ratios), hidden with them; blank on margins.
        nested: each key divides the one before it (county, zone, area) instead of crossing it.
        threshold: the least number of people shown.

    Raises:
        ValueError: no key, more than two crossed keys, or a group that stands twice.
    """
    keys = list(by)
    if not keys or (len(keys) > 2 and not nested):
        raise ValueError(f"found keys {keys}, expected one or two, or a nested hierarchy of any number")
    if bool(table.duplicated(keys).any()):
        raise ValueError(f"a group of {', '.join(keys)} stands in more than one row")
    if bool((table[keys].astype("object") == ALL).any(axis=None)):
        raise ValueError(f"a group is named {ALL!r}, the label of a margin")
    measures = [people, *amounts]
    inner = table[[*keys, *measures, *others]].reset_index(drop=True)
    margins = [
        inner[measures].groupby([inner[k] for k in kept]).sum().reset_index() for kept in _margins(keys, nested=nested)
    ]
    whole = pd.concat([inner, *margins, inner[measures].sum().to_frame().T], ignore_index=True)
    whole[keys] = whole[keys].astype(object).where(whole[keys].notna(), ALL)
    relations = _nested(whole, keys) if nested else _crossed(whole, keys)
    found = protect(
        whole[people].to_numpy(dtype=np.float64).round().astype(np.int64),
        relations,
        threshold=threshold,
        amounts={name: whole[name].to_numpy(dtype=np.float64) for name in amounts},
    )
    shown = whole[[*keys, *measures, *others]].copy()
    for name in [*measures, *others]:
        shown[name] = np.where(found.hidden, np.nan, shown[name].astype("float64"))
    shown["suppressed"] = found.hidden
    return SafeTable(shown, int(found.hidden.sum()), found, tuple(relations))


def _margins(keys: list[str], *, nested: bool) -> list[list[str]]:
    if nested:
        return [keys[:depth] for depth in range(len(keys) - 1, 0, -1)]
    return [[keys[0]], [keys[1]]] if len(keys) == 2 else []


def _crossed(whole: pd.DataFrame, keys: list[str]) -> list[Relation]:
    """Rows to their margins, columns to theirs, margins to the whole."""
    labels = [tuple(label) for label in whole[keys].to_numpy()]
    relations = []
    for k in range(len(keys)):
        totals: dict[tuple[Any, ...], int] = {}
        parts: dict[tuple[Any, ...], list[int]] = {}
        for i, label in enumerate(labels):
            rest = label[:k] + label[k + 1 :]
            if label[k] == ALL:
                totals[rest] = i
            else:
                parts.setdefault(rest, []).append(i)
        relations += [Relation(total, tuple(parts[rest])) for rest, total in totals.items() if rest in parts]
    return relations


def _nested(whole: pd.DataFrame, keys: list[str]) -> list[Relation]:
    """Each group to the groups it is divided into."""
    depth = (whole[keys] != ALL).sum(axis=1).to_numpy()
    labels = [tuple(row[:d]) for row, d in zip(whole[keys].to_numpy(), depth, strict=True)]
    at = {label: i for i, label in enumerate(labels)}
    parts: dict[int, list[int]] = {}
    for label, i in at.items():
        if label:
            parts.setdefault(at[label[:-1]], []).append(i)
    return [Relation(total, tuple(below)) for total, below in parts.items()]
