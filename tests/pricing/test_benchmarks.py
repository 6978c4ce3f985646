"""Benchmarks: every figure has its source, the gap is right, and its lines add up to it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pricing import Rate, benchmarks, beside, calibration, fee_rises, neighbours_of, price, price_bands
from pricing.benchmark_gaps import far_share, kinds_held, minimum_price_of
from pricing.benchmarks import KINDS, Benchmark

BANDED = calibration("leicestershire-2019-20").banded


def rate(**changes: object) -> Rate:
    return price(BANDED.base.model_copy(update=changes))


def of_kind(kind: str, year: str | None, pounds: str = "20.00", **more: object) -> list[Benchmark]:
    found = beside(Decimal(pounds), year, **more)  # type: ignore[arg-type]
    return [each.benchmark for each in found if each.benchmark.kind == kind]


def test_every_benchmark_names_its_source_its_day_and_a_sensible_price() -> None:
    assert {each.kind for each in benchmarks()} == set(KINDS)
    for each in benchmarks():
        assert len(each.source) > 10
        assert each.source_date[:2] == "20"
        assert Decimal(10) < each.pounds_per_hour < Decimal(60)
        quartiles = (each.lower_quartile_pounds_per_hour, each.upper_quartile_pounds_per_hour)
        if None not in quartiles:
            assert quartiles[0] < each.pounds_per_hour < quartiles[1]  # type: ignore[operator]
    assert {rise.financial_year: rise.share for rise in fee_rises()} == {
        "2023-24": Decimal("0.096"),
        "2024-25": Decimal("0.065"),
    }


@pytest.mark.parametrize(
    ("year", "pounds"),
    [("2014-15", "15.19"), ("2019-20", "18.93"), ("2020-21", "20.69"), ("2025-26", "32.14"), ("2026-27", "34.42")],
)
def test_the_minimum_price_of_a_year_is_englands_at_the_national_wage(year: str, pounds: str) -> None:
    found = minimum_price_of(year)
    assert found is not None
    assert found.pounds_per_hour == Decimal(pounds)
    assert of_kind("minimum-price", year)[0] == found


def test_a_year_without_a_minimum_price_has_none_and_no_year_neither() -> None:
    assert minimum_price_of("2041-42") is None
    assert minimum_price_of(None) is None


def test_the_nearest_year_stands_in_under_its_own_name() -> None:
    (found, *_) = beside(Decimal(40), "2028-29")
    assert found.benchmark.financial_year == "2026-27"
    assert found.same_year is False
    assert not found.far, "another year's money cannot show that a price is far from it"
    assert found.sentence.endswith("It is in the money of 2026-27, not of 2028-29.")
    assert of_kind("average-paid", "2020-21")[0].financial_year == "2024-25", "the first after it, where none is before"
    (undated, *_) = beside(Decimal(40), None)
    assert undated.benchmark.financial_year == "2026-27"
    assert undated.same_year is None
    assert "does not say whose year's money" in undated.sentence


def test_the_gap_is_in_pounds_and_as_a_share() -> None:
    (found, *_) = beside(Decimal("30.00"), "2026-27")
    assert found.same_year is True
    assert found.gap_pounds_per_hour == Decimal("-4.42")
    assert found.gap_share == Decimal("-0.128414")
    assert found.sentence == (
        "£30.00 is £4.42 (12.8%) below the minimum price of the Homecare Association of 2026-27, £34.42."
    )
    (above, *_) = beside(Decimal("35.00"), "2026-27")
    assert "£0.58 (1.7%) above" in above.sentence
    (alike, *_) = beside(Decimal("34.42"), "2026-27")
    assert "is the same as the minimum price" in alike.sentence


@pytest.mark.parametrize("year", ["2014-15", "2020-21", "2022-23", "2025-26"])
def test_the_lines_of_a_gap_add_up_to_it_exactly(year: str) -> None:
    built = rate()
    explained = [each for each in beside(built.total, year, built.lines) if each.lines]
    assert explained
    for each in explained:
        assert sum(line.difference_pounds_per_hour for line in each.lines) == each.gap_pounds_per_hour
        assert sum(line.ours_pounds_per_hour for line in each.lines) == built.total
        assert sum(line.theirs_pounds_per_hour for line in each.lines) == each.benchmark.pounds_per_hour


def test_a_published_build_up_is_held_against_our_lines_of_the_same_thing() -> None:
    built = rate()
    (of_2020, *_) = beside(built.total, "2020-21", built.lines)
    lines = {line.name: line for line in of_2020.lines}
    assert lines["Contact time"].theirs_pounds_per_hour == Decimal("8.72")
    assert lines["Contact time"].ours_pounds_per_hour == Decimal("9.30")
    assert lines["Running the business"].difference_pounds_per_hour == Decimal("3.60") - Decimal("5.20")
    both = built.line("employer_ni").pounds_per_contact_hour + built.line("pension").pounds_per_contact_hour
    assert lines["National Insurance and pension"].ours_pounds_per_hour == both
    assert lines["Our rounding, or a rate set by decision"].ours_pounds_per_hour == built.total - built.unrounded


def test_lines_that_nobody_compares_have_rows_of_their_own() -> None:
    built = rate(business={"pounds_per_contact_hour": 3, "cqc_fee_pounds_per_contact_hour": 0.10})
    (of_2014, *_) = beside(built.total, "2014-15", built.lines)
    names = [line.name for line in of_2014.lines]
    assert "Sickness, maternity and paternity" in names
    assert "Not in the lines they published" in names, "their printed lines add up to a penny more than their price"


def test_a_price_beside_a_later_year_is_explained_by_the_nearest_build_up() -> None:
    built = rate()
    years = [
        (each.benchmark.financial_year, bool(each.lines))
        for each in beside(built.total, "2026-27", built.lines)
        if each.benchmark.kind == "minimum-price"
    ]
    assert years == [("2026-27", False), ("2020-21", True)]


def test_neighbours_and_places_of_the_same_name_go_first() -> None:
    near = neighbours_of("leicestershire")
    assert {"Rutland", "North Northamptonshire", "Leicester"} <= near
    assert neighbours_of("nowhere") == frozenset()
    found = of_kind("rate-paid", "2026-27", band="rural", neighbours=near)
    assert [(each.council, each.band) for each in found] == [("North Northamptonshire", "rural")]
    assert [each.council for each in of_kind("cost-of-care", "2026-27", neighbours=near)] == ["Rutland"]
    assert len(of_kind("rate-paid", "2026-27")) == 3, "no more than three of a kind, nearest first"
    gaps = [abs(each.pounds_per_hour - 20) for each in of_kind("rate-paid", "2026-27")]
    assert gaps == sorted(gaps)


def test_other_nations_have_their_own_minimum_price() -> None:
    assert of_kind("minimum-price", "2025-26", nation="Scotland")[0].pounds_per_hour == Decimal("32.88")
    (wales,) = of_kind("minimum-price", "2026-27", nation="Wales")
    assert (wales.financial_year, wales.pounds_per_hour) == ("2023-24", Decimal("28.64"))
    assert wales.called == "the minimum price of the Homecare Association, Wales at the Real Living Wage"


def test_far_from_a_benchmark_is_one_rule() -> None:
    known = minimum_price_of("2025-26")
    assert known is not None
    assert far_share(known.pounds_per_hour * Decimal("0.85"), known) is None
    assert far_share(known.pounds_per_hour * Decimal("1.15"), known) is None
    assert far_share(known.pounds_per_hour * Decimal("0.849"), known) is not None
    assert far_share(Decimal(1), of_kind("average-paid", "2025-26")[0]) is None, "only a minimum price is a yardstick"


def test_a_price_warns_of_it_by_the_same_rule() -> None:
    far = [w for w in rate(financial_year="2025-26").warnings if w.code == "far-from-benchmark"]
    assert [w.field for w in far] == ["pounds_per_hour"]
    assert "minimum price of 2025-26, £32.14" in far[0].sentence
    assert not [w for w in rate(financial_year="2019-20").warnings if w.code == "far-from-benchmark"]
    (beside_it, *_) = beside(rate().total, "2025-26")
    assert beside_it.far


def test_a_sparse_band_may_be_far_above() -> None:
    dated = BANDED.model_copy(update={"base": BANDED.base.model_copy(update={"financial_year": "2019-20"})})
    rates = price_bands(dated)
    assert rates["isolated"].total > Decimal("18.93") * Decimal("1.15")
    assert not [w for built in rates.values() for w in built.warnings if w.code == "far-from-benchmark"]
    alone = price(dated.of_band("isolated"))
    assert [w.code for w in alone.warnings] == ["far-from-benchmark"]
    assert "39% above" in alone.warnings[0].sentence


def test_the_years_held_of_each_kind_are_said() -> None:
    held = kinds_held()
    assert held["cost-of-care"] == ["2022-23"]
    assert held["minimum-price"][0] == "2014-15"
    assert held["minimum-price"][-1] == "2026-27"
