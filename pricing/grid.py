"""Many scenarios at once: the same build-up on arrays instead of single values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from pricing.buildup import build_up, line_keys
from pricing.errors import InputProblem, PricingInputError
from pricing.paths import bounds_of, check_paths
from pricing.structure import inputs_of, structure_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from pricing.assumptions import Assumptions

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Prices of many scenarios, float64, pounds per contact hour.

    Attributes:
        unrounded: the price of each scenario; the shape is that of the changed inputs broadcast together.
        lines: each line by key, of the same shape.
        cost: every cost that is not a share of the price, of the same shape.
        overhead_share: the part of the price that overheads take as a share, 0 where they are fixed sums.
    """

    unrounded: FloatArray
    lines: dict[str, FloatArray]
    cost: FloatArray
    overhead_share: FloatArray

    def surplus_at(self, pounds_per_hour: float) -> FloatArray:
        """What is left of a price paid, in each scenario, after every cost; negative is a loss."""
        return pounds_per_hour * (1 - self.overhead_share) - self.cost


def price_grid(assumptions: Assumptions, changes: Mapping[str, ArrayLike]) -> Grid:
    """Price a grid of scenarios.

    It is the code that prices one case, run on arrays of float64, so it agrees with ``price`` to about 1e-12 of a
    pound.

    Args:
        assumptions: the case every scenario starts from.
        changes: values by path of the input, as ``paths.input_paths`` lists them; arrays must broadcast together.

    Raises:
        PricingInputError: for a path that the assumptions have no number for, or values outside the field's range.
    """
    check_paths(assumptions, changes)
    arrays = {path: np.asarray(values, dtype=np.float64) for path, values in changes.items()}
    _check_ranges(assumptions, arrays)
    structure = structure_of(assumptions)
    inputs = {path: np.asarray(float(value)) for path, value in inputs_of(assumptions).items()} | arrays
    shape = np.broadcast_shapes(*(values.shape for values in arrays.values())) if arrays else ()
    computed: dict[str, FloatArray] = {}

    def keep(name: str, value: Any) -> Any:
        computed[name] = value
        return value

    build_up(structure, cast("Mapping[str, Any]", inputs), keep)

    def full(values: FloatArray) -> FloatArray:
        return np.broadcast_to(np.asarray(values, dtype=np.float64), shape)

    if not np.all(computed["price"] >= computed["cost_before_shares_of_price"]):
        expected = "overheads and return that leave some of the price, in every scenario"
        raise PricingInputError([InputProblem("share_of_price", "shares of 1 or more", expected)])
    shares = [inputs[choice.path] for choice in structure.business if choice.kind == "share_of_price"]
    return Grid(
        unrounded=full(computed["price"]),
        lines={key: full(computed[key]) for key in line_keys(structure)},
        cost=full(computed["cost_before_shares_of_price"]),
        overhead_share=full(np.asarray(sum(shares, start=np.zeros(())))),
    )


def _check_ranges(assumptions: Assumptions, arrays: Mapping[str, FloatArray]) -> None:
    problems = []
    for path, values in arrays.items():
        low, high = (float(bound) for bound in bounds_of(assumptions, path))
        wrong = values[~((values >= low) & (values <= high))]
        if wrong.size:
            problems.append(InputProblem(path, float(wrong[0]), f"every value at least {low:g} and at most {high:g}"))
    if problems:
        raise PricingInputError(problems)
