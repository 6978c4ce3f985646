"""Withholding small numbers from totals that leave, and whatever would let a hidden number be worked out."""

from __future__ import annotations

from collections.abc import Sequence
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
        The same rows; withheld figures are missing.
    """
    figures = [name for name in table.columns if name not in by]
    out = table.astype(dict.fromkeys(figures, "float64"))
    if threshold <= 0 or not len(table):
        return out
    relations, spread = _relations(table, by)
    packages = spread(table["packages"].to_numpy(np.int64))
    small = is_sensitive(table["people"].to_numpy(np.int64), threshold)
    cells = protect(
        packages,
        relations,
        threshold=threshold,
        amounts={"hours": spread(table["hours_per_week"].to_numpy(np.float64))},
        sensitive=_own(small, len(packages)),
    ).hidden
    out.loc[_rows_hidden(cells, relations, len(table)), figures] = np.nan
    waiting = spread(table["waiting_packages"].to_numpy(np.int64))
    few = _own(is_sensitive(waiting[: len(table)], threshold), len(waiting))
    cells = protect(waiting, relations, threshold=threshold, sensitive=few).hidden
    out.loc[_rows_hidden(cells, relations, len(table)), list(_WAITING)] = np.nan
    return out


def _rows_hidden(cells: NDArray[np.bool_], relations: Sequence[Relation], rows: int) -> NDArray[np.bool_]:
    """Rows to blank. Where only hiding a total would do, everything under it goes: the total may be known elsewhere."""
    hidden = cells[:rows].copy()
    for relation in relations:
        if cells[relation.total]:
            hidden[[part for part in relation.parts if part < rows]] = True
    return hidden


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
