"""How fast pricing is, against plain references in the same run.

``python -m bench.pricing.bench_price`` from the project folder prints ratios; absolute times belong to the machine.
The grid is held to a second for 100,000 scenarios on one core, and to a numpy formula that knows one case only.
"""

from __future__ import annotations

import timeit

import numpy as np

from pricing import calibration, parse_assumptions, price, price_grid
from pricing.rate import Rate

SCENARIOS = 100_000


def best(action: object, number: int, repeats: int = 7) -> float:
    """Seconds of one call, the best of some repeats."""
    return min(timeit.repeat(action, number=number, repeat=repeats)) / number  # type: ignore[arg-type]


def single() -> None:
    """One price beside what any handler with the same models does: read the input, write the result."""
    given = calibration().banded.base
    text = given.model_dump_json(by_alias=True)
    rate = price(given)
    result = rate.model_dump_json(by_alias=True)
    read = best(lambda: parse_assumptions(text), 200)
    write = best(lambda: rate.model_dump_json(by_alias=True), 200)
    models = best(lambda: Rate.model_validate_json(result), 200)
    whole = best(lambda: price(given), 200)
    print(f"price() {whole * 1e6:.0f} us; read {read * 1e6:.0f}, build {models * 1e6:.0f}, write {write * 1e6:.0f} us")
    print(f"price() / (read + build + write of the same models): {whole / (read + models + write):.2f}")


def plain(wage: np.ndarray, minutes: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The calibration's one case written out by hand."""
    visits = 60 / mean
    pay = wage * (1 + visits * minutes / 60)
    gross = pay * (1 + 0.015 + 0.01 + 0.003 + 0.1207 * 1.015)
    return (gross * (1 + 0.0531 + 0.014) + visits * 1.55 * 0.45 + 3.60) * 1.05


def grid() -> None:
    """100,000 scenarios in one call, every line of each."""
    given = calibration().banded.base
    generator = np.random.default_rng(0)
    wage, minutes, mean = (generator.uniform(low, high, SCENARIOS) for low, high in ((9, 13), (5, 17), (25, 60)))
    changes = {"wage_pounds_per_hour": wage, "travel.minutes_per_visit": minutes, "mean_visit_minutes": mean}
    ours = best(lambda: price_grid(given, changes), 3)
    reference = best(lambda: plain(wage, minutes, mean), 3)
    difference = np.abs(price_grid(given, changes).unrounded - plain(wage, minutes, mean)).max()
    one_by_one = best(lambda: price(given), 100) * SCENARIOS
    print(f"grid of {SCENARIOS:,} scenarios, every line: {ours * 1e3:.1f} ms on one core")
    print(f"grid / plain numpy formula of the total alone: {ours / reference:.1f}")
    print(f"one price() at a time / grid: {one_by_one / ours:.0f}")
    print(f"largest difference from the plain formula: {difference:.1e} pounds")
    assert ours < 1, "the grid is held to a second"
    assert difference < 1e-9


if __name__ == "__main__":
    single()
    grid()
