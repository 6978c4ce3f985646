"""What hours that move from band to band come to in a year: each service and zone at the rates of its own card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from app.problems import not_found
from app.storage.decisions import find
from app.storage.models import RateCard
from app.usecases.demand.gate import Demand
from app.usecases.rates.paid_parts import PaidPart, cards_of, paid_parts
from geo.banding.definitions import band_names
from geo.banding.totals import pounds_of_shift
from pricing import HOME_CARE


@dataclass(frozen=True)
class RatesPaid:
    """The rates that pounds are worked out at.

    Attributes:
        rate_card_id: The card asked for, else the county's card of home care; None where there are no pounds.
        rate_card_ids: Every card that pays a part.
        parts: Demand in the parts that are paid alike; empty where no card prices every band.
    """

    rate_card_id: int | None
    rate_card_ids: list[int]
    parts: list[PaidPart]


NO_RATES = RatesPaid(None, [], [])


def rates_paid(session: Session, council: str, card_id: int | None, statuses: Sequence[str], on: date) -> RatesPaid:
    """What each service and zone is paid on a day; with a card asked for, as if it stood beside those in force.

    Raises:
        Problem: the card asked for is not there for this caller.
    """
    card: RateCard | None = find(session, RateCard, council, card_id) if card_id else None
    if card_id and (card is None or card.status not in statuses):
        raise not_found("rate card", card_id)
    parts = paid_parts(session, council, on, card=card)
    if not any(_prices_every_band(part) for part in parts):
        return NO_RATES
    county = next((part.card for part in parts if part.pays(HOME_CARE) and part.card and not part.card.zones), None)
    chosen = card or county
    return RatesPaid(None if chosen is None else chosen.id, [row.id for row in cards_of(parts)], parts)


def demand_of_pairs(
    demand: Demand, was: Mapping[str, str], to: Mapping[str, str], pairs: pd.MultiIndex
) -> pd.DataFrame:
    """People, packages and hours of each pair of bands, in the order of the pairs; NaN where withheld.

    Args:
        demand: As an audience may see it.
        was: Band by area before.
        to: Band by area after, or any label that ends in it.
        pairs: Those that some area is in.
    """
    table = demand.totals(["band", "zone"], bands=was, zones=to).set_index(["band", "zone"])
    out = table[["people", "packages", "hours_per_week"]].astype("float64").reindex(pairs)
    out[~pairs.isin(table.index)] = 0.0  # a pair without packages holds nobody, whatever else its bands are in
    return out


def put_pounds(
    items: list[dict[str, Any]],
    before: Demand,
    after: Demand,
    rates: RatesPaid,
    was: Mapping[str, str],
    to: Mapping[str, str],
    pairs: pd.MultiIndex,
    to_bands: Sequence[str] | None = None,
) -> None:
    """Put ``pounds_per_year`` on each row of a shift, as text: what it costs more, all parts together.

    None where the hours of a part are withheld, or no card prices hours that there are. Without rates nothing is put.

    Args:
        items: The rows, one a pair, in the order of the pairs.
        before: The demand of the one side.
        after: Of the other.
        rates: What is paid.
        was: Band by area before.
        to: Band by area after, or any label that ends in it.
        pairs: As ``demand_of_pairs`` takes them.
        to_bands: The band of each pair's second label, where that is more than the band.
    """
    from_bands = list(pairs.get_level_values(0))
    bands = from_bands, list(pairs.get_level_values(1) if to_bands is None else to_bands)
    columns = [
        _pounds(
            part,
            *bands,
            *(demand_of_pairs(part.of(side), was, to, pairs)["hours_per_week"] for side in (before, after)),
        )
        for part in rates.parts
    ]
    for item, each in zip(items, zip(*columns, strict=True), strict=bool(columns)):
        item["pounds_per_year"] = None if None in each else str(sum(each, Decimal(0)))


def _pounds(
    part: PaidPart, was: list[str], to: list[str], before: pd.Series[Any], after: pd.Series[Any]
) -> list[Decimal | None]:
    if _prices_every_band(part):
        return pounds_of_shift(was, to, before, after, part.pounds_per_hour)
    return [Decimal(0) if hours == more == 0 else None for hours, more in zip(before, after, strict=True)]


def _prices_every_band(part: PaidPart) -> bool:
    return set(band_names()) <= set(part.pounds_per_hour)
