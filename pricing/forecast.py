"""A forecast of the rate: the contract's own uplift, carried on under stated outlooks of wages and prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from pricing.build_up_uplift import uplift_build_up
from pricing.contract_index import IndexBook
from pricing.contract_uplift import UpliftedYear, UpliftRule, uplift_rates
from pricing.outlooks import Outlook, OutlookFigure, figures_used, with_outlook
from pricing.quantities import Strict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from pricing.bands import BandedAssumptions
    from pricing.statutory import Statutory
    from pricing.years import YearTerms


class ForecastPath(Strict):
    """The rate under one outlook."""

    outlook: str
    years: tuple[UpliftedYear, ...]
    rests_on: tuple[OutlookFigure, ...] = Field(description="Every figure of the outlook that was used, and its basis.")


def forecast_rates(
    pounds_per_hour: Mapping[str, Decimal],
    years: Sequence[str],
    rule: UpliftRule,
    outlooks: Sequence[Outlook],
    statutory: Statutory,
) -> list[ForecastPath]:
    """Rates as they are paid, under each outlook; see ``uplift_rates``."""
    return [
        ForecastPath(
            outlook=outlook.name,
            years=uplift_rates(pounds_per_hour, years, rule, IndexBook(with_outlook(statutory, outlook), outlook)),
            rests_on=tuple(figures_used(outlook, list(years), statutory)),
        )
        for outlook in outlooks
    ]


def forecast_build_up(
    banded: BandedAssumptions,
    years: Sequence[str],
    rule: UpliftRule,
    outlooks: Sequence[Outlook],
    statutory: Statutory,
    terms: YearTerms,
) -> list[ForecastPath]:
    """The build-up of every band, under each outlook; see ``uplift_build_up``."""
    return [
        ForecastPath(
            outlook=outlook.name,
            years=uplift_build_up(
                banded, years, rule, IndexBook(with_outlook(statutory, outlook), outlook), terms
            ).years,
            rests_on=tuple(figures_used(outlook, list(years), statutory)),
        )
        for outlook in outlooks
    ]
