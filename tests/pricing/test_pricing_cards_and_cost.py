"""Bands from one parameter set, rate cards, and what they cost, against Leicestershire's paper of January 2020."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pricing.bands import BandedAssumptions, price_bands, weighted_mean_rate
from pricing.calibrations import calibration, calibrations
from pricing.card_difference import line_changes
from pricing.cost import DemandRow, Tariff, annual_cost, compare_costs, demand_by_band, provider_income, weeks_of_days
from pricing.direct_payments import direct_payment_rate
from pricing.errors import PricingError, PricingInputError
from pricing.guards import card_warnings
from pricing.publication import diff, in_force, publish
from pricing.rate_card import Override, RateCard, ServiceRate, build_rate_card

D = Decimal
LEICESTERSHIRE = calibration("leicestershire-2019-20")


@pytest.fixture
def card() -> RateCard:
    rates = price_bands(LEICESTERSHIRE.banded)
    return build_rate_card(rates, name="Leicestershire 2020", effective_from=date(2020, 11, 1))


def test_four_prices_from_one_parameter_set(card: RateCard) -> None:
    assert card.pounds_per_hour() == LEICESTERSHIRE.published_pounds_per_hour
    assert list(card.pounds_per_hour().values()) == [D("18.75"), D("20.20"), D("23.00"), D("26.35")]
    assert card.enhancements() == {"urban": 0, "fringe": D("1.45"), "rural": D("4.25"), "isolated": D("7.60")}


def test_the_calibration_says_what_it_is() -> None:
    assert "inference" in LEICESTERSHIRE.standing
    assert calibrations() == ("leicestershire-2019-20",)
    with pytest.raises(KeyError, match="leicestershire-2019-20"):
        calibration("elsewhere")


def test_mean_rate_and_annual_costs_of_the_paper(card: RateCard) -> None:
    """Paragraphs 22 to 24: mean 19.56; 18.3m to 18.7m proposed, 17.3m to 17.6m current, 1.0m to 1.1m difference."""
    mean = weighted_mean_rate(card.pounds_per_hour(), LEICESTERSHIRE.hours_per_week)
    assert round(mean, 3) == D("19.564")
    rows = demand_by_band(LEICESTERSHIRE.hours_per_week)
    current = Tariff(name="current", flat_pounds_per_hour=LEICESTERSHIRE.current_average_pounds_per_hour)
    comparison = compare_costs(rows, card, current)
    million = D(1_000_000)
    proposed = [round(pounds / million, 1) for pounds in comparison.proposed.total.pounds_per_year.values()]
    assert proposed == [D("18.3"), D("18.7")]
    assert [round(p / million, 1) for p in comparison.current.total.pounds_per_year.values()] == [D("17.3"), D("17.6")]
    assert [round(p / million, 1) for p in comparison.difference.pounds_per_year.values()] == [D("1.0"), D("1.1")]
    assert comparison.proposed.total.mean_pounds_per_hour == mean
    assert comparison.proposed.day_count == "hours a week x rate x 52 and 53 weeks"


ROWS = [
    DemandRow(
        zone="Melton",
        band="urban",
        funder="adults",
        provider="A",
        hours_per_week=D(100),
        recorded_pounds_per_hour=D(17),
    ),
    DemandRow(zone="Melton", band="rural", funder="health", provider="B", hours_per_week=D(20)),
    DemandRow(zone="Hinckley", band="urban", funder="adults", provider="B", hours_per_week=D(50)),
]


def test_groups_add_up_to_the_total(card: RateCard) -> None:
    report = annual_cost(ROWS, card, weeks=[weeks_of_days(365)])
    for groups in report.by.values():
        assert sum(cost.pounds_per_week for cost in groups.values()) == report.total.pounds_per_week
        assert sum(cost.hours_per_week for cost in groups.values()) == 170
    assert report.by["zone"]["Melton"].pounds_per_week == 100 * D("18.75") + 20 * D("23.00")
    (year,) = report.total.pounds_per_year.values()
    assert abs(year - report.total.pounds_per_week * 365 / 7) < D("1e-9")


def test_a_tariff_takes_the_most_particular_rate() -> None:
    tariff = Tariff(
        recorded=True,
        by_provider={"B": D(19)},
        by_zone_and_band={"Hinckley": {"urban": D(25)}},
        flat_pounds_per_hour=D(18),
    )
    assert [tariff.pounds_per_hour(row) for row in ROWS] == [17, 19, 19]
    without = Tariff(by_zone_and_band={"Hinckley": {"urban": D(25)}}, flat_pounds_per_hour=D(18))
    assert [without.pounds_per_hour(row) for row in ROWS] == [18, 18, 25]


def test_a_row_without_a_price_is_named() -> None:
    with pytest.raises(PricingInputError, match=r"rows\.1\.band: found 'rural'"):
        annual_cost(ROWS, Tariff(name="old card", by_band={"urban": D(18)}))


def test_provider_incomes_sum_to_the_change(card: RateCard) -> None:
    current = Tariff(flat_pounds_per_hour=D("19.50"))
    changes = provider_income(ROWS, card, current)
    assert [change.provider for change in changes] == ["A", "B"]
    assert changes[0].pounds_per_week == 100 * (D("18.75") - D("19.50"))
    assert changes[0].share is not None
    assert round(changes[0].share, 6) == D("-0.038462")
    assert sum(c.pounds_per_week for c in changes) == compare_costs(ROWS, card, current).difference.pounds_per_week


def test_an_override_is_kept_with_its_reason_and_shows_in_the_diff(card: RateCard) -> None:
    override = {"rural": Override(pounds_per_hour=D("24.00"), reason="no provider bid at 23.00")}
    changed = build_rate_card(
        price_bands(LEICESTERSHIRE.banded), name="x", effective_from=date(2021, 4, 1), overrides=override, version=2
    )
    rate = changed.rate("rural")
    assert (rate.pounds_per_hour, rate.override_reason) == (D("24.00"), "no provider bid at 23.00")
    assert rate.built_up_pounds_per_hour == card.rate("rural").built_up_pounds_per_hour
    hourly = [change for change in diff(card, changed) if change.minutes is None]
    assert [(change.band, change.pounds) for change in hourly] == [("rural", D("1.00"))]
    assert {change.after for change in diff(card, changed) if change.minutes is not None} == {None}
    assert diff(card, card) == []
    with pytest.raises(PricingInputError, match="expected one of urban, fringe, rural, isolated"):
        build_rate_card(
            price_bands(LEICESTERSHIRE.banded),
            name="x",
            effective_from=date(2021, 4, 1),
            overrides={"hilly": Override(pounds_per_hour=D(30), reason="hills")},
        )


@pytest.mark.parametrize(("rule", "urban"), [("nearest", "18.75"), ("down", "18.70"), ("up", "18.75")])
def test_the_rounding_rule_is_the_cards_own(rule: str, urban: str) -> None:
    rates = price_bands(LEICESTERSHIRE.banded)
    card = build_rate_card(rates, name="x", effective_from=date(2020, 11, 1), rounding=rule)  # type: ignore[arg-type]
    assert card.rate("urban").pounds_per_hour == D(urban)


def test_publication_closes_the_card_before_and_never_overlaps(card: RateCard) -> None:
    (first,) = publish(card, date(2020, 10, 1))
    draft = card.model_copy(update={"version": 2, "effective_from": date(2021, 4, 1)})
    cards = publish(draft, date(2021, 3, 1), [first])
    assert [c.effective_to for c in cards] == [date(2021, 3, 31), None]
    assert in_force(cards, date(2020, 10, 31)) is None
    assert in_force(cards, date(2021, 3, 31)) == cards[0]
    assert in_force(cards, date(2021, 4, 1)) == cards[1]
    with pytest.raises(PricingError, match="would overlap"):
        publish(draft, date(2021, 3, 2), cards)
    with pytest.raises(PricingError, match="never changed"):
        publish(first, date(2021, 3, 2))
    assert in_force([card], date(2021, 1, 1)) is None, "a draft is not in force"


def test_cards_survive_json(card: RateCard) -> None:
    assert RateCard.model_validate_json(card.model_dump_json()) == card


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"other_services": [ServiceRate(service_type="sleeping_night", pounds_per_night=D(0))]}, "pounds_per_night"),
        ({"other_services": [ServiceRate(service_type="live_in", pounds_per_week=D(0))]}, "pounds_per_week"),
        (
            {"other_services": [ServiceRate(service_type="evening", pounds_per_hour={"urban": D(0)})]},
            "pounds_per_hour.urban",
        ),
        ({"other_services": [ServiceRate(service_type="evening", pounds_per_hour={"town": D(20)})]}, "pounds_per_hour"),
        ({"other_services": [ServiceRate(service_type="maintenance", pounds_per_night=D(90))]}, "service_type"),
    ],
)
def test_another_service_on_a_card_is_paid_and_named_once(changes: dict[str, Any], field: str) -> None:
    rates = price_bands(LEICESTERSHIRE.banded)
    with pytest.raises(PricingInputError) as caught:
        build_rate_card(rates, name="Card", effective_from=date(2026, 4, 1), **changes)
    assert [problem.field for problem in caught.value.problems] == [f"other_services.0.{field}"]


def test_a_card_refuses_zones_named_twice_and_rates_rounded_to_nothing() -> None:
    rates = price_bands(LEICESTERSHIRE.banded)
    with pytest.raises(PricingInputError, match=r"zones\.1: found 3"):
        build_rate_card(rates, name="Card", effective_from=date(2026, 4, 1), zones=(3, 3))
    with pytest.raises(PricingInputError, match=r"round_to_pence: found .*, expected a multiple that leaves more"):
        build_rate_card(rates, name="Card", effective_from=date(2026, 4, 1), round_to_pence=D(10_000), rounding="down")


def test_an_hour_of_another_service_below_the_wage_is_warned_of() -> None:
    rates = price_bands(LEICESTERSHIRE.banded)
    others = [
        ServiceRate(service_type="reablement", pounds_per_hour={"urban": D("12.70"), "rural": D("12.71")}),
        ServiceRate(service_type="sleeping_night", pounds_per_night=D(5)),
    ]
    card = build_rate_card(rates, name="Card", effective_from=date(2026, 4, 1), other_services=others)
    (found,) = [warned for warned in card_warnings(card, rates) if warned.field == "other_services"]
    assert (found.code, found.band, found.note) == ("below-wage-floor", "urban", False)
    assert (
        "£12.70 an hour of reablement in urban is below the National Living Wage of 2026-27, £12.71" in found.sentence
    )


def test_lines_of_one_name_stay_apart_without_keys_too() -> None:
    def lines(*amounts: int) -> list[dict[str, object]]:
        return [{"name": "Rent", "pounds_per_contact_hour": amount} for amount in amounts]

    found = line_changes(lines(1, 2), lines(2, 2, 3))
    assert [(change.key, change.pounds) for change in found] == [("Rent", D(1)), ("Rent 3", D(3))]


def test_direct_payment_follows_from_the_card(card: RateCard) -> None:
    assert direct_payment_rate(card, "rural").pounds_per_hour == D("23.00")
    at_a_share = direct_payment_rate(card, "urban", share_of_rate=D("0.85"), round_to_pence=D(5))
    assert at_a_share.pounds_per_hour == D("15.95")
    assert "0.85 of the card's urban rate" in at_a_share.rule


def test_a_band_may_have_its_own_wage_and_mean_visit() -> None:
    base = LEICESTERSHIRE.banded
    own = base.bands[3].model_copy(update={"wage_pounds_per_hour": D("10.00"), "mean_visit_minutes": D(50)})
    rates = price_bands(BandedAssumptions(base=base.base, bands=(*base.bands[:3], own)))
    assert rates["isolated"].assumptions.wage_pounds_per_hour == 10
    assert rates["isolated"].steps["visits_per_contact_hour"] == D("1.2")
    with pytest.raises(PricingInputError, match="band given more than once: urban"):
        price_bands({"base": base.base.model_dump(by_alias=True), "bands": [base.bands[0].model_dump()] * 2})
