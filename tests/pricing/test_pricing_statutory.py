"""Statutory figures by year, and the effective NI and pension that follow from hours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pricing.effective import WeeklyHours, effective_on_costs
from pricing.errors import PricingError, PricingInputError, UnknownYearError
from pricing.statutory import financial_year_of, load_statutory

D = Decimal

TABLE = {
    # year: National Living Wage, Real Living Wage due by 1 May, NI threshold a week, mileage
    "2019-20": ("8.21", "9.00", 166, 45),
    "2020-21": ("8.72", "9.30", 169, 45),
    "2021-22": ("8.91", "9.50", 170, 45),
    "2022-23": ("9.50", "9.90", 175, 45),
    "2023-24": ("10.42", "10.90", 175, 45),
    "2024-25": ("11.44", "12.00", 175, 45),
    "2025-26": ("12.21", "12.60", 96, 45),
    "2026-27": ("12.71", "13.45", 96, 55),
}


@pytest.mark.parametrize("year", TABLE)
def test_each_year_holds_its_figures(year: str) -> None:
    figures = load_statutory().year(year)
    wage, living, threshold, mileage = TABLE[year]
    assert figures.only("national_living_wage_pounds_per_hour").value == D(wage)
    assert figures.only("real_living_wage_uk_pounds_per_hour").value == D(living)
    assert figures.only("employer_ni_threshold_pounds_per_week").value == threshold
    assert figures.only("mileage_pence_per_mile").value == mileage


def test_the_years_are_those_stated_and_every_figure_has_source_date_and_confidence() -> None:
    years = load_statutory().years
    assert list(years) == list(TABLE)
    names = {figure.name for figure in years["2025-26"].figure}
    for year in years.values():
        assert names - {figure.name for figure in year.figure} <= {
            "real_living_wage_uk_announced_pounds_per_hour",
            "real_living_wage_london_announced_pounds_per_hour",
        }
        for figure in year.figure:
            assert figure.source
            assert figure.source_date
            assert figure.confidence in {"verified", "high", "medium"}


def test_the_wage_announced_in_a_year_is_the_one_due_the_next() -> None:
    statutory = load_statutory()
    for year in list(TABLE)[:-1]:
        announced = statutory.year(year).only("real_living_wage_uk_announced_pounds_per_hour").value
        following = f"{int(year[:4]) + 1}-{(int(year[:4]) + 2) % 100:02d}"
        assert statutory.year(following).only("real_living_wage_uk_pounds_per_hour").value == announced


def test_an_unknown_year_is_refused_and_says_which_are_known() -> None:
    with pytest.raises(UnknownYearError, match=r"2027-28.*2019-20 to 2026-27.*never extrapolated"):
        load_statutory().year("2027-28")
    with pytest.raises(UnknownYearError):
        load_statutory().on("employer_ni_share", date(2019, 4, 5))


def test_ni_of_2022_is_by_day() -> None:
    """15.05% to 5 November 2022 (214 days of the tax year), 13.8% after (151 days): 14.53% over the year."""
    statutory = load_statutory()
    assert statutory.on("employer_ni_share", date(2022, 11, 5)).value == D("0.1505")
    assert statutory.on("employer_ni_share", date(2022, 11, 6)).value == D("0.138")
    year = statutory.year("2022-23")
    assert round(year.by_day("employer_ni_share"), 4) == D("0.1453")
    assert year.by_day("employer_ni_share", date(2022, 11, 5), date(2022, 11, 6)) == D("0.14425")
    with pytest.raises(PricingError, match="changes inside 2022-23"):
        year.only("employer_ni_share")
    with pytest.raises(PricingError, match="every day"):
        year.by_day("employer_ni_share", date(2022, 4, 1), date(2022, 12, 1))


OVERRIDE = """
financial_year = "{year}"
starts = {first}-04-01
ends = {last}-03-31
[[figure]]
name = "national_living_wage_pounds_per_hour"
value = 13.50
from = {first}-04-01
to = {last}-03-31
source = "our own forecast"
source_date = "2026-11"
"""


def test_a_user_file_replaces_a_figure_or_adds_a_year() -> None:
    replaced = load_statutory(OVERRIDE.format(year="2026-27", first=2026, last=2027))
    figure = replaced.year("2026-27").only("national_living_wage_pounds_per_hour")
    assert (figure.value, figure.confidence) == (D("13.50"), "user")
    assert replaced.year("2026-27").only("mileage_pence_per_mile").value == 55
    added = load_statutory(OVERRIDE.format(year="2027-28", first=2027, last=2028))
    assert added.year("2027-28").only("national_living_wage_pounds_per_hour").value == D("13.50")
    assert load_statutory().year("2026-27").only("national_living_wage_pounds_per_hour").value == D("12.71")


@pytest.mark.parametrize(
    "text", ["not toml", 'financial_year = "2026"', OVERRIDE.format(year="2027-28", first=2027, last=2020)]
)
def test_a_bad_user_file_is_refused(text: str) -> None:
    with pytest.raises(PricingInputError):
        load_statutory(text)


@pytest.mark.parametrize(
    ("day", "year"), [((2020, 3, 31), "2019-20"), ((2020, 4, 1), "2020-21"), ((2099, 12, 1), "2099-00")]
)
def test_financial_year_of_a_day(day: tuple[int, int, int], year: str) -> None:
    assert financial_year_of(date(*day)) == year


SPREAD = [
    WeeklyHours(hours_per_week=D(hours), share_of_hours=D(share))
    for hours, share in ((16, ".15"), (28, ".45"), (40, ".40"))
]


def test_effective_ni_and_pension_of_the_leicestershire_calibration() -> None:
    """13.8% over 166 and 3% over 118 at 90% taking part, on 16/28/40 hours at 9.30: 5.31% and 1.40% of pay."""
    year = load_statutory().year("2019-20")
    shares = effective_on_costs(year, D("9.30"), SPREAD, pension_participation=D("0.9"))
    assert round(shares.employer_ni, 4) == D("0.0531")
    assert round(shares.pension, 4) == D("0.0140")
    assert shares.headline_ni == D("0.138")
    assert shares.by_group[0][1:] == (0, 0), "16 hours at 9.30 is below the threshold and the trigger"


def test_the_period_decides_the_rate_in_2022() -> None:
    year = load_statutory().year("2022-23")
    before = effective_on_costs(year, D(10), SPREAD, start=date(2022, 4, 6), end=date(2022, 11, 5)).employer_ni
    after = effective_on_costs(year, D(10), SPREAD, start=date(2022, 11, 6), end=date(2023, 4, 5)).employer_ni
    whole = effective_on_costs(year, D(10), SPREAD).employer_ni
    assert abs(whole - (214 * before + 151 * after) / 365) < D("1e-20")
    assert before / after == D("0.1505") / D("0.138")


def test_employment_allowance_is_off_unless_asked_for_and_the_levy_starts_at_three_million() -> None:
    year = load_statutory().year("2025-26")
    plain = effective_on_costs(year, D(13), SPREAD, pay_bill_pounds_per_year=D(1_000_000))
    relieved = effective_on_costs(year, D(13), SPREAD, pay_bill_pounds_per_year=D(1_000_000), employment_allowance=True)
    assert plain.employer_ni - relieved.employer_ni == D("0.0105")
    assert plain.apprenticeship_levy == 0
    assert effective_on_costs(year, D(13), SPREAD, pay_bill_pounds_per_year=D(6_000_000)).apprenticeship_levy == D(
        "0.0025"
    )
    with pytest.raises(PricingInputError, match="pay_bill_pounds_per_year"):
        effective_on_costs(year, D(13), SPREAD, employment_allowance=True)


def test_shares_of_hours_must_add_up() -> None:
    with pytest.raises(PricingInputError, match=r"share_of_hours.*exactly 1"):
        effective_on_costs(load_statutory().year("2025-26"), D(13), SPREAD[:2])
