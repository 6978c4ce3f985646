"""Uplift as contracts say it, and what forecasts make of it: to the penny, every step shown, nothing extrapolated."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pricing import PricingInputError, UnknownYearError, calibration, load_statutory, price_bands
from pricing.banded_years import bands_in_year
from pricing.build_up_uplift import uplift_build_up
from pricing.contract_index import IndexBook, IndexTerm
from pricing.contract_uplift import Basket, Tier, UpliftedYear, UpliftRule, uplift_rates
from pricing.forecast import forecast_build_up, forecast_rates
from pricing.outlooks import Outlook, OutlookYear, shipped_outlooks
from pricing.price_indices import MONTHS, month_before, price_readings, reading_before
from pricing.uplifts import check_years
from pricing.years import Growth, YearTerms

D = Decimal
BOOK = IndexBook(load_statutory())
NLW = IndexTerm(follows="national-living-wage")
MIXED = Basket(
    terms=(
        IndexTerm(follows="national-living-wage", weight=D("0.7")),
        IndexTerm(follows="carers-pay", weight=D("0.1")),
        IndexTerm(follows="cpi", weight=D("0.2")),
    ),
    floor=D(0),
    cap=D("0.05"),
)
NORTH_YORKSHIRE = UpliftRule(
    tiers={
        # 2022-23: £1.68 at or below £21.52, less a penny for each penny above; decision 1658
        "2022-23": (
            Tier(up_to_pounds=D("21.52"), pounds=D("1.68")),
            Tier(up_to_pounds=D("23.20"), to_pounds=D("23.20")),
            Tier(pounds=D(0)),
        ),
        # 2023-24: 9.2% under £26, 3% from £26 to £33, none above; decision 2559
        "2023-24": (Tier(below_pounds=D(26), share=D("0.092")), Tier(up_to_pounds=D(33), share=D("0.03"))),
    }
)


def paid(years: tuple[UpliftedYear, ...]) -> list[dict[str, Decimal]]:
    return [{band.band: band.pounds_per_hour for band in year.bands} for year in years]


@pytest.mark.parametrize(
    ("rate", "in_2022", "in_2023"),
    [
        ("20.00", "21.68", "23.67"),
        ("21.52", "23.20", "25.33"),
        ("21.53", "23.20", "25.33"),
        ("22.00", "23.20", "25.33"),
        ("23.20", "23.20", "25.33"),
        ("25.99", "25.99", "28.38"),
        ("26.00", "26.00", "26.78"),
        ("33.00", "33.00", "33.99"),
        ("33.01", "33.01", "33.01"),
    ],
)
def test_the_tiers_of_north_yorkshire(rate: str, in_2022: str, in_2023: str) -> None:
    found = uplift_rates({"any": D(rate)}, ["2021-22", "2022-23", "2023-24"], NORTH_YORKSHIRE, BOOK)
    assert paid(found) == [{"any": D(in_2022)}, {"any": D(in_2023)}]


def test_a_rate_tied_to_the_national_living_wage_alone() -> None:
    # Wolverhampton paid 20.28 in 2024-25 and 21.64 in 2025-26: the wage's own growth, rounded down
    rule = UpliftRule(rate=Basket(terms=(NLW,)), rounding="down")
    assert paid(uplift_rates({"all": D("20.28")}, ["2024-25", "2025-26"], rule, BOOK)) == [{"all": D("21.64")}]


def test_a_weighted_basket_by_hand_capped_and_then_not() -> None:
    bands = {"urban": D("18.75"), "fringe": D("20.20"), "rural": D("23.00"), "isolated": D("26.35")}
    capped, free = uplift_rates(bands, ["2024-25", "2025-26", "2026-27"], UpliftRule(rate=MIXED), BOOK)
    step = capped.baskets["rate"]
    assert (step.limited, step.growth_share) == ("cap", D("0.05"))
    assert step.sum_share == pytest.approx(D("0.8") * (D("12.21") / D("11.44") - 1) + D("0.2") * D("0.017"))
    second = free.baskets["rate"]
    assert second.limited == ""
    by_hand = D("0.8") * (D("12.71") / D("12.21") - 1) + D("0.2") * D("0.038")
    assert second.growth_share == pytest.approx(by_hand, abs=D("1e-20"))
    # 19.69, 21.21, 24.15, 27.67 after five per cent; the second year starts from what is paid
    assert paid((capped,)) == [{"urban": D("19.69"), "fringe": D("21.21"), "rural": D("24.15"), "isolated": D("27.67")}]
    assert paid((free,))[0]["urban"] == D("20.48")
    for year in (capped, free):
        said = "\n".join(year.steps)
        assert "National Living Wage from" in said
        assert "weight 20.0%" in said
        assert all(f"{band}: £" in said for band in bands)


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        (["2024-25", "2026-27"], "2025-26"),
        (["2024-25", "2024-25"], "2025-26"),
        (["2025-26", "2024-25"], "2026-27"),
    ],
)
def test_skipped_repeated_and_reversed_years_are_refused(years: list[str], expected: str) -> None:
    with pytest.raises(PricingInputError, match=expected):
        check_years(years)


def test_what_is_not_known_is_refused_and_never_made_up() -> None:
    rule = UpliftRule(rate=Basket(terms=(IndexTerm(follows="cpi"),)))
    with pytest.raises(UnknownYearError, match=r"CPI in the 12 months to 2026-09 is not known; known are 2018-09, "):
        uplift_rates({"urban": D(20)}, ["2026-27", "2027-28"], rule, BOOK)
    given_ = UpliftRule(rate=Basket(terms=(IndexTerm(follows="given", growth={"2025-26": D("0.03")}),)))
    with pytest.raises(PricingInputError, match=r"rule\.rate\.terms\.0\.growth.*2026-27"):
        uplift_rates({"urban": D(20)}, ["2025-26", "2026-27"], given_, BOOK)
    values = IndexTerm(follows="given", values={"2025-26": D(130), "2026-27": D(135)}, name="Own index")
    found = uplift_rates({"a": D(20)}, ["2025-26", "2026-27"], UpliftRule(rate=Basket(terms=(values,))), BOOK)
    assert paid(found) == [{"a": D("20.77")}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": {"terms": [{"follows": "cpi", "weight": 0.5}]}},
        {"rate": {"terms": [{"follows": "cpi"}], "floor": 0.05, "cap": 0.02}},
        {"rate": {"terms": [{"follows": "given"}]}},
        {"rate": {"terms": [{"follows": "cpi", "growth": {"2025-26": 0.1}}]}},
        {"rate": {"terms": [{"follows": "national-living-wage", "month": "march"}]}},
        {"rate": {"terms": [{"follows": "cpi"}]}, "carers_pay": {"follows": "carers-pay"}},
        {"rate": {"terms": [{"follows": "cpi"}]}, "inputs": {"all": {"terms": [{"follows": "cpi"}]}}},
        {},
    ],
)
def test_a_rule_that_says_nothing_or_two_things_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        UpliftRule.model_validate(wrong)


def test_three_thirds_are_one() -> None:
    thirds = tuple(
        IndexTerm(follows="given", weight=D("0.333"), growth={"2026-27": D("0.03")}, name=str(at)) for at in range(3)
    )
    rule = UpliftRule(rate=Basket(terms=thirds))
    assert paid(uplift_rates({"a": D(20)}, ["2025-26", "2026-27"], rule, BOOK)) == [{"a": D("20.60")}]


def test_the_build_up_moves_as_a_year_move_by_hand_does() -> None:
    known = calibration()
    base = known.banded.base.model_copy(update={"financial_year": "2025-26"})
    banded = known.banded.model_copy(update={"base": base})
    hours = YearTerms(hours=known.weekly_hours.groups, pension_participation=known.weekly_hours.pension_participation)
    office = Basket(terms=(IndexTerm(follows="carers-pay", weight=D("0.6")), IndexTerm(follows="cpi", weight=D("0.4"))))
    rule = UpliftRule(inputs={"business.pounds_per_contact_hour": office})
    found = uplift_build_up(banded, ["2025-26", "2026-27"], rule, BOOK, hours)
    wage = D("12.71") / D("12.21") - 1
    by_hand = bands_in_year(
        banded,
        "2026-27",
        YearTerms(
            wage=(base.wage_pounds_per_hour * (1 + wage)).quantize(D("0.00000001")),
            hours=hours.hours,
            pension_participation=hours.pension_participation,
            uplift={
                "business.pounds_per_contact_hour": Growth(D("0.6") * wage + D("0.4") * D("0.038"), "by hand"),
            },
        ),
    )
    assert paid(found.years) == [{name: rate.total for name, rate in price_bands(by_hand.banded).items()}]
    (year,) = found.years
    assert {move.what for move in year.moves} == {"moved", "held", "asked"}
    for band in year.bands:
        before = price_bands(banded)[band.band].unrounded
        assert sum(band.line_changes.values()) == band.unrounded_pounds_per_hour - before
    wrong = UpliftRule(inputs={"wage_pounds_per_hour": office})
    with pytest.raises(PricingInputError, match="pay moves by carers_pay"):
        uplift_build_up(banded, ["2025-26", "2026-27"], wrong, BOOK, hours)


def test_a_forecast_keeps_to_known_figures_and_shows_what_each_path_assumes() -> None:
    years = ["2024-25", "2025-26", "2026-27", "2027-28", "2028-29"]
    rule = UpliftRule(rate=MIXED)
    paths = forecast_rates({"urban": D("24.00")}, years, rule, list(shipped_outlooks().values()), load_statutory())
    assert [path.outlook for path in paths] == ["low", "central", "high"]
    known = uplift_rates({"urban": D("24.00")}, years[:3], rule, BOOK)
    for path in paths:
        assert path.years[:2] == known, "an outlook never touches a year with figures"
        assert {figure.financial_year for figure in path.rests_on} == {"2027-28", "2028-29"}
        assert all(figure.basis for figure in path.rests_on)
        assert {figure.kind for figure in path.rests_on} <= {"forecast", "assumption", "held"}
    for at in (2, 3):
        low, central, high = (paid(path.years)[at]["urban"] for path in paths)
        assert low < central < high
    for earlier, later in pairwise(years[:3]):
        assert earlier < later


def test_a_forecast_of_the_build_up_under_the_users_own_path() -> None:
    known = calibration()
    banded = known.banded.model_copy(
        update={"base": known.banded.base.model_copy(update={"financial_year": "2026-27"})}
    )
    said = OutlookYear(wage_share=D("0.05"), wage_basis="Ours", prices_share=D("0.02"), prices_basis="Ours")
    own = Outlook(name="ours", years={"2027-28": said})
    rule = UpliftRule(inputs={"all": Basket(terms=(IndexTerm(follows="cpi"),))})
    hours = YearTerms(hours=known.weekly_hours.groups, pension_participation=known.weekly_hours.pension_participation)
    (path,) = forecast_build_up(banded, ["2026-27", "2027-28"], rule, [own], load_statutory(), hours)
    (year,) = path.years
    assert year.carers_pay is not None
    assert year.carers_pay.after == D("13.35"), "12.71 and five per cent, to the penny"
    assert "outlook ours" in year.carers_pay.source
    with pytest.raises(UnknownYearError, match="2028-29"):
        forecast_build_up(banded, ["2026-27", "2027-28", "2028-29"], rule, [own], load_statutory(), hours)


@settings(deadline=None)
@given(st.lists(st.decimals("0.01", "1", places=2), min_size=1, max_size=5), st.decimals("-0.1", "0.2", places=3))
def test_a_basket_of_one_growth_is_that_growth_whatever_its_weights(weights: list[Decimal], growth: Decimal) -> None:
    whole = sum(weights)
    terms = tuple(
        IndexTerm(follows="given", weight=(weight / whole).quantize(D("1e-12")), growth={"2026-27": growth})
        for weight in weights
    )
    rule = UpliftRule(rate=Basket(terms=terms))
    (year,) = uplift_rates({"a": D(20)}, ["2025-26", "2026-27"], rule, BOOK)
    assert year.baskets["rate"].growth_share == pytest.approx(growth, abs=D("1e-15"))


def test_price_indices_agree_with_the_figures_of_each_year_and_say_their_source() -> None:
    for year, figures in load_statutory().years.items():
        for month in ("january", "march", "september"):
            for figure in figures.named(f"consumer_prices_12_months_to_{month}_share"):
                assert reading_before("cpi", year, month).share == figure.value, (year, month)
    readings = price_readings()
    months = [f"{year}-{at:02d}" for year in range(2018, 2027) for at in range(1, 13) if (year, at) <= (2026, 8)]
    assert {at for index, at in readings if index == "cpi"} == set(months), "every month to August 2026"
    assert all(reading.source and reading.source_date for reading in readings.values())
    assert month_before("2026-27", "september") == "2025-09"
    assert month_before("2026-27", "january") == "2026-01"
    assert len(MONTHS) == 12


def test_a_month_read_where_somebody_cites_it_is_not_called_verified() -> None:
    cited = [one for one in price_readings().values() if "as cited" in one.source]
    assert {(one.index, one.month) for one in cited} >= {("cpi", "2026-08"), ("cpi", "2026-05")}
    assert {one.confidence for one in cited} == {"medium"}
