"""What holds for every price, whatever its conventions."""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from itertools import pairwise

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from pricing import (
    Assumptions,
    NoSolutionError,
    PricingInputError,
    input_paths,
    parse_assumptions,
    price,
    price_grid,
    solve,
    with_input,
)
from pricing.annex import annex_a
from pricing.enhancements import price_by_period
from pricing.paths import bounds_of
from pricing.structure import inputs_of
from tests.pricing.cases import assumptions, many, some

D = Decimal
MILLIONTH = D("0.000001")
LOWERS_THE_PRICE = {
    "mean_visit_minutes",
    "business.contact_hours_per_year",
    # more double-handed visits with shared miles mean fewer miles for each carer's hour
    "double_handed.share_of_visits",
}


@many
@given(assumptions())
def test_lines_sum_exactly_to_the_unrounded_price(given_assumptions: Assumptions) -> None:
    rate = price(given_assumptions)
    assert sum(line.pounds_per_contact_hour for line in rate.lines) == rate.unrounded
    assert abs(rate.unrounded - rate.steps["price"]) < MILLIONTH
    assert sum(rate.subtotal(group) for group in ("careworker", "business", "return")) == rate.unrounded
    assert annex_a(rate)[-1].pounds_per_contact_hour == rate.unrounded


@many
@given(assumptions())
def test_rounding_is_to_the_stated_multiple_by_the_stated_rule(given_assumptions: Assumptions) -> None:
    rate = price(given_assumptions)
    step = given_assumptions.round_to_pence / 100
    assert rate.total % step == 0
    off = rate.total - rate.unrounded
    low, high = {"nearest": (-step / 2, step / 2), "up": (D(0), step), "down": (-step, D(0))}[
        given_assumptions.rounding
    ]
    assert low <= off <= high


@many
@given(assumptions(), st.data())
def test_the_price_rises_with_each_cost_input(given_assumptions: Assumptions, data: st.DataObject) -> None:
    rising = sorted(set(input_paths(given_assumptions)) - LOWERS_THE_PRICE)
    path = data.draw(st.sampled_from(rising))
    # shares of the price may not be pushed to the point where no price is high enough
    step = D("0.01") if "share" in path or path.startswith("on_costs") else D(1)
    before = inputs_of(given_assumptions)[path]
    assume(before + step <= bounds_of(given_assumptions, path)[1])
    higher = _changed(given_assumptions, path, before + step)
    assume(higher is not None)
    assert price(higher).unrounded >= price(given_assumptions).unrounded - MILLIONTH  # type: ignore[arg-type]


@many
@given(assumptions())
def test_a_longer_visit_never_costs_more_an_hour_nor_less_a_visit(given_assumptions: Assumptions) -> None:
    visits = price(given_assumptions).by_visit_length
    for shorter, longer in pairwise(visits):
        assert shorter.pounds_per_hour >= longer.pounds_per_hour - MILLIONTH
        assert shorter.pounds_per_visit <= longer.pounds_per_visit


@many
@given(assumptions(), st.integers(1, 600))
def test_the_law_of_visit_lengths_is_the_build_up_at_that_length(given_assumptions: Assumptions, minutes: int) -> None:
    """What the law says of a length is what the whole build-up gives with that length as the mean visit."""
    without_pairs = given_assumptions.model_copy(update={"double_handed": None, "visit_lengths_minutes": (D(minutes),)})
    (by_law,) = price(without_pairs).by_visit_length
    built = price(without_pairs.model_copy(update={"mean_visit_minutes": D(minutes)}))
    assert abs(by_law.pounds_per_hour - built.unrounded) < MILLIONTH
    assert abs(by_law.pounds_per_visit - built.unrounded * minutes / 60) < MILLIONTH * 10
    assert abs(by_law.double_handed_pounds_per_visit - 2 * by_law.pounds_per_visit) < MILLIONTH


@many
@given(assumptions(), st.data())
def test_solve_is_the_inverse_of_price(given_assumptions: Assumptions, data: st.DataObject) -> None:
    """To 0.001p: the input found gives the price asked for."""
    rate = price(given_assumptions)
    path = data.draw(st.sampled_from(input_paths(given_assumptions)))
    target = rate.unrounded * data.draw(st.decimals(D("0.95"), D("1.05"), places=3))
    try:
        solution = solve(given_assumptions, path, target)
    except NoSolutionError:
        low, high = bounds_of(given_assumptions, path)
        ends = [_changed(given_assumptions, path, value) for value in (low, high)]
        prices = [price(end).unrounded for end in ends if end is not None]
        assert len(prices) < 2 or not min(prices) < target < max(prices)
        return
    assert abs(solution.rate.unrounded - target) < D("0.00001")
    assert price(with_input(given_assumptions, path, solution.value)).unrounded == solution.rate.unrounded


@some
@given(assumptions(), st.data())
def test_the_grid_is_the_scalar_price(given_assumptions: Assumptions, data: st.DataObject) -> None:
    cases = []
    for path in ("wage_pounds_per_hour", "travel.minutes_per_visit", "mean_visit_minutes"):
        values = data.draw(st.lists(st.decimals(D(5), D(24), places=2), min_size=3, max_size=3))
        cases.append((path, values))
    grid = price_grid(given_assumptions, {path: [float(value) for value in values] for path, values in cases})
    for number in range(3):
        changed = given_assumptions
        for path, values in cases:
            changed = with_input(changed, path, values[number])
        rate = price(changed)
        assert abs(float(rate.unrounded) - grid.unrounded[number]) < 1e-6
        for line in rate.lines:
            assert abs(float(line.pounds_per_contact_hour) - grid.lines[line.key][number]) < 1e-6
        assert abs(sum(grid.lines[line.key][number] for line in rate.lines) - grid.unrounded[number]) < 1e-9


@some
@given(assumptions())
def test_periods_weighted_by_hours_are_the_blended_price(given_assumptions: Assumptions) -> None:
    periods = price_by_period(given_assumptions)
    shares = {item.name: item.share_of_contact_hours for item in given_assumptions.enhancements}
    shares["basic"] = 1 - sum(shares.values())
    blended = sum(periods[name].unrounded * share for name, share in shares.items())
    assert abs(blended - price(given_assumptions).unrounded) < MILLIONTH


@many
@given(assumptions())
def test_assumptions_survive_json_and_the_callers_decimal_context(given_assumptions: Assumptions) -> None:
    rate = price(given_assumptions)
    assert parse_assumptions(given_assumptions.model_dump_json(by_alias=True)) == given_assumptions
    with localcontext() as context:
        context.prec = 6
        assert price(given_assumptions) == rate
    out = json.loads(rate.model_dump_json())
    assert sum(D(str(line["pounds_per_contact_hour"])) for line in out["lines"]) == D(str(out["unrounded"]))


@some
@given(assumptions())
def test_each_lines_formula_gives_the_line(given_assumptions: Assumptions) -> None:
    """The printed formula and inputs are enough to work the line out by hand."""
    for line in price(given_assumptions).lines:
        names = {name: f"value_{number}" for number, name in enumerate(line.inputs)}
        text = line.formula.replace("×", "*").replace("÷", "/").replace("−", "-")
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, names[name])
        values = {names[name]: np.float64(value) for name, value in line.inputs.items()}
        worked = eval(text, {"__builtins__": {}}, values)  # noqa: S307 - our own formula, no builtins
        assert abs(worked - float(line.pounds_per_contact_hour)) < 1e-5, line.formula


def _changed(given_assumptions: Assumptions, path: str, value: Decimal) -> Assumptions | None:
    try:
        return with_input(given_assumptions, path, value)
    except PricingInputError:
        return None
