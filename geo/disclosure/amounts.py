"""A single figure over the county, such as pounds a year, made fit to leave."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.disclosure.cells import Rules, protected_values, shown, step_at_least

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERSONS_IN_A_STEP: Final = 5
"""How many people's mean part of a figure its step is at least: people in dear places weigh more than the mean."""


def protected_figure(
    name: str,
    value: float,
    records: NDArray[np.uint64],
    people: int,
    rules: Rules,
    *,
    of_a_share: bool = False,
) -> float | None:
    """A figure that follows from all packages, in whole steps; None where it rests on too few people.

    Args:
        name: what it is; each is drawn for on its own.
        value: exact; may be negative.
        records: keys of the packages it follows from.
        people: people behind it.
        rules: the threshold and the secret.
        of_a_share: the figure is a share, of which one person can change as much whatever it is.
    """
    key = np.array([records.sum(dtype=np.uint64)], dtype=np.uint64)
    if not shown(np.array([people], dtype=np.int64), key, rules)[0]:
        return None
    if value == 0 or not math.isfinite(value):
        return value if value == 0 else None
    step = step_at_least(PERSONS_IN_A_STEP * (1.0 if of_a_share else abs(value)) / people)
    rounded = protected_values(name, np.array([abs(value)]), key, Rules(rules.secret, rules.threshold, {name: step}))
    digits = max(0, -math.floor(math.log10(step))) + 1
    return round(math.copysign(float(rounded[0]), value), digits)
