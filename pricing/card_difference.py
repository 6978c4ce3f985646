"""What differs between two rate cards: every price by band, part of the week, length and carers, and every line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pricing.rate_card import RateCard, VisitRate

    Which = tuple[str, Decimal | None, int, str]


@dataclass(frozen=True, slots=True)
class RateChange:
    """One difference between two cards; None where a card has no such rate. ``minutes`` is None for the hourly rate.

    Attributes:
        band: the band; for a price a night or a week, the service.
        carers: who make the visit.
        day_type: the part of the week; empty for the card's rate of all hours.
    """

    band: str
    minutes: Decimal | None
    before: Decimal | None
    after: Decimal | None
    carers: int = 1
    day_type: str = ""

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
        RateChange(which[0], which[1], old.get(which), new.get(which), which[2], which[3])
        for which in dict.fromkeys([*old, *new])
        if old.get(which) != new.get(which)
    ]


def _all_rates(card: RateCard) -> dict[Which, Decimal]:
    rates: dict[Which, Decimal] = {}
    for rate in card.rates:
        rates[rate.band, None, 1, ""] = rate.pounds_per_hour
        rates |= _visit_rates(rate.band, "", rate.visits)
        for part in rate.day_types:
            rates[rate.band, None, 1, part.day_type] = part.pounds_per_hour
            rates |= _visit_rates(rate.band, part.day_type, part.visits)
    for other in card.other_services:
        for band, pounds in other.pounds_per_hour.items():
            rates[band, None, 1, other.service_type] = pounds
        for pounds_each in (other.pounds_per_night, other.pounds_per_week):
            if pounds_each is not None:
                rates[other.service_type, None, 1, ""] = pounds_each
    return rates


def _visit_rates(band: str, day_type: str, visits: Iterable[VisitRate]) -> dict[Which, Decimal]:
    rates: dict[Which, Decimal] = {}
    for visit in visits:
        rates[band, visit.minutes, 1, day_type] = visit.pounds_per_visit
        if visit.two_carers_pounds_per_visit is not None:
            rates[band, visit.minutes, 2, day_type] = visit.two_carers_pounds_per_visit
    return rates


@dataclass(frozen=True, slots=True)
class LineChange:
    """What one line of the build-up did between two cards, pounds per contact hour; 0 where a card has no such line.

    Attributes:
        key: what tells the line apart; two lines may carry one name.
        name: its label.
    """

    key: str
    name: str
    before: Decimal
    after: Decimal

    @property
    def pounds(self) -> Decimal:
        """After less before."""
        return self.after - self.before


def line_changes(before: Sequence[Mapping[str, object]], after: Sequence[Mapping[str, object]]) -> list[LineChange]:
    """Every line that differs, by key, so that lines of one name stay apart.

    Args:
        before: lines as a price gives them in JSON: ``key``, ``name``, ``pounds_per_contact_hour``.
        after: the same of the other card.
    """
    old, new = _by_key(before), _by_key(after)
    found = []
    for key in dict.fromkeys([*old, *new]):
        name = (new.get(key) or old[key])[0]
        was, now = (lines[key][1] if key in lines else Decimal(0) for lines in (old, new))
        if was != now:
            found.append(LineChange(key, name, was, now))
    return found


def _by_key(lines: Sequence[Mapping[str, object]]) -> dict[str, tuple[str, Decimal]]:
    found: dict[str, tuple[str, Decimal]] = {}
    for line in lines:
        name = str(line["name"])
        key = str(line.get("key", name))
        if "key" not in line:  # two lines of one name are told apart by which comes first
            same = sum(held == name for held, _ in found.values())
            key = name if not same else f"{name} {same + 1}"
        found[key] = (name, Decimal(str(line["pounds_per_contact_hour"])))
    return found


def by_name(changes: Sequence[LineChange]) -> dict[str, Decimal]:
    """The change of each line by its name; where several lines carry one name, by name and key."""
    names = [change.name for change in changes]
    return {
        change.name if names.count(change.name) == 1 else f"{change.name} ({change.key})": change.pounds
        for change in changes
    }
