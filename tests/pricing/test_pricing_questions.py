"""Inverse questions, sensitivities and simulations."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from pricing import (
    NoSolutionError,
    PricingInputError,
    Range,
    break_even_hours_per_year,
    parse_assumptions,
    price,
    price_for_share_of_providers,
    price_grid,
    return_supported,
    simulate,
    solve,
    tornado,
    with_input,
)
from tests.pricing.cases import LEICESTERSHIRE_URBAN

D = Decimal
URBAN = parse_assumptions(LEICESTERSHIRE_URBAN)


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("wage_pounds_per_hour", "9.84", "9.86"),
        ("travel.minutes_per_visit", "8.98", "8.99"),
        ("business.pounds_per_contact_hour", "4.38", "4.39"),
        ("return.share", "0.0959", "0.0960"),
    ],
)
def test_what_a_price_supports(field: str, least: str, most: str) -> None:
    solution = solve(URBAN, field, D("19.56"))
    assert D(least) < solution.value < D(most)
    assert abs(solution.rate.unrounded - D("19.56")) < D("0.00001")


def test_a_price_can_be_that_of_a_visit_length() -> None:
    solution = solve(URBAN, "wage_pounds_per_hour", D("23.69332982"), at_visit_minutes=D(15))
    assert abs(solution.value - D("9.30")) < D("0.000001")


def test_no_answer_says_what_the_range_gives() -> None:
    with pytest.raises(NoSolutionError, match=r"return\.share: no value from 0 to .* gives 17\.85 to"):
        solve(URBAN, "return.share", D(17))
    with pytest.raises(PricingInputError, match="expected one of wage_pounds_per_hour"):
        solve(URBAN, "wages", D(17))


def test_a_share_of_price_stops_short_of_the_whole_price() -> None:
    given = parse_assumptions(
        LEICESTERSHIRE_URBAN | {"business": {"share_of_price": 0.6}, "return": {"method": "on_cost", "share": 0.05}}
    )
    for field in ("return.share", "business.share_of_price"):
        solution = solve(given, field, D(100))
        assert abs(solution.rate.unrounded - 100) < D("0.00001")


def test_the_return_a_price_leaves_in_both_conventions_and_as_a_loss() -> None:
    rate = price(URBAN)
    at_price = return_supported(URBAN, rate.unrounded)
    assert abs(at_price.pounds_per_contact_hour - rate.line("return").pounds_per_contact_hour) < D("0.0000001")
    assert abs(at_price.share_on_cost - D("0.05")) < D("0.0000001")
    assert abs(at_price.share_of_price - D("0.05") / D("1.05")) < D("0.0000001")
    assert return_supported(URBAN, D(17)).pounds_per_contact_hour < 0
    with pytest.raises(PricingInputError, match="more than 0"):
        return_supported(URBAN, D(0))


def test_five_per_cent_on_cost_is_4_8_per_cent_of_price() -> None:
    """Bradford prints 4.8%."""
    of_price = parse_assumptions(
        LEICESTERSHIRE_URBAN | {"return": {"method": "share_of_price", "share": D("0.05") / D("1.05")}}
    )
    assert abs(price(of_price).unrounded - price(URBAN).unrounded) < D("0.0000001")


def test_the_price_that_carries_a_share_of_providers() -> None:
    providers = [with_input(URBAN, "wage_pounds_per_hour", D(wage)) for wage in ("10.00", "9.00", "11.00", "9.50")]
    prices = sorted(price(provider).unrounded for provider in providers)
    assert price_for_share_of_providers(providers, D("0.5")) == prices[1]
    assert price_for_share_of_providers(providers, D(1)) == prices[3]
    by_hours = price_for_share_of_providers(providers, D("0.5"), hours=[D(1), D(1), D(97), D(1)])
    assert by_hours == prices[3], "the one dear provider has most of the hours"
    with pytest.raises(PricingInputError, match="share"):
        price_for_share_of_providers(providers, D(0))
    with pytest.raises(PricingInputError, match="providers"):
        price_for_share_of_providers([], D("0.5"))


def test_break_even_hours() -> None:
    hours = break_even_hours_per_year(URBAN, D("18.75"), D(100_000))
    contribution = D("18.75") - price(URBAN).subtotal("careworker")
    assert abs(hours * contribution - 100_000) < D("0.01")
    yearly = {"lines": [{"name": "Branch", "pounds_per_year": 72_000}], "contact_hours_per_year": 20_000}
    given = parse_assumptions(LEICESTERSHIRE_URBAN | {"business": yearly})
    at_cost = given.model_copy(
        update={"return_on_operations": given.return_on_operations.model_copy(update={"share": D(0)})}
    )
    assert abs(break_even_hours_per_year(given, price(at_cost).unrounded) - 20_000) < D("0.01")
    with pytest.raises(NoSolutionError, match="never breaks even"):
        break_even_hours_per_year(URBAN, D(10), D(1000))
    with pytest.raises(PricingInputError, match="fixed_pounds_per_year"):
        break_even_hours_per_year(URBAN, D("18.75"))


def test_the_urban_sensitivities_of_the_calibration() -> None:
    """In pence an hour, one change at a time."""
    changes = {
        "wage_pounds_per_hour": ("9.40", 15),
        "travel.pence_per_mile": ("55", 24),
        "travel.minutes_per_visit": ("7.25", 30),
        "travel.miles_per_visit": ("2.05", 35),
        "mean_visit_minutes": ("30", 99),
        "business.pounds_per_contact_hour": ("4.10", 52),
        "return.share": ("0.03", -36),
        "on_costs.sickness": ("0.029", 23),
    }
    for path, (value, pence) in changes.items():
        moved = price(with_input(URBAN, path, D(value))).unrounded - price(URBAN).unrounded
        assert abs(100 * moved - pence) <= 1, path


def test_the_tornado_is_sorted_and_keeps_to_the_ranges() -> None:
    bars = tornado(URBAN, {"wage_pounds_per_hour": (D("9.00"), D("9.60")), "return.share": (D("0.03"), D("0.05"))})
    assert [bar.field for bar in bars] == ["wage_pounds_per_hour", "return.share"]
    assert bars[0].price_at_high == price(with_input(URBAN, "wage_pounds_per_hour", D("9.60"))).unrounded
    swings = [bar.swing for bar in tornado(URBAN)]
    assert swings == sorted(swings, reverse=True)
    (mean,) = tornado(URBAN, {"mean_visit_minutes": (D(30), D(60))})
    assert mean.price_at_low > mean.price_at_high
    with pytest.raises(PricingInputError, match="at most 1"):
        tornado(URBAN, {"on_costs.holiday": (D(0), D(12))})


RANGES = {
    "wage_pounds_per_hour": Range(low=D(9), mode=D("9.3"), high=D(10)),
    "travel.minutes_per_visit": Range(shape="uniform", low=D(5), high=D(9)),
}


def test_the_same_seed_gives_the_same_simulation() -> None:
    first, again = (simulate(URBAN, RANGES, scenarios=2000, seed=7) for _ in range(2))
    assert first == again
    assert simulate(URBAN, RANGES, scenarios=2000, seed=8) != first


def test_quantiles_lie_in_what_the_ranges_allow() -> None:
    result = simulate(URBAN, RANGES, scenarios=20_000, quantiles=[D(0), D("0.5"), D(1)])
    lowest, highest = (
        price(
            with_input(with_input(URBAN, "wage_pounds_per_hour", D(wage)), "travel.minutes_per_visit", D(minutes))
        ).unrounded
        for wage, minutes in ((9, 5), (10, 9))
    )
    low, middle, high = result.quantiles.values()
    assert lowest <= low < middle < high <= highest
    assert abs(result.mean - middle) < D("0.1")


def test_the_share_losing_money_is_counted_at_the_price_paid() -> None:
    """Two wages with equal chance: at a price between the two costs, half of the scenarios lose."""
    ranges = {"wage_pounds_per_hour": Range(shape="choices", choices=(D("9.30"), D("11.00")))}
    costs = [price(with_input(URBAN, "wage_pounds_per_hour", D(wage))) for wage in ("9.30", "11.00")]
    cost = [rate.unrounded - rate.line("return").pounds_per_contact_hour for rate in costs]
    result = simulate(URBAN, ranges, scenarios=10_000, price_paid=(cost[0] + cost[1]) / 2)
    assert abs(result.share_losing_money - D("0.5")) < D("0.02")
    assert abs(result.mean_loss - (cost[1] - cost[0]) / 2) < D("0.0001")
    assert simulate(URBAN, ranges, price_paid=D(1)).share_losing_money == 1
    assert simulate(URBAN, ranges, price_paid=D(100)).mean_loss == 0
    a_penny = D("0.01")
    assert simulate(URBAN, ranges, price_paid=cost[1] + a_penny).share_losing_money == 0
    assert simulate(URBAN, ranges, price_paid=cost[0] - a_penny).share_losing_money == 1


def test_overheads_that_are_shares_of_price_are_paid_from_the_price_paid() -> None:
    given = parse_assumptions(LEICESTERSHIRE_URBAN | {"business": {"share_of_price": 0.27}})
    at = return_supported(given, D(20)).pounds_per_contact_hour
    grid = price_grid(given, {"wage_pounds_per_hour": [9.30]})
    assert abs(grid.surplus_at(20.0)[0] - float(at)) < 1e-7


def test_a_range_has_a_stream_of_its_own() -> None:
    """Adding a range on an input that changes nothing leaves the other draws as they were."""
    more = RANGES | {"other_careworker.pounds_per_visit": Range(shape="uniform", low=D(0), high=D(0))}
    assert simulate(URBAN, more, scenarios=500).quantiles == simulate(URBAN, RANGES, scenarios=500).quantiles


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ({"wages": Range(low=D(9), mode=D(9), high=D(10))}, "expected one of"),
        ({"on_costs.holiday": Range(shape="uniform", low=D(0), high=D(5))}, "at most 1"),
    ],
)
def test_wrong_ranges_are_refused(ranges: dict[str, Range], message: str) -> None:
    with pytest.raises(PricingInputError, match=message):
        simulate(URBAN, ranges)


def test_an_incomplete_range_is_refused() -> None:
    with pytest.raises(ValueError, match="triangular needs low and high and mode"):
        Range(low=D(1), high=D(2))
    with pytest.raises(ValueError, match="low <= mode <= high"):
        Range(low=D(3), mode=D(2), high=D(4))
    with pytest.raises(ValueError, match="at least one value"):
        Range(shape="choices")


def test_scenarios_are_limited() -> None:
    for scenarios in (0, 10_000_000):
        with pytest.raises(PricingInputError, match="scenarios"):
            simulate(URBAN, RANGES, scenarios=scenarios)


def test_a_grid_broadcasts_and_refuses_impossible_shares() -> None:
    wages, minutes = np.linspace(9, 12, 4)[:, None], np.linspace(5, 10, 3)[None, :]
    grid = price_grid(URBAN, {"wage_pounds_per_hour": wages, "travel.minutes_per_visit": minutes})
    assert grid.unrounded.shape == (4, 3)
    assert np.all(np.diff(grid.unrounded, axis=0) > 0)
    assert np.all(np.diff(grid.unrounded, axis=1) > 0)
    given = parse_assumptions(LEICESTERSHIRE_URBAN | {"business": {"share_of_price": 0.27}})
    with pytest.raises(PricingInputError, match="leave some of the price"):
        price_grid(given, {"business.share_of_price": [0.2, 0.97]})
