"""Small numbers hidden in tables that leave, so that no hidden cell can be worked out from what is shown.

Primary suppression hides every cell that rests on fewer people than the threshold. Complementary suppression then hides
further cells, by the incremental linear-programming heuristic of Kelly, Golden and Assad (1992, "Cell suppression:
disclosure protection for sensitive tabular data", Networks 22): for each sensitive cell the cheapest set of cells is
found that could carry a rise of the protection asked for while every published total still adds up. If those cells are
hidden, a reader cannot bring the sensitive cell's possible range below that width.

The same cells are hidden in every measure of a table, each measure protected in its own unit. `geo.disclosure_attack`
checks the result with code of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

THRESHOLD: Final = 5
"""People below which a cell is hidden unless a council sets another number."""

VALUE_WIDTH: Final = 0.2
"""Least possible range of a hidden amount (hours, visits), as a share of the amount."""

_TOTAL_COST: Final = 20.0  # a hidden total loses a reader more than a hidden inner cell
_MOVED: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Relation:
    """One sum a reader knows: cell `total` is the sum of the cells `parts` (positions in the table's list of cells)."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Protection:
    """What to hide.

    Attributes:
        hidden: (cells,) show nothing of these, and do not show which of them are sensitive.
        sensitive: (cells,) those that rest on too few people; for internal use only.
    """

    hidden: NDArray[np.bool_]
    sensitive: NDArray[np.bool_]


def is_sensitive(
    people: NDArray[np.int64],
    threshold: int = THRESHOLD,
    *,
    amount: NDArray[np.float64] | None = None,
    largest: NDArray[np.float64] | None = None,
    dominance: float | None = None,
) -> NDArray[np.bool_]:
    """Cells to hide for themselves: 1 to `threshold - 1` people, or one contributor that dominates.

    A zero is shown: it says nothing of a person in the cell.

    Args:
        people: (cells,) people each cell rests on.
        threshold: the least number shown.
        amount: (cells,) the amount shown, needed for dominance.
        largest: (cells,) the largest contributor's part of it.
        dominance: share of the amount above which one contributor dominates; None for no such rule.

    Raises:
        ValueError: a dominance rule without its amounts.
    """
    small = (people > 0) & (people < threshold)
    if dominance is None:
        return np.asarray(small, dtype=np.bool_)
    if amount is None or largest is None:
        raise ValueError("a dominance rule needs the amount of each cell and its largest contributor's part")
    return np.asarray(small | ((largest > dominance * amount) & (amount > 0)), dtype=np.bool_)


def protect(
    people: NDArray[np.int64],
    relations: Sequence[Relation],
    *,
    threshold: int = THRESHOLD,
    amounts: Mapping[str, NDArray[np.float64]] | None = None,
    sensitive: NDArray[np.bool_] | None = None,
    loss: NDArray[np.float64] | None = None,
    value_width: float = VALUE_WIDTH,
) -> Protection:
    """Cells to hide so that each sensitive cell keeps a possible range of `threshold` people, and of its amounts.

    Args:
        people: (cells,) people of every cell, totals included as cells.
        relations: every sum among the cells that a reader knows.
        threshold: the least number shown, and the width of the range kept.
        amounts: further measures of the same cells published beside the people (hours, visits); each must add up too.
        sensitive: (cells,) cells to protect; by default `is_sensitive(people, threshold)`.
        loss: (cells,) what hiding a cell loses a reader, as a multiple of the usual; 0 for a cell shown nowhere.
        value_width: range kept of each amount, as a share of it.

    Raises:
        ValueError: a negative value, or a measure whose relation does not add up; names the relation.
    """
    first = is_sensitive(people, threshold) if sensitive is None else sensitive
    measures = {"people": np.asarray(people, dtype=np.float64)} | {
        name: np.asarray(values, dtype=np.float64) for name, values in (amounts or {}).items()
    }
    for name, values in measures.items():
        _check(name, values, relations)
    signs, hidden = _signs(relations, len(people)), first.copy()
    if loss is not None:
        hidden |= loss <= 0
    totals = np.zeros(len(people), dtype=np.bool_)
    totals[[relation.total for relation in relations]] = True
    for name, values in measures.items():
        scale = 1.0 if name == "people" else float(values.max(initial=0.0)) / max(float(people.max(initial=1)), 1.0)
        cost = (values / (scale or 1.0) + 1.0) * np.where(totals, _TOTAL_COST, 1.0)
        cost = cost if loss is None else cost * loss
        lone = _lone_relation(relations, len(people))
        rises = np.full(len(people), float(threshold)) if name == "people" else value_width * values
        carried = np.zeros(len(people), dtype=np.bool_)  # a move found for one cell often lifts others as far
        for cell in np.flatnonzero(first & (values > 0)).tolist():
            rise = float(rises[cell])
            if not carried[cell] and not _siblings_carry(cell, rise, values, hidden, lone, relations):
                moved = _carriers(cell, rise, values, hidden, cost, signs)
                hidden |= np.abs(moved) > _MOVED
                carried |= moved >= rises - _MOVED
    return Protection(hidden, first)


def _check(name: str, values: NDArray[np.float64], relations: Sequence[Relation]) -> None:
    if (values < 0).any():
        raise ValueError(f"{name}: cell {int(np.argmin(values))} is {values.min():g}, expected 0 or more")
    for relation in relations:
        parts = float(values[list(relation.parts)].sum())
        if abs(parts - values[relation.total]) > 1e-6 * max(1.0, parts):
            raise ValueError(
                f"{name}: cell {relation.total} is {values[relation.total]:g}, its parts add up to {parts:g}"
            )


def _signs(relations: Sequence[Relation], cells: int) -> csr_array:
    """(relations, cells): +1 at the total, -1 at its parts."""
    rows, columns, data = [], [], []
    for number, relation in enumerate(relations):
        rows += [number] * (1 + len(relation.parts))
        columns += [relation.total, *relation.parts]
        data += [1.0] + [-1.0] * len(relation.parts)
    return csr_array((data, (rows, columns)), shape=(len(relations), cells))


def _lone_relation(relations: Sequence[Relation], cells: int) -> NDArray[np.int64]:
    """The one relation a cell is part of, or -1 where it is a total or part of several."""
    count, lone = np.zeros(cells, dtype=np.int64), np.full(cells, -1, dtype=np.int64)
    for number, relation in enumerate(relations):
        count[relation.total] += 2
        count[list(relation.parts)] += 1
        lone[list(relation.parts)] = number
    return np.where(count == 1, lone, -1)


def _siblings_carry(
    cell: int,
    rise: float,
    values: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    lone: NDArray[np.int64],
    relations: Sequence[Relation],
) -> bool:
    """Whether hidden cells of the cell's only sum can already fall by the rise: spares the linear programme."""
    if lone[cell] < 0:
        return False
    parts = np.array(relations[lone[cell]].parts)
    able = parts[hidden[parts] & (lone[parts] == lone[cell]) & (parts != cell)]
    return float(values[able].sum()) >= rise


def _carriers(
    cell: int,
    rise: float,
    values: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    cost: NDArray[np.float64],
    signs: csr_array,
) -> NDArray[np.float64]:
    """(cells,) how cells, hidden ones free, could move so that `cell` rises and every sum holds, at the least cost.

    Zeros stay: a reader may know that nobody can be there. A rise of every total above the cell is always possible, so
    there is always an answer.
    """
    cells = len(values)
    price = np.where(hidden, 1e-6, cost)
    most_up = np.where(values > 0, np.inf, 0.0)
    most_down = values.copy()
    most_down[cell] = 0.0
    bounds = np.column_stack([np.zeros(2 * cells), np.concatenate([most_up, most_down])])
    bounds[cell] = (rise, rise)
    found = linprog(
        np.concatenate([price, price]),
        A_eq=hstack([signs, -signs], format="csr"),
        b_eq=np.zeros(signs.shape[0]),
        bounds=bounds,
        method="highs",
    )
    if found.status != 0:
        raise RuntimeError(f"complementary suppression found no answer for cell {cell}: {found.message}")
    return np.asarray(found.x[:cells] - found.x[cells:], dtype=np.float64)
