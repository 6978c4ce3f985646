"""HiGHS as the models of zoning use it: silent, in one thread, with every column whole from a certain point on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


def quiet_highs() -> Any:
    """A solver that prints nothing and runs in one thread: the search has others."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    return highs


def ask_for_whole(highs: Any, columns: int) -> None:
    """Ask for whole numbers in the first `columns` columns from here on."""
    whole = np.full(columns, highspy.HighsVarType.kInteger.value, np.uint8)
    highs.changeColsIntegrality(columns, np.arange(columns, dtype=np.int32), whole)


def begin_from(highs: Any, value: npt.NDArray[np.float64]) -> None:
    """Give a solution in hand, a value for each column, to begin from."""
    known = highspy.HighsSolution()
    known.col_value = value.tolist()
    highs.setSolution(known)
