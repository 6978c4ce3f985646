"""Minimum wage, enhancements, double-handed visits, years, uplift, samples, Annex A, the CQC fee."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from pricing import (
    Index,
    PricingInputError,
    UnknownYearError,
    WeeklyHours,
    annex_a,
    annex_a_csv,
    calibration,
    cqc_fee_pounds_per_contact_hour,
    cqc_fee_pounds_per_year,
    enhancements_over_basic,
    in_year,
    lines_csv,
    minimum_wage_tests,
    parse_assumptions,
    price,
    price_bands,
    price_by_period,
    summarise,
    uplift,
    wages_supported,
)
from tests.pricing.cases import LEICESTERSHIRE_URBAN

D = Decimal
URBAN = parse_assumptions(LEICESTERSHIRE_URBAN)
BANDED = calibration().banded
BANDS = {band.name: BANDED.of_band(band.name) for band in BANDED.bands}
HOURS = calibration().weekly_hours.groups


# Regulation 34


def test_contact_only_pay_fails_where_travel_is_long_and_says_by_how_much() -> None:
    tests = {(t.band, t.minutes, t.pattern): t for t in minimum_wage_tests(BANDS, D("8.21"))}
    assert len(tests) == 4 * 5 * 3
    assert all(test.lawful for key, test in tests.items() if key[2] != "contact_only")
    mean = tests["urban", None, "contact_only"]
    # 9.30 x 40 / 46.25 = 8.04
    assert round(mean.pay_pounds_per_working_hour, 2) == D("8.04")
    assert round(mean.shortfall_pounds_per_working_hour, 2) == D("0.17")
    # 8.21 x 46.25 / 40 = 9.49
    assert round(mean.contact_rate_needed_pounds_per_hour, 2) == D("9.49")
    assert tests["urban", D(60), "contact_only"].lawful, "an hour's visit carries its travel"
    worst = max(tests.values(), key=lambda test: test.shortfall_pounds_per_working_hour)
    assert (worst.band, worst.minutes, worst.pattern) == ("isolated", D(15), "contact_only")
    assert "in isolated comes to £4.39 an hour worked: £3.82 short of £8.21" in worst.sentence()
    assert "lawful against £8.21" in tests["urban", None, "all_working_time"].sentence()


def test_at_the_needed_contact_rate_the_pattern_is_just_lawful() -> None:
    for test in minimum_wage_tests(BANDS, D("8.21"), patterns=["contact_only"]):
        changed = {
            test.band: BANDS[test.band].model_copy(
                update={"wage_pounds_per_hour": test.contact_rate_needed_pounds_per_hour}
            )
        }
        again = next(
            t for t in minimum_wage_tests(changed, D("8.21"), patterns=["contact_only"]) if t.minutes == test.minutes
        )
        assert abs(again.pay_pounds_per_working_hour - D("8.21")) < D("0.0000001")


def test_waiting_and_other_working_time_count() -> None:
    travel = LEICESTERSHIRE_URBAN["travel"] | {"waiting_minutes_per_visit": 5}
    waiting = {"": parse_assumptions(LEICESTERSHIRE_URBAN | {"travel": travel})}
    by_pattern = {t.pattern: t for t in minimum_wage_tests(waiting, D("8.21")) if t.minutes is None}
    assert by_pattern["contact_and_travel"].pay_pounds_per_working_hour < D("9.30")
    assert by_pattern["all_working_time"].pay_pounds_per_working_hour == D("9.30")
    trained = minimum_wage_tests(
        waiting, D("8.21"), patterns=["contact_only"], other_working_minutes_per_contact_hour=D(3)
    )
    assert trained[0].pay_pounds_per_working_hour < by_pattern["contact_only"].pay_pounds_per_working_hour


def test_the_wage_a_price_supports_against_the_minimum() -> None:
    paid = calibration().published_pounds_per_hour
    found = wages_supported(BANDS, paid, D("9.30"))
    for supported in found:
        assert abs(supported.wage_pounds_per_hour - D("9.30")) < D("0.02"), supported.band
        assert abs(supported.price_needed_pounds_per_hour - paid[supported.band]) < D("0.02")
    at_current_average = wages_supported(BANDS, dict.fromkeys(BANDS, D("18.45")), D("9.30"))
    assert [round(supported.shortfall_pounds_per_hour, 2) > 0 for supported in at_current_average] == [True] * 4
    (nothing,) = wages_supported({"urban": URBAN}, {"urban": D(3)}, D("8.21"))
    assert nothing.wage_pounds_per_hour == 0
    with pytest.raises(PricingInputError, match="found 'rural', expected a price"):
        wages_supported(BANDS, {band: D(19) for band in BANDS if band != "rural"}, D("8.21"))
    with pytest.raises(PricingInputError, match="more than 0"):
        minimum_wage_tests(BANDS, D(0))


# Enhancements and double-handed visits

ENHANCED = [
    {"name": "Weekend", "share_of_contact_hours": 0.28, "pay_multiplier": 1.25, "applies_to_travel": True},
    {"name": "Bank holiday", "share_of_contact_hours": 0.02, "pay_multiplier": 2, "applies_to_travel": False},
]


def test_enhanced_pay_replaces_the_wage_by_the_weighted_wage() -> None:
    rate = price(LEICESTERSHIRE_URBAN | {"enhancements": ENHANCED})
    weighted = D("9.30") * (D("0.28") * D("0.25") + D("0.02"))
    assert rate.line("enhanced_pay").pounds_per_contact_hour == weighted
    # travel is enhanced at weekends only
    travel = price(URBAN).line("travel_time").pounds_per_contact_hour * (1 + D("0.28") * D("0.25"))
    assert abs(rate.line("travel_time").pounds_per_contact_hour - travel) < D("0.0000001")


def test_each_part_of_the_week_has_its_price() -> None:
    given = parse_assumptions(LEICESTERSHIRE_URBAN | {"enhancements": ENHANCED})
    periods = price_by_period(given)
    assert list(periods) == ["basic", "Weekend", "Bank holiday"]
    assert periods["basic"].unrounded == price(URBAN).unrounded
    over = enhancements_over_basic(given)
    assert over["Weekend"] == periods["Weekend"].unrounded - periods["basic"].unrounded
    flat = [{"name": "Evening", "share_of_contact_hours": 1, "extra_pounds_per_hour": 0.5, "applies_to_travel": False}]
    evening = price(LEICESTERSHIRE_URBAN | {"enhancements": flat})
    # fifty pence with on-costs and return
    assert round(evening.unrounded - price(URBAN).unrounded, 4) == round(D("0.5") * D("1.22769") * D("1.05"), 4)


def test_two_carers_cost_twice_one_unless_they_ride_together() -> None:
    def with_pairs(share: float, second: float) -> dict[str, object]:
        return LEICESTERSHIRE_URBAN | {"double_handed": {"share_of_visits": share, "second_carer_miles_share": second}}

    own_cars = price(with_pairs(0.2, 1))
    assert own_cars.unrounded == price(URBAN).unrounded, "an hour of a carer costs the same"
    half_hour = own_cars.by_visit_length[1]
    assert abs(half_hour.double_handed_pounds_per_visit - 2 * half_hour.pounds_per_visit) <= D("0.00000001")
    together = price(with_pairs(0.2, 0))
    assert together.line("mileage").pounds_per_contact_hour == price(URBAN).line("mileage").pounds_per_contact_hour / D(
        "1.2"
    )
    saved = 2 * half_hour.pounds_per_visit - together.by_visit_length[1].double_handed_pounds_per_visit
    # one of two journeys of 1.55 miles at 45p, and the return on it
    assert abs(saved - D("1.55") * D("0.45") * D("1.05")) < D("0.0000001")
    assert together.by_visit_length[1].pounds_per_visit == half_hour.pounds_per_visit


# Years


def test_a_year_sets_wage_ni_and_pension_with_their_sources_and_leaves_mileage() -> None:
    moved = in_year(URBAN, "2026-27", wage="real-living", hours=HOURS, pension_participation=D("0.9"))
    assert {applied.field for applied in moved.applied} == {
        "wage_pounds_per_hour",
        "on_costs.employer_ni",
        "on_costs.pension",
    }
    assert all(applied.source for applied in moved.applied)
    assert moved.assumptions.wage_pounds_per_hour == D("13.45")
    assert moved.assumptions.travel.pence_per_mile == 45, "a tax ceiling is not a cost"
    back = in_year(URBAN, "2019-20", hours=HOURS, pension_participation=D("0.9")).assumptions
    assert price(back).total == D("18.75"), "the calibration's own year gives its own price"
    assert in_year(URBAN, "2025-26", wage="real-living-london").assumptions.wage_pounds_per_hour == D("13.85")
    assert in_year(URBAN, "2025-26").assumptions.on_costs == URBAN.on_costs
    with pytest.raises(UnknownYearError):
        in_year(URBAN, "2030-31")


def test_uplift_moves_each_input_by_its_own_index() -> None:
    indices = {
        "wage_pounds_per_hour": Index(name="National Living Wage", figure="national_living_wage_pounds_per_hour"),
        "travel.pence_per_mile": Index(name="approved mileage", figure="mileage_pence_per_mile"),
        "business.pounds_per_contact_hour": Index(name="CPI", growth={"2025-26": D("0.026"), "2026-27": D("0.03")}),
    }
    years = uplift(URBAN, ["2024-25", "2025-26", "2026-27"], indices, hours=HOURS)
    first, middle, last = years
    assert first.changes[0].index == "effective share of pay"
    assert last.rate.assumptions.wage_pounds_per_hour == pytest.approx(D("9.30") * D("12.71") / D("11.44"))
    assert last.rate.assumptions.travel.pence_per_mile == 55
    assert last.rate.assumptions.business.pounds_per_contact_hour == D("3.60") * D("1.026") * D("1.03")
    assert middle.rate.assumptions.on_costs.employer_ni.share > first.rate.assumptions.on_costs.employer_ni.share * D(
        "1.5"
    )  # type: ignore[operator]
    assert "return.share" in last.held
    assert "wage_pounds_per_hour" not in last.held
    moved = last.line_changes(first)
    assert sum(moved.values()) == last.rate.unrounded - first.rate.unrounded


def test_an_index_is_never_extrapolated() -> None:
    short = {"business.pounds_per_contact_hour": Index(name="CPI", growth={"2025-26": D("0.026")})}
    with pytest.raises(PricingInputError, match="growth for 2026-27; nothing is extrapolated"):
        uplift(URBAN, ["2024-25", "2025-26", "2026-27"], short)
    with pytest.raises(UnknownYearError):
        uplift(
            URBAN, ["2026-27", "2027-28"], {"wage_pounds_per_hour": Index(name="x", figure="mileage_pence_per_mile")}
        )
    with pytest.raises(PricingInputError, match="expected one of"):
        uplift(URBAN, ["2024-25"], {"pay": Index(name="x", growth={})})
    with pytest.raises(ValueError, match="either figure or growth"):
        Index(name="x")


# Samples

SAMPLE = [
    {"direct_care": D(10), "travel_time": D(1), "business": D(5), "total": D(16)},
    {"direct_care": D(11), "travel_time": None, "business": D(4), "total": D(15)},
    {"direct_care": D(12), "travel_time": D(0), "business": D(9), "total": D(30)},
]


def test_medians_do_not_add_and_missing_travel_is_not_nought() -> None:
    summary = summarise(SAMPLE)
    lines = {line.line: line for line in summary.lines}
    travel = lines["travel_time"]
    assert (travel.answers, travel.missing, travel.zeros, travel.median) == (2, 1, 1, D("0.5"))
    assert (lines["direct_care"].lower_quartile, lines["direct_care"].upper_quartile) == (D("10.5"), D("11.5"))
    # the second return leaves travel out, so its total would be of other things than theirs
    assert summary.totals is not None
    assert (summary.totals.answers, summary.totals.median) == (2, D("18.5"))
    assert [(item.provider, item.missing) for item in summary.incomplete] == [(2, ("travel_time",))]
    assert summary.sum_of_medians == D("16.5")
    said = " ".join(summary.warnings)
    for fragment in (
        "medians do not add",
        "1 of 3 gave no travel_time",
        "1 gave a travel_time of exactly 0",
        "provider 3 states £30.00 and its lines add up to £21.00",
        "Only 3 providers",
    ):
        assert fragment in said


def test_a_sound_sample_has_no_warnings() -> None:
    provider = {"direct_care": D(10), "travel_time": D(1)}
    assert summarise([provider] * 5).warnings == ()
    assert "no evidence that travel costs nothing" in summarise([{"direct_care": D(10)}] * 5).warnings[0]
    with pytest.raises(PricingInputError, match="at least one provider"):
        summarise([])


# Annex A and CSV


def test_annex_a_has_every_heading_and_the_exact_total() -> None:
    given = LEICESTERSHIRE_URBAN | {
        "business": {
            "lines": [
                {"name": "Branch rent", "annex_a": "Rent, rates and utilities", "pounds_per_contact_hour": 0.6},
                {"name": "=HYPERLINK(1)", "pounds_per_contact_hour": 3},
            ],
            "cqc_fee_pounds_per_contact_hour": 0.08,
        }
    }
    rate = price(given)
    rows = {row.heading: row.pounds_per_contact_hour for row in annex_a(rate)}
    # Annex A's own, one line for other careworker costs, and the subtotals and total
    assert len(rows) == 11 + 1 + 17 + 1 + 3
    assert rows["Rent, rates and utilities"] == D("0.6")
    assert rows["Other overheads"] == 3, "a heading that Annex A has not"
    assert rows["CQC fees"] == D("0.08")
    assert (
        rows["Total"]
        == rate.unrounded
        == rows["Total careworker costs"] + rows["Total business costs"] + rows["Return on operations"]
    )
    read = list(csv.DictReader(io.StringIO(lines_csv(rate))))
    assert "'=HYPERLINK(1)" in {row["line"] for row in read}, "a name cannot run as a formula"
    assert (
        sum(D(row["pounds_per_contact_hour"]) for row in read[:-2])
        == D(read[-2]["pounds_per_contact_hour"])
        == rate.unrounded
    )


def test_annex_a_of_four_bands_in_one_file() -> None:
    rates = price_bands(BANDED)
    read = list(csv.DictReader(io.StringIO(annex_a_csv(rates))))
    total = read[-1]
    for band, rate in rates.items():
        assert D(total[f"{band} pounds_per_contact_hour"]) == rate.unrounded


def test_the_explanation_names_choices_lines_and_sums() -> None:
    said = price(LEICESTERSHIRE_URBAN | {"label": "Urban 2020"}).explain()
    for fragment in (
        "The price for Urban 2020 is £18.75 for an hour of contact time.",
        "On-costs are compound, charged on contact and travel pay; the return is a mark-up on cost.",
        "Travel time is £1.45: wage_pounds_per_hour × travel_minutes_per_contact_hour ÷ 60",
        "rounded (nearest 5p) to £18.75",
        "A visit of 15 minutes costs £5.92, which is £23.69 an hour.",
    ):
        assert fragment in said


# The CQC fee


def test_the_cqc_fee_of_2018_from_its_own_examples() -> None:
    assert round(cqc_fee_pounds_per_year("2018-19", locations=1, people=15)) == 926
    assert round(cqc_fee_pounds_per_year("2018-19", locations=3, people=195)) == 9643
    per_hour = cqc_fee_pounds_per_contact_hour("2019-20", locations=1, people=60, contact_hours_per_year=D(35_000))
    assert D("0.07") < per_hour < D("0.12")
    with pytest.raises(UnknownYearError, match="2018-19, 2019-20"):
        cqc_fee_pounds_per_year("2025-26", locations=1, people=15)
    with pytest.raises(PricingInputError, match="at least 1 location"):
        cqc_fee_pounds_per_year("2018-19", locations=0, people=15)
    with pytest.raises(PricingInputError, match="contact_hours_per_year"):
        cqc_fee_pounds_per_contact_hour("2018-19", locations=1, people=1, contact_hours_per_year=D(0))


def test_weekly_hours_are_limited() -> None:
    with pytest.raises(ValueError, match="less than or equal to 168"):
        WeeklyHours(hours_per_week=D(169), share_of_hours=D(1))
