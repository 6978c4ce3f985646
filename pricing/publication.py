"""The life of rate cards, and the one rule that says which card is in force.

A card is for a service, and for some zones or the whole county. Three things follow, and nothing else decides:

- The card in force for a service, zone and day is the one that started last among those that cover the service and the
  zone. Where that card has lapsed by the day, none is in force: an older one is not brought back.
- A card for named zones goes before a card for the county, in those zones and on the days it runs.
- A card is published only for days that no other published card of the same service and reach holds. A card without a
  last day runs until the next one starts; every other overlap, and a card dated before one that stands, is refused with
  the days that clash.

A retired card was in force from its first day, or from its publication where that was later, to the day before it was
retired. One that was retired before it took force leaves no trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from pricing.card_difference import RateChange, diff
from pricing.errors import InputProblem, PricingError, PricingInputError
from pricing.input_words import service_words
from pricing.rate_card import HOME_CARE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pricing.rate_card import RateCard

    Reaches = Callable[[RateCard], bool]

__all__ = [
    "Clash",
    "ClashError",
    "Period",
    "RateChange",
    "clashes",
    "diff",
    "end",
    "in_force",
    "own_days",
    "paid_on",
    "paying_card",
    "periods",
    "publish",
    "standing_on",
    "withdraw",
]

Standing = Literal["draft", "retired", "to_come", "in_force", "lapsed", "replaced"]
"""How a card stands on a day."""

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clash:
    """Days that a card would share with a published one.

    Attributes:
        card: the published card.
        services: the services both are for.
        zones: the zones both are for; empty for the whole county.
        first_day: of the days both would hold.
        last_day: of those days, or None where they have no end.
    """

    card: RateCard
    services: tuple[str, ...]
    zones: tuple[int, ...]
    first_day: date
    last_day: date | None

    def sentence(self) -> str:
        """The clash in words."""
        days = f"on {self.first_day}" if self.first_day == self.last_day else f"from {self.first_day} on"
        if self.last_day is not None and self.last_day != self.first_day:
            days = f"from {self.first_day} to {self.last_day}"
        where = f" in zones {', '.join(map(str, self.zones))}" if self.zones else ""
        what = ", ".join(map(service_words, self.services))
        return f"{self.card.name!r} version {self.card.version} holds {what}{where} {days}"


class ClashError(PricingError):
    """A card that cannot be published because of days that another holds."""

    def __init__(self, card: RateCard, clashes: Sequence[Clash]) -> None:
        self.clashes = tuple(clashes)
        runs = f"from {card.effective_from}" + (f" to {card.effective_to}" if card.effective_to else "")
        found = "; ".join(clash.sentence() for clash in clashes)
        super().__init__(
            f"a card {runs} would overlap: {found}. Expected days that no published card holds: a later "
            "effective_from, an effective_to before those days, or the other card ended first"
        )


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which one card is in force; ``last_day`` is None where no end is known."""

    card: RateCard
    first_day: date
    last_day: date | None


def own_days(card: RateCard) -> tuple[date, date | None] | None:
    """First and last day of a card by itself, before others take over; None where it never takes force."""
    if card.published_on is None:
        return None
    first, last = card.effective_from, None if card.closed_by else card.effective_to
    if card.retired_on is not None:
        first = max(first, card.published_on)
        before = card.retired_on - _A_DAY
        last = before if last is None else min(last, before)
    return None if last is not None and last < first else (first, last)


def in_force(
    cards: Sequence[RateCard], day: date, service_type: str = HOME_CARE, zone: int | None = None
) -> RateCard | None:
    """The card that is paid for a service on a day, or None.

    Args:
        cards: every card there is, drafts and retired ones too.
        day: the day.
        service_type: the service asked about.
        zone: number of the zone; None asks for the card of the whole county, leaving cards for zones aside.
    """
    if zone is not None:
        own = _last_started(cards, day, service_type, lambda card: zone in card.zones)
        if own is not None:
            return own
    return _last_started(cards, day, service_type, lambda card: not card.zones)


