"""Which card is in force: by service, zone and day; what lapses, what is refused, what comes back."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing import ClashError, PricingError, PricingInputError
from pricing.publication import (
    clashes,
    end,
    in_force,
    paid_on,
    paying_card,
    periods,
    publish,
    standing_on,
    withdraw,
)
from pricing.rate_card import BandRate, RateCard, ServiceRate

D = Decimal
APRIL, JULY, OCTOBER = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)


def a_card(name: str, first: date, last: date | None = None, **more: object) -> RateCard:
    rates = (BandRate(band="urban", pounds_per_hour=D(20)),)
    return RateCard(name=name, version=1, effective_from=first, effective_to=last, rates=rates, **more)  # type: ignore[arg-type]


def test_a_card_for_reablement_leaves_home_care_as_it_is() -> None:
    cards = publish(a_card("Home care", APRIL), APRIL)
    cards = publish(a_card("Reablement", JULY, service_type="reablement"), JULY, cards)
    for day in (APRIL, JULY, OCTOBER):
        found = in_force(cards, day)
        assert found is not None
        assert found.name == "Home care"
    assert in_force(cards, APRIL, "reablement") is None
    assert in_force(cards, OCTOBER, "reablement") == cards[1]
    assert in_force(cards, OCTOBER, "live_in") is None


def test_a_card_holds_every_service_it_prices() -> None:
    night = ServiceRate(service_type="sleeping_night", pounds_per_night=D(75))
    cards = publish(a_card("All", APRIL, other_services=(night,)), APRIL)
    assert in_force(cards, JULY, "sleeping_night") == cards[0]
    with pytest.raises(ClashError, match="holds sleeping night from 2026-07-01 on"):
        publish(a_card("Nights", APRIL, service_type="sleeping_night"), APRIL, publish_last(cards, JULY, night))


def publish_last(cards: tuple[RateCard, ...], first: date, night: ServiceRate) -> tuple[RateCard, ...]:
    return publish(a_card("All again", first, other_services=(night,)), first, cards)


def test_a_lapsed_card_leaves_none_and_brings_no_older_one_back() -> None:
    cards = publish(a_card("Old", APRIL), APRIL)
    cards = publish(a_card("Summer", JULY, date(2026, 9, 30)), JULY, cards)
    assert in_force(cards, date(2026, 9, 30)) == cards[1]
    assert in_force(cards, OCTOBER) is None
    assert [(p.card.name, p.first_day, p.last_day) for p in periods(cards)] == [
        ("Old", APRIL, date(2026, 6, 30)),
        ("Summer", JULY, date(2026, 9, 30)),
    ]


def test_a_service_that_lost_its_card_is_not_paid_as_home_care() -> None:
    cards = publish(a_card("Home care", APRIL), APRIL)
    assert paying_card(cards, OCTOBER, "reablement") == (cards[0], "maintenance"), "it never had a card of its own"
    cards = publish(a_card("Reablement", JULY, date(2026, 9, 30), service_type="reablement"), JULY, cards)
    assert paying_card(cards, APRIL, "reablement") == (cards[0], "maintenance"), "its own has not started"
    assert paying_card(cards, JULY, "reablement") == (cards[1], "reablement")
    assert paying_card(cards, OCTOBER, "reablement") is None, "its own has lapsed"
    retired = withdraw(cards[1], date(2026, 8, 1), cards[:1])
    assert paying_card(retired, date(2026, 8, 1), "reablement") is None
    never = withdraw(cards[1], APRIL, cards[:1])
    assert paying_card(never, OCTOBER, "reablement") == (cards[0], "maintenance"), "it was retired before it began"
    there = publish(a_card("There", JULY, date(2026, 9, 30), service_type="reablement", zones=(3,)), JULY, cards[:1])
    assert paying_card(there, JULY, "reablement", 3) == (there[1], "reablement")
    assert paying_card(there, OCTOBER, "reablement", 3) == (there[0], "maintenance"), "as in the rest of the county"


def test_how_a_card_stands_on_a_day() -> None:
    night = ServiceRate(service_type="sleeping_night", pounds_per_night=D(75))
    cards = publish(a_card("All", APRIL, other_services=(night,)), APRIL)
    cards = publish(a_card("Summer", JULY, date(2026, 9, 30)), APRIL, cards)
    both, summer, draft = *cards, a_card("Next", OCTOBER)
    assert standing_on(draft, cards, JULY) == "draft"
    assert (standing_on(both, cards, APRIL), standing_on(summer, cards, APRIL)) == ("in_force", "to_come")
    assert paid_on(both, cards, APRIL) == [("maintenance", None), ("sleeping_night", None)]
    assert paid_on(both, cards, JULY) == [("sleeping_night", None)], "its nights are paid on, its home care is not"
    assert standing_on(both, cards, JULY) == "in_force"
    assert standing_on(summer, cards, OCTOBER) == "lapsed"
    assert standing_on(summer, cards, date(2026, 9, 30)) == "in_force", "its last day is paid"
    plain = publish(a_card("Later", JULY), APRIL, publish(a_card("Old", APRIL), APRIL))
    old = next(card for card in plain if card.name == "Old")
    assert standing_on(old.model_copy(update={"effective_to": None, "closed_by": ""}), plain, JULY) == "replaced"
    zones = publish(a_card("Zones", APRIL, zones=(3, 5)), APRIL)
    assert paid_on(zones[0], zones, APRIL) == [("maintenance", 3), ("maintenance", 5)]
    assert standing_on(withdraw(summer, JULY, (both,))[-1], cards, JULY) == "retired"


def test_a_zones_own_card_goes_before_the_countys_and_only_there() -> None:
    cards = publish(a_card("County", APRIL), APRIL)
    cards = publish(a_card("Zone 3", JULY, date(2026, 9, 30), zones=(3,)), JULY, cards)
    names = {zone: in_force(cards, JULY, zone=zone).name for zone in (None, 2, 3)}  # type: ignore[union-attr]
    assert names == {None: "County", 2: "County", 3: "Zone 3"}
    # the county's card ran all the while
    assert in_force(cards, OCTOBER, zone=3).name == "County"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (APRIL, None, "from 2026-04-01 on"),
        (date(2026, 1, 1), None, "from 2026-04-01 on"),
        (date(2026, 1, 1), date(2026, 4, 1), "on 2026-04-01"),
        (JULY, None, None),
        (date(2026, 1, 1), date(2026, 3, 31), None),
    ],
)
def test_days_that_clash_are_named(first: date, last: date | None, said: str | None) -> None:
    cards = publish(a_card("Stands", APRIL), APRIL)
    found = clashes(a_card("New", first, last), cards)
    assert (found[0].sentence().endswith(said) if said else not found) is True


def test_a_card_with_a_last_day_keeps_its_days() -> None:
    cards = publish(a_card("Year", APRIL, date(2027, 3, 31)), APRIL)
    with pytest.raises(ClashError, match="from 2026-10-01 to 2027-03-31") as refused:
        publish(a_card("Autumn", OCTOBER), OCTOBER, cards)
    (clash,) = refused.value.clashes
    assert (clash.first_day, clash.last_day) == (OCTOBER, date(2027, 3, 31))
    shortened = (end(cards[0], date(2026, 9, 30), JULY),)
    assert in_force(publish(a_card("Autumn", OCTOBER), OCTOBER, shortened), OCTOBER).name == "Autumn"  # type: ignore[union-attr]


def test_ending_a_card_rewrites_no_day_that_is_over() -> None:
    (card,) = publish(a_card("Year", APRIL, date(2027, 3, 31)), APRIL)
    for wrong in (date(2026, 6, 30), date(2027, 4, 1)):
        with pytest.raises(PricingInputError, match="a day from 2026-07-01 to 2027-03-31"):
            end(card, wrong, JULY)
    with pytest.raises(PricingError, match="only a published card can end"):
        end(a_card("Draft", APRIL), JULY, APRIL)


def test_a_withdrawn_card_leaves_none_unless_it_never_took_force() -> None:
    first = publish(a_card("First", APRIL), APRIL)
    both = publish(a_card("Second", JULY), APRIL, first)
    undone = withdraw(both[1], date(2026, 6, 1), both[:1])
    assert in_force(undone, OCTOBER).name == "First"  # type: ignore[union-attr]
    assert undone[0].effective_to is None
    late = withdraw(both[1], OCTOBER, both[:1])
    assert in_force(late, date(2026, 9, 30)).name == "Second"  # type: ignore[union-attr]
    assert in_force(late, OCTOBER) is None
    again = publish(a_card("Third", date(2026, 6, 1)), OCTOBER, late)
    assert in_force(again, OCTOBER).name == "Third", "dated back before the withdrawn one"  # type: ignore[union-attr]


SERVICES = ("maintenance", "reablement", "live_in")
START = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda days: START + timedelta(days=days))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["publish", "end", "withdraw"]),
        DAYS,
        st.none() | st.integers(0, 200),
        st.lists(st.sampled_from(SERVICES), min_size=1, max_size=2, unique=True),
        st.lists(st.integers(1, 3), max_size=2, unique=True),
        st.integers(0, 9),
    ),
    max_size=14,
)


def _applied(cards: tuple[RateCard, ...], step: tuple[object, ...], number: int) -> tuple[RateCard, ...]:
    kind, day, length, services, zones, which = step
    assert isinstance(day, date)
    if kind == "publish":
        own, *others = services  # type: ignore[misc]
        last = None if length is None else day + timedelta(days=length)  # type: ignore[arg-type]
        draft = a_card(
            f"Card {number}",
            day,
            last,
            service_type=own,
            other_services=tuple(ServiceRate(service_type=name, pounds_per_week=D(900)) for name in others),
            zones=tuple(zones),  # type: ignore[arg-type]
        )
        return publish(draft, START + timedelta(days=number * 20), cards)
    if not cards:
        return cards
    card = cards[which % len(cards)]  # type: ignore[operator]
    others_ = tuple(other for other in cards if other is not card)
    if kind == "end":
        return (*others_, end(card, day, START + timedelta(days=number * 20)))
    return withdraw(card, START + timedelta(days=number * 20), others_)


def _holds(card: RateCard, day: date) -> bool:
    """Whether a published card's own dates say that it runs on a day, with nothing else looked at."""
    return (
        card.status == "published"
        and card.effective_from <= day
        and (card.effective_to is None or day <= card.effective_to)
    )


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_any_sequence_leaves_at_most_one_card_for_a_service_zone_and_day(steps: list[tuple[object, ...]]) -> None:
    cards: tuple[RateCard, ...] = ()
    for number, step in enumerate(steps):
        try:
            cards = _applied(cards, step, number)
        except PricingError:
            continue
    for service in SERVICES:
        for zone in (None, 1, 2, 3):
            stretches = periods(cards, service, zone)
            for earlier, later in itertools.pairwise(stretches):
                assert earlier.last_day is not None
                assert earlier.last_day < later.first_day
            for offset in range(0, 620, 31):
                day = START + timedelta(days=offset)
                found = in_force(cards, day, service, zone)
                held = [p.card for p in stretches if p.first_day <= day and (p.last_day is None or day <= p.last_day)]
                assert held == ([] if found is None else [found])
                if found is not None and found.status == "published":
                    assert service in found.services
                    assert _holds(found, day)
                reach = [
                    card
                    for card in cards
                    if _holds(card, day)
                    and service in card.services
                    and (zone in card.zones if zone else not card.zones)
                ]
                # of published cards of one reach that run on a day, the last to start is paid and no two start together
                starts = [card.effective_from for card in reach]
                assert len(set(starts)) == len(starts)
