"""What of a cell may leave: nothing where few people stand behind it, else figures in whole steps, some shifted.

Two rules, both drawn from the cell's key (see `geo.disclosure.records`):

* **Withheld.** A cell is shown only if it rests on at least `threshold` people plus a number from 0 to `threshold`
  drawn for it. A fixed limit would be a lever: when one person joins a cell and it appears, the number would be known
  to the last head. An empty cell is withheld like a small one.
* **Rounded.** Every figure is rounded to the nearest step, and one in `SHIFTED` is moved by one more step up or down.
  A step is about a person's share (`step_for`), so that rounding hides any one person.

So a figure shown says that the true one lies within one and a half steps (`amount_range`), and the difference of two
such figures, between weeks, plans or a total and its parts, says that it lies within three.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.disclosure.records import draws

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.disclosure.records import Keys

    Floats = NDArray[np.float64]

THRESHOLD: Final = 5
"""People below which a cell is never shown unless a council sets another number."""

COUNT_STEP: Final = 5.0
"""Counts of people, packages and packages that wait are rounded to it."""

SHIFTED: Final = 1 / 24
"""Share of the figures that are a step above or below the nearest: few, so that tables stay useful; unknown which, so
that nobody can rely on the nearest."""

REACH: Final = 1.5
"""Steps that a figure can be off at most: half a step of rounding and a whole one of shifting."""


@dataclass(frozen=True)
class Rules:
    """By what figures are protected.

    Attributes:
        secret: from which all draws follow; known to the service only.
        threshold: the least number of people shown.
        steps: step of each measure by name; `COUNT_STEP` for those not named.
    """

    secret: bytes = field(repr=False)
    threshold: int = THRESHOLD
    steps: Mapping[str, float] = field(default_factory=dict)

    def step(self, measure: str) -> float:
        """Step that a measure is rounded to."""
        return self.steps.get(measure, COUNT_STEP)


def step_for(mean_of_a_person: float) -> float:
    """The step of a measure: the largest of 1, 2, 5, 10, 20, 50, … that is at most a person's mean.

    Rounded to the nearest such step a cell of twenty people is off by 2.5% at most (half a person of twenty).
    """
    if not math.isfinite(mean_of_a_person) or mean_of_a_person <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(mean_of_a_person))
    return next(power * step for step in (5.0, 2.0, 1.0) if power * step <= mean_of_a_person * (1 + 1e-9))


def step_at_least(amount: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50, … (and of 0.5, 0.2, …) that is at least an amount over 0."""
    power = 10.0 ** math.floor(math.log10(amount))
    return next(power * step for step in (1.0, 2.0, 5.0, 10.0) if power * step >= amount * (1 - 1e-9))


def shown(people: NDArray[np.int64], keys: Keys, rules: Rules, purpose: str = "people") -> NDArray[np.bool_]:
    """(cells,) whether a cell rests on enough people to be shown.

    Args:
        people: (cells,) people, or packages that wait, behind each cell.
        keys: (cells,) cell keys.
        rules: the threshold and the secret.
        purpose: tells one rule about a cell from another.
    """
    if rules.threshold <= 0:
        return np.ones(len(people), dtype=np.bool_)
    extra = np.floor(draws(keys, rules.secret, f"cut {purpose}") * (rules.threshold + 1))
    return np.asarray(people >= rules.threshold + extra, dtype=np.bool_)


def protected_values(measure: str, values: Floats, keys: Keys, rules: Rules) -> Floats:
    """(cells,) a measure of cells in whole steps, at least one step where there is anything.

    Args:
        measure: its name; each is drawn for on its own.
        values: (cells,) exact, zero or more.
        keys: (cells,) cell keys.
        rules: steps and secret.
    """
    step = rules.step(measure)
    drawn = draws(keys, rules.secret, f"shift {measure}")
    shift = np.where(drawn < SHIFTED / 2, -1.0, np.where(drawn >= 1 - SHIFTED / 2, 1.0, 0.0))
    whole = np.floor(values / step + 0.5) + shift
    return np.asarray(np.where(values > 0, np.maximum(whole, 1.0), 0.0) * step, dtype=np.float64)


def amount_range(value: float | None, step: float) -> tuple[float, float]:
    """Least and most that an exact figure can be, given what is shown: what a reader who knows the rules can say.

    Args:
        value: the figure shown; None where withheld.
        step: its step.
    """
    if value is None or math.isnan(value):
        return 0.0, math.inf
    if value == 0:
        return 0.0, 0.0
    return (0.0 if value <= step else value - REACH * step), value + REACH * step


def people_range(value: float | None, rules: Rules) -> tuple[int, float]:
    """Least and most people a cell can rest on, given what is shown."""
    if value is None or math.isnan(value):
        return 0, max(2 * rules.threshold - 1, 0)
    low, high = amount_range(value, rules.step("people"))
    return max(math.ceil(low), rules.threshold), math.floor(high - 1e-9)
