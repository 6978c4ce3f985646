"""Withholding small numbers from totals that leave, and whatever would let a hidden number be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.disclosure import Relation, is_sensitive, protect

_WAITING = ("waiting_packages", "waiting_hours_per_week")


def suppress(table: pd.DataFrame, by: Sequence[str], threshold: int) -> pd.DataFrame:
    """Blank the figures of groups that rest on fewer people than ``threshold``, and of as few others as hide those.

    What a reader could add up is taken into account: the totals by each single grouping and the grand total are treated
    as known, whether they are asked for or not. Figures of waiting packages are protected by themselves as well.

    Args:
        table: What ``geo.demand.totals`` gives: one row a group.
        by: The groupings, one or two.
        threshold: The least number of people shown.

    Returns:
        The same rows, with withheld figures missing; of two groupings also those without packages that had to be
        withheld, for a reader takes a row that is not there for nought.
    """
    figures = [name for name in table.columns if name not in by]
    if threshold <= 0 or not len(table):
        return table.astype(dict.fromkeys(figures, "float64"))
    present = len(table)
    table = _completed(table, by, figures)
    out = table.astype(dict.fromkeys(figures, "float64"))
    relations, spread = _relations(table, by)

    def withheld(column: str) -> frozenset[int]:
        return _totals_withheld(table, by, threshold, column)

    packages = spread(table["packages"].to_numpy(np.int64))
    small = is_sensitive(table["people"].to_numpy(np.int64), threshold)
    cells = protect(
        packages,
        relations,
        threshold=threshold,
        amounts={"hours": spread(table["hours_per_week"].to_numpy(np.float64))},
        sensitive=_own(small, len(packages)),
    ).hidden
    out.loc[_rows_hidden(cells, relations, len(table), withheld("packages")), figures] = np.nan
    waiting = spread(table["waiting_packages"].to_numpy(np.int64))
    few = _own(is_sensitive(waiting[: len(table)], threshold), len(waiting))
    cells = protect(waiting, relations, threshold=threshold, sensitive=few).hidden
    gone = _rows_hidden(cells, relations, len(table), withheld(_WAITING[0]))
    out.loc[gone, list(_WAITING)] = np.nan
    return out[(np.arange(len(out)) < present) | out[figures].isna().any(axis=1)].reset_index(drop=True)


def _completed(table: pd.DataFrame, by: Sequence[str], figures: Sequence[str]) -> pd.DataFrame:
    """The table with every combination of its groups; those without packages come last, with nought."""
    if len(by) < 2:
        return table
    present = set(table[list(by)].itertuples(index=False, name=None))
    absent = [pair for pair in product(*(dict.fromkeys(table[name]) for name in by)) if pair not in present]
    if not absent:
        return table
    empty = pd.DataFrame(absent, columns=list(by)).assign(**dict.fromkeys(figures, 0))
    return pd.concat([table, empty.astype(table.dtypes.to_dict())], ignore_index=True)


def _rows_hidden(
    cells: NDArray[np.bool_], relations: Sequence[Relation], rows: int, withheld_elsewhere: frozenset[int]
) -> NDArray[np.bool_]:
    """Rows to blank: all of them where that needs a total hidden which another table shows."""
    if any(cells[relation.total] and relation.total not in withheld_elsewhere for relation in relations):
        return np.ones(rows, dtype=np.bool_)
    return cells[:rows].copy()


def _totals_withheld(table: pd.DataFrame, by: Sequence[str], threshold: int, column: str) -> frozenset[int]:
    """The totals, by position after the table's cells, that are withheld from the tables by one grouping."""
    if len(by) < 2:
        return frozenset()
    hidden: list[bool] = []
    for name in by:
        alone = table.drop(columns=[other for other in by if other != name]).groupby(name, sort=False).sum()
        hidden += suppress(alone.reset_index(), [name], threshold)[column].isna().tolist()
    return frozenset(len(table) + i for i, gone in enumerate(hidden) if gone)


def _own(flags: NDArray[np.bool_], cells: int) -> NDArray[np.bool_]:
    """Flags of the table's rows, false for the totals that follow them."""
    return np.concatenate([flags, np.zeros(cells - len(flags), dtype=np.bool_)])


def _relations(table: pd.DataFrame, by: Sequence[str]) -> tuple[list[Relation], Any]:
    """Every sum a reader knows: each group of each grouping, and the whole; and how to append those totals."""
    n = len(table)
    members: list[NDArray[np.int64]] = []
    if len(by) > 1:
        for name in by:
            codes = pd.factorize(table[name])[0]
            members += [np.flatnonzero(codes == code) for code in range(int(codes.max()) + 1)]
    members.append(np.arange(n))
    relations = [Relation(total=n + i, parts=tuple(int(p) for p in rows)) for i, rows in enumerate(members)]

    def spread(values: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([values, [values[rows].sum() for rows in members]]).astype(values.dtype)

    return relations, spread
