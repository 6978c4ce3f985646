"""The Homecare Association's minimum price by year: the yardstick that guards hold a price against."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources

from pricing.parsing import parse
from pricing.quantities import Exact, Strict


class MinimumPrice(Strict):
    """One year's minimum price, and who says so."""

    financial_year: str
    pounds_per_hour: Exact
    wage_pounds_per_hour: Exact
    source: str
    source_date: str


@cache
def minimum_prices() -> dict[str, MinimumPrice]:
    """The prices known, by financial year."""
    text = resources.files("pricing").joinpath("data/minimum_price.toml").read_text(encoding="utf-8")
    given = tomllib.loads(text, parse_float=Decimal)["price"]
    return {price.financial_year: price for price in (parse(MinimumPrice, table) for table in given)}
