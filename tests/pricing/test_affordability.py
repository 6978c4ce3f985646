"""What a budget pays for, options over years, and an hour's price by the hours of a provider."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing import NoSolutionError, PricingInputError, calibration, price
from pricing.affordability import affordable, cost_of_year
from pricing.phasing import phase
from pricing.provider_hours import FixedCosts, at_hours, provider_hours, with_fixed_costs
from pricing.sustainability_return import sustainability_return

D = Decimal
RATES = {"urban": D("18.75"), "fringe": D("20.20"), "rural": D("23.00"), "isolated": D("26.35")}
HOURS = {"urban": D(11737), "fringe": D(4648), "rural": D(1301), "isolated": D(314)}
BANDS = st.lists(
    st.tuples(st.decimals("10", "60", places=2), st.decimals("1", "20000", places=1)), min_size=1, max_size=6
)
BUDGETS = st.decimals("1000", "90000000", places=2)


def test_the_published_county_at_its_own_cost_and_at_a_tenth_less() -> None:
    spent = cost_of_year(RATES, HOURS, D(52))
    assert spent.quantize(D("1e4")) == D("1.831e7")
    same = affordable(RATES, HOURS, spent)
    assert same.factor == 1
    assert {band.band: band.pounds_per_hour for band in same.bands} == RATES
    less = affordable(RATES, HOURS, spent * D("0.9"))
    assert less.factor == D("0.9")
    # 16.875, 18.18, 20.70 and 23.715, rounded down
    assert [band.pounds_per_hour for band in less.bands] == [D("16.87"), D("18.18"), D("20.70"), D("23.71")]
    assert less.left_pounds_per_year >= 0


def test_one_band_free_takes_all_that_is_left() -> None:
    budget = cost_of_year(RATES, HOURS, D(52)) + 314 * 52 * 2
    found = affordable(RATES, HOURS, budget, free_band="isolated", sustainable={"isolated": D("30.00")})
    by_band = {band.band: band for band in found.bands}
    assert by_band["isolated"].exact_pounds_per_hour == D("28.35")
    assert by_band["isolated"].gap_pounds_per_hour == D("1.65")
    assert by_band["urban"].pounds_per_hour == RATES["urban"]
    with pytest.raises(NoSolutionError, match="the other bands alone cost"):
        affordable(RATES, HOURS, D(1_000_000), free_band="isolated")
    with pytest.raises(PricingInputError, match="free_band"):
        affordable(RATES, HOURS, budget, free_band="moon")


@given(BANDS, BUDGETS, BUDGETS)
def test_rates_stay_inside_the_budget_and_never_fall_when_it_grows(
    bands: list[tuple[Decimal, Decimal]], one: Decimal, other: Decimal
) -> None:
    rates = {str(at): pounds for at, (pounds, _) in enumerate(bands)}
    hours = {str(at): amount for at, (_, amount) in enumerate(bands)}
    low, high = (affordable(rates, hours, budget) for budget in sorted((one, other)))
    for found in (low, high):
        assert (
            cost_of_year({b.band: b.pounds_per_hour for b in found.bands}, hours, D(52)) <= found.budget_pounds_per_year
        )
        exact = cost_of_year({b.band: b.exact_pounds_per_hour for b in found.bands}, hours, D(52))
        assert exact == pytest.approx(found.budget_pounds_per_year, rel=D("1e-20"))
        # a penny on every band with hours would be past the budget, so these are the highest by one factor
        assert found.left_pounds_per_year <= sum(hours.values()) * D("0.01") * 52 + D("0.01")
    assert all(a.pounds_per_hour <= b.pounds_per_hour for a, b in zip(low.bands, high.bands, strict=True))


def test_options_reach_the_sustainable_rate_in_their_years() -> None:
    needed = {
        year: {band: (pounds * factor).quantize(D("0.01")) for band, pounds in RATES.items()}
        for year, factor in (("2026-27", D("1.12")), ("2027-28", D("1.15")), ("2028-29", D("1.18")))
    }
    at_once, in_two, in_three = phase(RATES, needed, HOURS, (1, 2, 3))
    for option in (at_once, in_two, in_three):
        reached = option.years[option.reached_in_years - 1 :]
        assert all(band.gap_pounds_per_hour == 0 for year in reached for band in year.bands)
        assert all(year.short_of_sustainable_pounds_per_year == 0 for year in reached)
    assert at_once.cost_of_all_years_pounds > in_two.cost_of_all_years_pounds > in_three.cost_of_all_years_pounds
    first = in_two.years[0]
    assert first.bands[0].pounds_per_hour == pytest.approx(
        (RATES["urban"] + needed["2026-27"]["urban"]) / 2, abs=D("0.01")
    )
    assert first.short_of_sustainable_pounds_per_year > 0
    with pytest.raises(PricingInputError, match=r"over_years\.0"):
        phase(RATES, needed, HOURS, (4,))


def test_no_option_lowers_a_rate() -> None:
    needed = {"2026-27": {band: D("20.00") for band in RATES}}
    (option,) = phase(RATES, needed, HOURS, (1,))
    assert {band.band: band.pounds_per_hour for band in option.years[0].bands} == RATES | {"urban": D("20.00")}


def test_the_return_says_the_rise_of_fees_and_what_it_leaves_open() -> None:
    after = {band: pounds * D("1.065") for band, pounds in RATES.items()}
    found = sustainability_return(
        "Leicestershire", ("2019-20", RATES), ("2020-21", after), HOURS, sustainable={b: D(22) for b in RATES}
    )
    assert found.before.average_fee_pounds_per_hour == pytest.approx(D("19.564"), abs=D("0.001"))
    assert found.fee_rise_share == D("0.065")
    assert found.gap_pounds_per_hour == D(22) - found.after.average_fee_pounds_per_hour
    assert any("nursing" in said for said in found.left_open)


def test_fewer_providers_spread_fixed_costs_over_more_hours() -> None:
    given_ = calibration().banded.of_band("urban")
    found = provider_hours(
        [(given_, D(1))], hours_per_year=D(60_000), providers_now=3, fixed=FixedCosts(share_of_business=D("0.5"))
    )
    assert found.fixed_pounds_per_year == D(36_000), "half of £3.60 over 20,000 hours"
    by = {point.providers: point for point in found.by_providers}
    now = price(given_).unrounded
    assert by[3].sustainable_pounds_per_hour == pytest.approx(now, abs=D("1e-7"))
    # fixed costs of £1.80 an hour become 60p with one provider; the return of 5% is on them too
    assert by[1].over_now_pounds_per_hour == pytest.approx(D("-1.26"), abs=D("1e-7"))
    assert by[1].shared_pounds_per_hour == pytest.approx(now - D("0.63"), abs=D("1e-7"))
    assert by[1].council_saves_pounds_per_year == pytest.approx(D("37800"), abs=D("0.01"))
    assert by[4].sustainable_pounds_per_hour > by[3].sustainable_pounds_per_hour > by[2].sustainable_pounds_per_hour
    assert [point.pounds_per_hour for point in found.curve] == sorted(
        (point.pounds_per_hour for point in found.curve), reverse=True
    )
    assert found.break_even_hours_per_year is not None
    assert by[3].breaks_even
    # at the break-even hours the price paid is cost without return
    parted, _ = with_fixed_costs(given_, FixedCosts(share_of_business=D("0.5")), D(20_000))
    cost = at_hours([(parted, D(1))], found.break_even_hours_per_year) / D("1.05")
    assert cost == pytest.approx(found.paid_pounds_per_hour, abs=D("1e-6"))


def test_fixed_costs_beyond_the_business_figure_are_refused() -> None:
    given_ = calibration().banded.of_band("urban")
    with pytest.raises(PricingInputError, match="fixed_pounds_per_year"):
        provider_hours(
            [(given_, D(1))], hours_per_year=D(1000), providers_now=1, fixed=FixedCosts(pounds_per_year=D(100_000))
        )
    with pytest.raises(PricingInputError, match="fixed_pounds_per_year"):
        provider_hours([(given_, D(1))], hours_per_year=D(1000), providers_now=1, fixed=FixedCosts())


def test_a_zone_of_two_bands_is_their_mean_by_hours() -> None:
    bands = [calibration().banded.of_band(name) for name in ("urban", "rural")]
    mix = [(bands[0], D(300)), (bands[1], D(100))]
    found = provider_hours(mix, hours_per_year=D(20_800), providers_now=2, fixed=FixedCosts(pounds_per_year=D(20_000)))
    mean = (3 * price(bands[0]).unrounded + price(bands[1]).unrounded) / 4
    assert found.paid_pounds_per_hour == pytest.approx(mean, abs=D("1e-7"))
    assert found.by_providers[1].over_now_pounds_per_hour == pytest.approx(D(0), abs=D("1e-6"))
