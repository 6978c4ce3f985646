"""Uncertainty: seeded Monte Carlo over stated ranges."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from pricing.errors import InputProblem, PricingInputError
from pricing.grid import price_grid
from pricing.paths import check_paths
from pricing.quantities import Given, Strict
from pricing.rate import price
from pricing.rounding import to_line_places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pricing.assumptions import Assumptions

MOST_SCENARIOS = 5_000_000
DEFAULT_QUANTILES = (Decimal("0.05"), Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), Decimal("0.95"))


class Range(Strict):
    """What an input may be.

    ``uniform``: anything from ``low`` to ``high`` alike. ``triangular``: most often ``mode``. ``choices``: one of the
    given values, such as what providers in a sample reported.
    """

    shape: Literal["uniform", "triangular", "choices"] = "triangular"
    low: Given | None = None
    mode: Given | None = None
    high: Given | None = None
    choices: tuple[Given, ...] = Field(default=(), max_length=100_000)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.shape == "choices":
            if not self.choices:
                raise ValueError("choices needs at least one value")
            return self
        if self.low is None or self.high is None or (self.shape == "triangular" and self.mode is None):
            raise ValueError(f"{self.shape} needs low and high" + (" and mode" if self.shape == "triangular" else ""))
        if not self.low <= (self.low if self.mode is None else self.mode) <= self.high:
            raise ValueError(f"found low {self.low}, mode {self.mode}, high {self.high}; expected low <= mode <= high")
        return self

    def draw(self, generator: np.random.Generator, scenarios: int) -> NDArray[np.float64]:
        """Draw values, (scenarios,) float64."""
        if self.shape == "choices":
            return generator.choice(np.array([float(value) for value in self.choices]), size=scenarios)
        low, high = float(self.low or 0), float(self.high or 0)
        if low == high:
            return np.full(scenarios, low)
        if self.shape == "uniform":
            return generator.uniform(low, high, scenarios)
        return generator.triangular(low, float(self.mode or 0), high, scenarios)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What the scenarios gave; pounds per contact hour.

    Attributes:
        scenarios: how many were drawn.
        seed: what they were drawn from.
        mean: the mean price.
        quantiles: price by quantile.
        price_paid: the price that losses are counted at.
        share_losing_money: the part of scenarios whose costs, return left aside, exceed the price paid.
        mean_loss: the mean shortfall of those scenarios; 0 where there are none.
        share_below_return: the part that falls short of the return in the assumptions.
    """

    scenarios: int
    seed: int
    mean: Decimal
    quantiles: dict[Decimal, Decimal]
    price_paid: Decimal
    share_losing_money: Decimal
    mean_loss: Decimal
    share_below_return: Decimal


def simulate(
    assumptions: Assumptions,
    ranges: Mapping[str, Range],
    *,
    scenarios: int = 10_000,
    seed: int = 0,
    price_paid: Decimal | None = None,
    quantiles: Sequence[Decimal] = DEFAULT_QUANTILES,
) -> Simulation:
    """Draw scenarios and price them all. The same seed gives the same answer, and each input has a stream of its own.

    Args:
        assumptions: the base; inputs without a range keep their value.
        ranges: by path. Inputs are drawn independently of each other.
        scenarios: 1 to 5,000,000.
        seed: not negative.
        price_paid: what providers are paid; the rounded base price where not given.
        quantiles: of the price, each from 0 to 1.

    Raises:
        PricingInputError: for an unknown path, a draw outside the field's range, or a wrong number of scenarios.
    """
    if not 1 <= scenarios <= MOST_SCENARIOS:
        raise PricingInputError([InputProblem("scenarios", scenarios, f"at least 1, at most {MOST_SCENARIOS}")])
    if seed < 0:
        raise PricingInputError([InputProblem("seed", seed, "at least 0")])
    check_paths(assumptions, ranges)
    paid = price(assumptions).total if price_paid is None else price_paid
    draws = {path: chosen.draw(_stream(seed, path), scenarios) for path, chosen in ranges.items()}
    grid = price_grid(
        assumptions, draws or {"wage_pounds_per_hour": np.full(scenarios, float(assumptions.wage_pounds_per_hour))}
    )
    surplus = grid.surplus_at(float(paid))
    losing = surplus < 0
    return Simulation(
        scenarios=scenarios,
        seed=seed,
        mean=_money(grid.unrounded.mean()),
        quantiles=dict(
            zip(quantiles, map(_money, np.quantile(grid.unrounded, [float(q) for q in quantiles])), strict=True)
        ),
        price_paid=paid,
        share_losing_money=_money(losing.mean()),
        mean_loss=_money(-surplus[losing].mean()) if losing.any() else Decimal(0),
        share_below_return=_money((grid.unrounded > float(paid)).mean()),
    )


def _stream(seed: int, path: str) -> np.random.Generator:
    """A generator for one input, so that adding a range does not change the draws of the others."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *path.encode()])))


def _money(value: float | np.float64) -> Decimal:
    return to_line_places(Decimal(repr(float(value))))
