"""Pricing over HTTP answers as the domain does, in numbers, and says what is wrong with a wrong input."""

from __future__ import annotations

import copy
import io
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from app.api.rates.examples import (
    BANDS_EXAMPLE,
    CARD_EXAMPLE,
    COST_EXAMPLE,
    DIAGNOSE_EXAMPLE,
    MINIMUM_WAGE_EXAMPLE,
    ON_COST_EXAMPLE,
    PRICE_EXAMPLE,
    SAMPLE_EXAMPLE,
    SIMULATE_EXAMPLE,
    UPLIFT_EXAMPLE,
)
from pricing import bands_workbook, parse_assumptions, price, table
from pricing.bands import BandedAssumptions

URBAN: dict[str, Any] = PRICE_EXAMPLE["urban"]["value"]
FOUR = {"urban": 18.75, "fringe": 20.20, "rural": 23.00, "isolated": 26.35}


def first(example: Any) -> dict[str, Any]:
    return copy.deepcopy(next(iter(example.values()))["value"])


def ask(client: TestClient, path: str, body: Any, status: int = 200) -> Any:
    answer = client.post(f"/v1/pricing/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_price_has_lines_that_sum_and_visits_that_follow(empty: TestClient) -> None:
    rate = ask(empty, "rates", URBAN)
    assert rate["total"] == 18.75
    assert round(sum(line["pounds_per_contact_hour"] for line in rate["lines"]), 8) == rate["unrounded"]
    assert [visit["minutes"] for visit in rate["by_visit_length"]] == [15, 30, 45, 60]
    for visit in rate["by_visit_length"]:
        assert visit["pounds_per_visit"] == pytest.approx(visit["pounds_per_hour"] * visit["minutes"] / 60, abs=1e-7)


def test_every_wrong_field_is_named_with_what_was_found_and_what_is_allowed(empty: TestClient) -> None:
    wrong = copy.deepcopy(URBAN) | {"wage_pounds_per_hour": -3, "wage_per_hour": 9}
    wrong["travel"]["minutes_per_visit"] = 900
    wrong["on_costs"]["employer_ni"] = 1.5
    del wrong["mean_visit_minutes"]
    errors = {error["field"]: error for error in ask(empty, "rates", wrong, 422)["errors"]}
    assert errors["body.wage_pounds_per_hour"]["found"] == -3
    assert errors["body.wage_pounds_per_hour"]["expected"] == "more than 0, at most 200"
    assert errors["body.travel.minutes_per_visit"]["expected"] == "at least 0, at most 240"
    assert errors["body.on_costs.employer_ni"]["found"] == 1.5
    assert "at least 1, at most 1440" in errors["body.mean_visit_minutes"]["expected"]
    assert "wage_pounds_per_hour" in errors["body.wage_per_hour"]["expected"]
    assert len(errors) == 5


@pytest.mark.parametrize(
    ("path", "body", "slug", "said"),
    [
        ("solve", {"assumptions": URBAN, "field": "rent", "pounds_per_hour": 19}, "invalid-input", "one of wage_"),
        ("solve", {"question": "return", "assumptions": URBAN}, "invalid-input", "pounds_per_hour missing"),
        (
            "solve",
            {"assumptions": URBAN, "field": "travel.minutes_per_visit", "pounds_per_hour": 5},
            "no-solution",
            "16.87 to 88.80",
        ),
        ("year", {"financial_year": "2031-32"}, "unknown-year", "never extrapolated"),
        ("on-costs", first(ON_COST_EXAMPLE) | {"financial_year": "2018-19"}, "unknown-year", "2019-20"),
        ("on-costs", first(ON_COST_EXAMPLE) | {"first_day": "2021-04-06"}, "invalid-input", "2019-04-06 to 2020-04-05"),
        (
            "on-costs",
            first(ON_COST_EXAMPLE) | {"first_day": "2019-06-01", "last_day": "2019-05-31"},
            "invalid-input",
            "on or after the first day",
        ),
        ("simulate", first(SIMULATE_EXAMPLE) | {"scenarios": 200_001}, "invalid-input", "200000"),
        ("simulate", first(SIMULATE_EXAMPLE) | {"seed": -1}, "invalid-input", "seed"),
        (
            "cost",
            {"rows": [{"band": "moon", "hours_per_week": 1}], "proposed": {"by_band": FOUR}},
            "invalid-input",
            "rows.0.band: found 'moon'",
        ),
        ("bands", first(BANDS_EXAMPLE) | {"base_band": "town"}, "invalid-input", "expected one of urban"),
        (
            "uplift",
            first(UPLIFT_EXAMPLE) | {"indices": {"rent": {"name": "CPI", "growth": {"2025-26": 0.02}}}},
            "invalid-input",
            "rent",
        ),
        ("minimum-wage", {"assumptions": URBAN}, "invalid-input", "financial_year"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    empty: TestClient, path: str, body: Any, slug: str, said: str
) -> None:
    problem = ask(empty, path, body, 422)
    assert problem["type"] == f"/problems/{slug}"
    assert said in str(problem)


def test_four_bands_give_the_published_prices_enhancements_and_mean(empty: TestClient) -> None:
    answer = ask(empty, "bands", first(BANDS_EXAMPLE))
    assert {band["band"]: band["pounds_per_hour"] for band in answer["bands"]} == FOUR
    assert [band["over_base_pounds_per_hour"] for band in answer["bands"]] == [0, 1.45, 4.25, 7.6]
    assert round(answer["weighted_mean_pounds_per_hour"], 2) == 19.56


def test_solving_for_a_price_gives_an_input_that_prices_so(empty: TestClient) -> None:
    asked = {"assumptions": URBAN, "field": "business.pounds_per_contact_hour", "pounds_per_hour": 21.37}
    found = ask(empty, "solve", asked)
    changed = copy.deepcopy(URBAN)
    changed["business"]["pounds_per_contact_hour"] = found["value"]
    assert ask(empty, "rates", changed)["unrounded"] == pytest.approx(21.37, abs=1e-5)
    at_half_an_hour = ask(empty, "solve", asked | {"at_visit_minutes": 30})
    assert at_half_an_hour["value"] < found["value"]


def test_the_return_a_price_leaves_is_the_one_it_was_made_with(empty: TestClient) -> None:
    rate = ask(empty, "rates", URBAN)
    left = ask(empty, "solve", {"question": "return", "assumptions": URBAN, "pounds_per_hour": rate["unrounded"]})
    assert left["share_on_cost"] == pytest.approx(0.05, abs=1e-6)
    assert left["share_of_price"] == pytest.approx(0.05 / 1.05, abs=1e-6)


def test_sensitivity_and_simulation_agree_with_the_calibrations_known_steps(empty: TestClient) -> None:
    ranges = {"wage_pounds_per_hour": {"low": 9.20, "high": 9.40}, "mean_visit_minutes": {"low": 30, "high": 60}}
    bars = ask(empty, "sensitivity", {"assumptions": URBAN, "ranges": ranges})["bars"]
    assert [bar["field"] for bar in bars] == ["mean_visit_minutes", "wage_pounds_per_hour"]
    assert [round(bar["swing_pounds_per_hour"], 2) for bar in bars] == [1.98, 0.30]
    body = first(SIMULATE_EXAMPLE)
    drawn = ask(empty, "simulate", body)
    assert drawn == ask(empty, "simulate", body)
    assert drawn != ask(empty, "simulate", body | {"seed": 2})
    quantiles = [quantile["pounds_per_hour"] for quantile in drawn["quantiles"]]
    assert quantiles == sorted(quantiles)
    assert 0 < drawn["share_losing_money"] < drawn["share_below_return"] < 1


def test_the_cost_is_the_published_range_and_its_weeks_are_stated(empty: TestClient) -> None:
    body = first(COST_EXAMPLE)
    answer = ask(empty, "cost", body)
    millions = {
        side: [round(year["pounds_per_year"] / 1e6, 1) for year in answer[side]["total"]["years"]]
        for side in ("proposed", "current", "difference")
    }
    assert millions == {"proposed": [18.3, 18.7], "current": [17.3, 17.6], "difference": [1.0, 1.1]}
    assert "52 and 53 weeks" in answer["day_count"]
    days = ask(empty, "cost", body | {"days": [365, 366]})
    assert days["day_count"].endswith("365 and 366 days / 7")
    assert [warning["field"] for warning in days["warnings"]] == ["weeks"], "weeks beside days is said, not passed over"
    yearly = days["proposed"]["total"]["years"][0]["pounds_per_year"]
    assert yearly == pytest.approx(answer["proposed"]["total"]["pounds_per_week"] * 365 / 7)


def test_cost_is_split_by_zone_funder_and_provider_where_rows_name_them(empty: TestClient) -> None:
    rows = [
        {"band": "urban", "hours_per_week": 100, "zone": "North", "funder": "council", "provider": "A"},
        {"band": "rural", "hours_per_week": 40, "zone": "North", "funder": "health", "provider": "B"},
        {"band": "urban", "hours_per_week": 60, "zone": "South", "funder": "council", "provider": "B"},
    ]
    answer = ask(
        empty, "cost", {"rows": rows, "proposed": {"by_band": FOUR}, "current": {"flat_pounds_per_hour": 20.0}}
    )
    for grouping, groups in answer["proposed"]["by"].items():
        assert sum(group["hours_per_week"] for group in groups) == 200, grouping
    assert set(answer["proposed"]["by"]) == {"zone", "band", "funder", "provider"}
    assert [(change["provider"], change["change_pounds_per_week"]) for change in answer["provider_income"]] == [
        ("A", -125.0),
        ("B", 45.0),
    ]


def test_contact_only_pay_fails_on_short_visits_by_a_stated_amount(empty: TestClient) -> None:
    answer = ask(empty, "minimum-wage", first(MINIMUM_WAGE_EXAMPLE))
    tests = {(test["band"], test["minutes"], test["pattern"]): test for test in answer["tests"]}
    assert len(tests) == 4 * 5 * 3
    assert all(test["lawful"] for key, test in tests.items() if key[2] == "all_working_time")
    worst = tests["isolated", 15, "contact_only"]
    assert not worst["lawful"]
    gap = worst["minimum_pounds_per_hour"] - worst["pay_pounds_per_working_hour"]
    assert worst["shortfall_pounds_per_working_hour"] == pytest.approx(gap)
    # at the mean visit, paying contact alone spends the same sum as paying all of it
    means = {tests["rural", None, pattern]["pay_pounds_per_working_hour"] for _, _, pattern in tests}
    assert max(means) == pytest.approx(min(means), abs=1e-6)
    supported = {found["band"]: found["wage_pounds_per_hour"] for found in answer["wages_supported"]}
    assert supported == pytest.approx(dict.fromkeys(FOUR, 9.30), abs=0.02)


def test_a_sample_warns_of_medians_and_of_missing_travel(empty: TestClient) -> None:
    answer = ask(empty, "provider-sample", first(SAMPLE_EXAMPLE))
    travel = next(line for line in answer["lines"] if line["line"] == "travel_time")
    assert (travel["answers"], travel["missing"], travel["zeros"]) == (4, 1, 1)
    said = " ".join(answer["warnings"])
    assert "medians do not add" in said
    assert "not zero" in said


def test_the_mistake_of_charging_hourly_travel_to_each_visit_is_recognised(empty: TestClient) -> None:
    answer = ask(empty, "diagnose", first(DIAGNOSE_EXAMPLE))
    assert "travel_per_hour_used_per_visit" in {finding["kind"] for finding in answer["findings"]}


def test_a_year_names_what_it_set_and_what_it_left(empty: TestClient) -> None:
    answer = ask(empty, "year", {"financial_year": "2026-27", "wage": "real-living"})
    applied = {item["field"]: item for item in answer["applied"]}
    assert applied["wage_pounds_per_hour"]["value"] == 13.45
    assert "travel.pence_per_mile" not in applied, "a tax ceiling is not a cost"
    moves = {move["field"]: move for move in answer["moves"]}
    assert (moves["travel.pence_per_mile"]["what"], moves["travel.pence_per_mile"]["after"]) == ("asked", 45)
    assert moves["on_costs.sickness"]["what"] == moves["business.pounds_per_contact_hour"]["what"] == "asked"
    assert "Living Wage Foundation" in applied["wage_pounds_per_hour"]["source"]
    assert answer["held"] == ["business.pounds_per_contact_hour"]
    london = ask(empty, "year", {"financial_year": "2026-27", "wage": "real-living-london", "assumptions": URBAN})
    assert london["assumptions"]["wage_pounds_per_hour"] == 14.80
    assert london["rate"]["total"] > answer["rate"]["total"]


def test_a_year_of_the_users_own_is_taken_where_it_is_given(empty: TestClient) -> None:
    figures = "\n".join(
        f'[[figure]]\nname = "{name}"\nvalue = {value}\nfrom = 2031-04-01\nto = 2032-03-31\n'
        'source = "our forecast"\nsource_date = "2030-11"'
        for name, value in (("national_living_wage_pounds_per_hour", 16.10), ("mileage_pence_per_mile", 60))
    )
    own = f'financial_year = "2031-32"\nstarts = 2031-04-01\nends = 2032-03-31\n{figures}\n'
    body = {"assumptions": URBAN, "minimum_pounds_per_hour": None, "financial_year": "2031-32", "own_figures_toml": own}
    assert ask(empty, "minimum-wage", body)["minimum_pounds_per_hour"] == 16.10


def test_statutory_figures_come_with_source_date_and_confidence(empty: TestClient) -> None:
    years = empty.get("/v1/pricing/statutory").json()
    assert [year["financial_year"] for year in years] == [f"{y}-{y - 1999}" for y in range(2019, 2027)]
    for year in years:
        for figure in year["figures"]:
            assert figure["source"]
            assert figure["source_date"]
            assert figure["confidence"] in {"verified", "high", "medium", "low"}
    rates = [f["value"] for f in years[3]["figures"] if f["name"] == "employer_ni_share"]
    assert sorted(rates) == [0.138, 0.1505]
    assert empty.get("/v1/pricing/statutory/2031-32").status_code == 422


def test_an_uplift_moves_each_input_by_its_own_index(empty: TestClient) -> None:
    years = ask(empty, "uplift", first(UPLIFT_EXAMPLE))
    changes = {change["field"]: change for change in years[2]["changes"]}
    assert changes["travel.pence_per_mile"]["after"] == pytest.approx(55)
    assert changes["business.pounds_per_contact_hour"]["after"] == pytest.approx(3.60 * 1.017 * 1.038)
    assert "on_costs.holiday" in years[2]["held"]
    assert sum(years[2]["line_changes_pounds_per_contact_hour"].values()) == pytest.approx(
        years[2]["rise_pounds_per_hour"]
    )


def test_explanation_and_files_hold_the_same_price(empty: TestClient) -> None:
    answer = ask(empty, "explain", URBAN)
    rate = price(parse_assumptions(URBAN))
    assert answer["text"] == rate.explain()
    assert answer["table"] == table(rate)
    annex = empty.post("/v1/pricing/annex-a.csv", json=URBAN)
    assert annex.text.splitlines()[-1] == f"total,Total,{rate.unrounded}"
    book = empty.post("/v1/pricing/workbook.xlsx", json=URBAN)
    sheet = openpyxl.load_workbook(io.BytesIO(book.content), data_only=True)["Build-up"]
    shown = {row[0].value: row[2].value for row in sheet.iter_rows()}
    assert shown["Total, rounded"] == 18.75
    banded = first(CARD_EXAMPLE)["assumptions"]
    several = empty.post("/v1/pricing/bands/workbook.xlsx", json=banded).content
    ours = bands_workbook(BandedAssumptions.model_validate(banded))
    cells = [openpyxl.load_workbook(io.BytesIO(book))["Build-up"].values for book in (several, ours)]
    assert list(cells[0]) == list(cells[1])


def test_on_costs_of_part_of_a_year_weigh_its_rates_by_day(empty: TestClient) -> None:
    asked = first(ON_COST_EXAMPLE) | {"financial_year": "2022-23"}

    def headline(**days: str) -> float:
        answer = empty.post("/v1/pricing/on-costs", json=asked | days)
        assert answer.status_code == 200, answer.text
        return float(answer.json()["headline_ni"])

    # 15.05% to 5 November 2022, 13.8% from the 6th
    assert headline(last_day="2022-11-05") == pytest.approx(0.1505)
    assert headline(first_day="2022-11-06") == pytest.approx(0.138)
    assert headline(first_day="2022-11-05", last_day="2022-11-06") == pytest.approx((0.1505 + 0.138) / 2)
    assert 0.138 < headline() < 0.1505