def paid_on(card: RateCard, cards: Sequence[RateCard], day: date) -> list[tuple[str, int | None]]:
    """The services and zones that one of some cards is paid for on a day; None for the whole county."""
    reach: tuple[int | None, ...] = card.zones or (None,)
    return [
        (service, zone) for service in card.services for zone in reach if in_force(cards, day, service, zone) is card
    ]


def standing_on(card: RateCard, cards: Sequence[RateCard], day: date) -> Standing:
    """How a card stands on a day: in force where it is paid for any of its services in any of its zones.

    Args:
        card: one of the cards.
        cards: every card there is.
        day: the day.

    Returns:
        ``draft``, ``retired``, ``to_come``, ``in_force``, ``lapsed`` (its last day is over, and nothing is paid in its
        place unless a later card is in force) or ``replaced`` by a later card.
    """
    if card.status != "published":
        return card.status
    if paid_on(card, cards, day):
        return "in_force"
    days = own_days(card)
    if days is None or day < days[0]:
        return "to_come"
    return "lapsed" if days[1] is not None and days[1] < day else "replaced"


def paying_card(
    cards: Sequence[RateCard], day: date, service_type: str, zone: int | None = None
) -> tuple[RateCard, str] | None:
    """The card that pays a service in a zone on a day, and the service as that card names it; None where none does.

    A service that never had a card of its own is paid by the card of home care: packages and requests name services in
    words of their own, which need not be the cards'. Where its own card has lapsed or was retired, none pays it.
    """
    for service in dict.fromkeys((service_type, HOME_CARE)):
        found = in_force(cards, day, service, zone)
        if found is not None:
            return found, service
        if any(service in card.services and not card.zones and _has_started(card, day) for card in cards):
            return None
    return None


def _has_started(card: RateCard, day: date) -> bool:
    days = own_days(card)
    return days is not None and days[0] <= day


def _last_started(cards: Sequence[RateCard], day: date, service_type: str, reaches: Reaches) -> RateCard | None:
    started = [
        (days, card)
        for card in cards
        if service_type in card.services and reaches(card) and (days := own_days(card)) is not None and days[0] <= day
    ]
    # a card published once another was retired stands in its place, however far back it is dated
    since = max(
        (card.published_on for _, card in started if card.status == "published" and card.published_on), default=None
    )
    standing = [
        (days, card) for days, card in started if card.retired_on is None or since is None or since < card.retired_on
    ]
    if not standing:
        return None
    (_, last), newest = max(standing, key=lambda found: found[0][0])
    return newest if last is None or day <= last else None


def periods(cards: Sequence[RateCard], service_type: str = HOME_CARE, zone: int | None = None) -> list[Period]:
    """The days of each card, in order, for a service in a zone; days without a card are the gaps between."""
    turns = {turn for card in cards if (days := own_days(card)) for turn in _turns(days)}
    found: list[Period] = []
    for day, upto in _stretches(sorted(turns)):
        card = in_force(cards, day, service_type, zone)
        if card is None:
            continue
        if found and found[-1].card is card and found[-1].last_day == day - _A_DAY:
            found[-1] = Period(card, found[-1].first_day, upto)
        else:
            found.append(Period(card, day, upto))
    return found


def _turns(days: tuple[date, date | None]) -> Iterator[date]:
    yield days[0]
    if days[1] is not None:
        yield days[1] + _A_DAY


def _stretches(turns: Sequence[date]) -> Iterator[tuple[date, date | None]]:
    for position, day in enumerate(turns):
        yield day, turns[position + 1] - _A_DAY if position + 1 < len(turns) else None


