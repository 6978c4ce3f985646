"""The life of rate cards: publishing, which is in force, what differs between two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pricing.errors import PricingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from pricing.rate_card import RateCard


@dataclass(frozen=True, slots=True)
class RateChange:
    """One difference between two cards; None where a card has no such rate. ``minutes`` is None for the hourly rate."""

    band: str
    minutes: Decimal | None
    before: Decimal | None
    after: Decimal | None

    @property
    def pounds(self) -> Decimal | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def share(self) -> Decimal | None:
        """The change as a share of the rate before."""
        return None if self.pounds is None or not self.before else self.pounds / self.before


def diff(before: RateCard, after: RateCard) -> list[RateChange]:
    """Every rate that differs between two cards, hourly first, then by visit length."""
    old, new = _all_rates(before), _all_rates(after)
    return [
        RateChange(band, minutes, old.get((band, minutes)), new.get((band, minutes)))
        for band, minutes in dict.fromkeys([*old, *new])
        if old.get((band, minutes)) != new.get((band, minutes))
    ]


def _all_rates(card: RateCard) -> dict[tuple[str, Decimal | None], Decimal]:
    rates: dict[tuple[str, Decimal | None], Decimal] = {}
    for rate in card.rates:
        rates[rate.band, None] = rate.pounds_per_hour
        rates |= {(rate.band, visit.minutes): visit.pounds_per_visit for visit in rate.visits}
    return rates


def publish(card: RateCard, on: date, existing: Sequence[RateCard] = ()) -> tuple[RateCard, ...]:
    """Publish a draft: it takes over from the published card in force on its first day.

    Args:
        card: the draft.
        on: the day of publication.
        existing: the cards there are; earlier ones keep everything but their last day.

    Returns:
        All cards after publication, the new one last.

    Raises:
        PricingError: if the card is not a draft, or a published card already starts on or after its first day.
    """
    if card.status != "draft":
        raise PricingError(f"card {card.name!r} version {card.version} is already published and is never changed")
    later = [other for other in existing if other.status == "published" and other.effective_from >= card.effective_from]
    if later:
        taken = ", ".join(f"{other.name!r} version {other.version} from {other.effective_from}" for other in later)
        raise PricingError(f"a card from {card.effective_from} would overlap {taken}; expected a later effective_from")
    last_day = date.fromordinal(card.effective_from.toordinal() - 1)
    closed = [
        other.model_copy(update={"effective_to": last_day})
        if other.status == "published" and (other.effective_to is None or other.effective_to > last_day)
        else other
        for other in existing
    ]
    return (*closed, card.model_copy(update={"status": "published", "published_on": on}))


def in_force(cards: Sequence[RateCard], day: date) -> RateCard | None:
    """The published card that is paid on a day, or None."""
    for card in cards:
        ends = card.effective_to
        if card.status == "published" and card.effective_from <= day and (ends is None or day <= ends):
            return card
    return None
