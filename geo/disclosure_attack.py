"""What a reader of a table can work out about its hidden cells: the check on suppression, sharing no code with it.

The attacker knows every shown cell, every sum, and that no value is negative. For each hidden cell two linear
programmes give the least and the most it can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


def feasible_ranges(
    shown: NDArray[np.float64],
    sums: Sequence[tuple[int, Iterable[int]]],
    cells: Iterable[int] | None = None,
) -> dict[int, tuple[float, float]]:
    """Least and most of hidden cells, given what is shown.

    Args:
        shown: (cells,) published values, NaN where hidden.
        sums: for each known sum, the position of the total and of its parts.
        cells: hidden cells to attack; all of them where None.

    Raises:
        ValueError: the shown values contradict the sums.
    """
    unknown = np.flatnonzero(np.isnan(shown))
    where = {int(cell): k for k, cell in enumerate(unknown)}
    matrix = np.zeros((len(sums), len(unknown)))
    known = np.zeros(len(sums))
    for row, (total, parts) in enumerate(sums):
        for cell, sign in [(int(total), 1.0), *((int(part), -1.0) for part in parts)]:
            if cell in where:
                matrix[row, where[cell]] += sign
            else:
                known[row] -= sign * shown[cell]
    out = {}
    for cell in where if cells is None else [int(c) for c in cells if int(c) in where]:
        aim = np.zeros(len(unknown))
        aim[where[cell]] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            answer = linprog(sign * aim, A_eq=matrix, b_eq=known, bounds=(0, None), method="highs")
            if answer.status == 2:
                raise ValueError("the values shown contradict the sums")
            ends.append(np.inf if answer.status == 3 else float(answer.x[where[cell]]))
        out[cell] = (ends[0], ends[1])
    return out