def clashes(card: RateCard, existing: Sequence[RateCard]) -> list[Clash]:
    """The published cards that hold days of a card, with the days; empty where it may be published."""
    found = []
    for other in existing:
        services = tuple(service for service in card.services if service in other.services)
        zones = tuple(zone for zone in card.zones if zone in other.zones)
        if other.status != "published" or not services or bool(card.zones) != bool(other.zones):
            continue
        days = _shared(card, other)
        if days is not None and (zones or not card.zones):
            found.append(Clash(other, services, zones, *days))
    return found


def _shared(card: RateCard, other: RateCard) -> tuple[date, date | None] | None:
    ends = None if other.closed_by else other.effective_to
    if ends is None and other.effective_from < card.effective_from:
        return None  # it runs until the next one starts
    first = max(card.effective_from, other.effective_from)
    known = [last for last in (card.effective_to, ends) if last is not None]
    last = min(known, default=None)
    return None if last is not None and last < first else (first, last)


def publish(card: RateCard, on: date, existing: Sequence[RateCard] = ()) -> tuple[RateCard, ...]:
    """Publish a draft: it takes over from the published card in force on its first day.

    Args:
        card: the draft.
        on: the day of publication.
        existing: the cards there are; one that the new card takes all its services and zones from shows its last day.

    Returns:
        All cards after publication, the new one last.

    Raises:
        PricingError: if the card is not a draft.
        ClashError: if published cards hold days of it; names them.
    """
    if card.status != "draft":
        raise PricingError(f"card {card.name!r} version {card.version} is already {card.status} and is never changed")
    found = clashes(card, existing)
    if found:
        raise ClashError(card, found)
    last_day = card.effective_from - _A_DAY
    closed = [
        other.model_copy(update={"effective_to": last_day, "closed_by": _key(card)})
        if _is_replaced(other, card)
        else other
        for other in existing
    ]
    return (*closed, card.model_copy(update={"status": "published", "published_on": on}))


def _is_replaced(other: RateCard, card: RateCard) -> bool:
    """Whether a new card takes over everything that another, without a last day of its own, is for."""
    return (
        other.status == "published"
        and other.effective_to is None
        and other.effective_from < card.effective_from
        and set(other.services) <= set(card.services)
        and bool(other.zones) == bool(card.zones)
        and set(other.zones) <= set(card.zones)
    )


def _key(card: RateCard) -> str:
    return f"{card.name}, version {card.version}"


def end(card: RateCard, last_day: date, on: date) -> RateCard:
    """Let a published card lapse: name the last day it is paid. After it none is in force until another is published.

    Raises:
        PricingError: if the card is not published.
        PricingInputError: if the day is over already, before the card's first, or after the end it has.
    """
    if card.status != "published":
        raise PricingError(f"card {card.name!r} version {card.version} is {card.status}; only a published card can end")
    earliest = max(card.effective_from, on)
    ends = None if card.closed_by else card.effective_to
    if last_day < earliest or (ends is not None and last_day > ends):
        expected = f"a day from {earliest}" + (f" to {ends}, when it ends" if ends else " on")
        raise PricingInputError([InputProblem("last_day", last_day, expected)])
    return card.model_copy(update={"effective_to": last_day, "closed_by": ""})


def withdraw(card: RateCard, on: date, existing: Sequence[RateCard] = ()) -> tuple[RateCard, ...]:
    """Retire a card for good from a day: nothing takes its place, unless it had not taken force yet.

    Args:
        card: a draft or a published card.
        on: the day from which it is not paid.
        existing: the other cards; those that only ended because of a card that never took force run on.

    Returns:
        The other cards and the retired one, last.
    """
    if card.status == "retired":
        return (*existing, card)
    retired = card.model_copy(update={"status": "retired", "retired_on": on})
    if own_days(retired) is not None:
        return (*existing, retired)
    again = {"effective_to": None, "closed_by": ""}
    reopened = [other.model_copy(update=again) if other.closed_by == _key(card) else other for other in existing]
    return (*reopened, retired)
