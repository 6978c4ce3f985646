"""What a set of open-book returns says: quartiles by volume, a model provider, and what each return does to the answer.

Quartiles are weighted by contact hours: the median is the lowest value that, with all below it, covers half of the
hours. The model provider is one coherent set of inputs, each the weighted median of what providers gave, priced by the
same build-up as any other price; it is not the sum of medians, which do not add.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from pricing.assumptions import Assumptions
from pricing.errors import InputProblem, PricingInputError
from pricing.quantities import Exact, Strict
from pricing.rate import Rate, price
from pricing.return_checks import outliers
from pricing.returns import BUSINESS_LINES, CAREWORKER_LINES, COST_LINES, LENGTHS_MINUTES, SURPLUS, ProviderReturn
from pricing.rounding import exact_arithmetic, to_line_places

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LEAST_RETURNS = 5
"""Fewer complete returns than these give no statistics: a quartile of four is somebody's own figure."""
QUARTERS = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"))
METHOD = (
    "Quartiles are weighted by contact hours: the lowest value that, with all below it, covers a quarter, half or "
    "three quarters of the hours. Only complete returns count; an empty cell is not nought."
)
_ON_COSTS = ("training", "holiday", "non_contact", "sickness", "notice", "employer_ni", "pension")


class Quartiles(Strict):
    """One line over the returns, weighted by hours. Pounds per contact hour, or as the name of the driver says."""

    name: str
    lower_quartile: Exact
    median: Exact
    upper_quartile: Exact


class Influence(Strict):
    """What the answer would be without one return.

    Attributes:
        number: of the return.
        outlier: whether its total is one by the stated rule.
        median_without: the median total of the others, pounds per contact hour.
        median_change: that less the median of all.
        model_without: the model provider's price of the others.
        model_change: that less the price of all.
    """

    number: int
    outlier: bool
    median_without: Exact
    median_change: Exact
    model_without: Exact
    model_change: Exact


class ReturnStatistics(Strict):
    """What the complete returns of a year say.

    Attributes:
        returns: how many were counted.
        lines: quartiles of each cost line and of the totals.
        drivers: quartiles of pay, travel and the mean visit.
        model: the price of the model provider, line by line and by visit length.
        influence: what each return does to the answer, the greatest first.
        method: how the quartiles were worked out.
    """

    returns: int
    contact_hours_per_year: Exact
    lines: tuple[Quartiles, ...]
    total: Quartiles
    drivers: tuple[Quartiles, ...]
    model: Rate
    influence: tuple[Influence, ...]
    method: str = METHOD


def weighted_quantile(values: Sequence[tuple[Decimal, Decimal]], share: Decimal) -> Decimal:
    """The lowest value that, with all below it, covers a share of the weight.

    Args:
        values: pairs of value and weight; weights above 0.
        share: from 0 to 1.

    Raises:
        PricingInputError: if there are no values.
    """
    if not values:
        raise PricingInputError([InputProblem("values", None, "at least one value")])
    ordered = sorted(values)
    wanted, covered = share * sum(weight for _, weight in ordered), Decimal(0)
    for value, weight in ordered:
        covered += weight
        if covered >= wanted:
            return value
    return ordered[-1][0]


def return_statistics(given: Mapping[int, ProviderReturn]) -> ReturnStatistics:
    """Summarise the returns of one year.

    Args:
        given: complete returns by number.

    Raises:
        PricingInputError: if there are too few, or one is incomplete.
    """
    if len(given) < LEAST_RETURNS:
        raise PricingInputError([InputProblem("returns", len(given), f"at least {LEAST_RETURNS} complete returns")])
    for number, each in given.items():
        if each.total_per_contact_hour() is None:
            raise PricingInputError([InputProblem(f"returns.{number}", ", ".join(each.missing()), "a complete return")])
    with exact_arithmetic():
        every = list(given.values())
        total, model = _total(every), model_provider(every)
        return ReturnStatistics(
            returns=len(given),
            contact_hours_per_year=sum((_hours(each) for each in every), Decimal(0)),
            lines=tuple(_quartiles(key, every, partial(_line, key=key)) for key in COST_LINES),
            total=total,
            drivers=tuple(_quartiles(name, every, of) for name, of in _DRIVERS.items()),
            model=model,
            influence=_influences(given, total, model),
        )


def model_provider(every: Sequence[ProviderReturn]) -> Rate:
    """The price of one coherent provider whose inputs are the weighted medians of what was given.

    On-costs are shares of pay for contact and travel; business is one sum an hour; the return is a share of cost. The
    mean visit is that of all visits together.
    """
    visits = sum((sum(each.visits().values(), Decimal(0)) for each in every), Decimal(0))
    hours = sum((each.hours_of_visits() for each in every), Decimal(0)) / 52
    working = [each for each in every if each.sum_of(("direct_care", "travel_time"))]
    shares = {name: _median(working, partial(_of_pay, name=name)) for name in _ON_COSTS}
    given = {
        "label": f"Model provider of {len(every)} returns",
        "financial_year": every[0].financial_year,
        "wage_pounds_per_hour": _median(every, lambda each: each.wage_pounds_per_hour),
        "on_costs": {"method": "additive", **shares},
        "mean_visit_minutes": to_line_places(hours * 60 / visits) if visits else Decimal(60),
        "travel": {
            "minutes_per_visit": _median(every, lambda each: each.travel_minutes_per_visit),
            "miles_per_visit": _median(every, lambda each: each.miles_per_visit),
            "pence_per_mile": _median(every, lambda each: each.pence_per_mile),
        },
        "ppe": {"pounds_per_contact_hour": _median(every, lambda each: each.per_contact_hour()["ppe"])},
        "business": {"pounds_per_contact_hour": _median(every, _business_per_hour)},
        "return": {"method": "on_cost", "share": max(Decimal(0), _median(every, _return_share))},
        "visit_lengths_minutes": list(LENGTHS_MINUTES),
        "round_to_pence": 1,
    }
    return price(Assumptions.model_validate(given))


def _quartiles(name: str, every: Sequence[ProviderReturn], of: Callable[[ProviderReturn], Decimal | None]) -> Quartiles:
    low, middle, high = (weighted_quantile(_weighted(every, of), share) for share in QUARTERS)
    return Quartiles(name=name, lower_quartile=low, median=middle, upper_quartile=high)


def _median(every: Sequence[ProviderReturn], of: Callable[[ProviderReturn], Decimal | None]) -> Decimal:
    """The weighted median, held to a line's places; 0 where nobody said."""
    values = _weighted(every, of)
    return to_line_places(weighted_quantile(values, QUARTERS[1])) if values else Decimal(0)


def _weighted(
    every: Sequence[ProviderReturn], of: Callable[[ProviderReturn], Decimal | None]
) -> list[tuple[Decimal, Decimal]]:
    return [(value, _hours(each)) for each in every if (value := of(each)) is not None]


def _total(every: Sequence[ProviderReturn]) -> Quartiles:
    return _quartiles("total", every, ProviderReturn.total_per_contact_hour)


def _hours(each: ProviderReturn) -> Decimal:
    return each.contact_hours_per_year or Decimal(0)


def _line(each: ProviderReturn, key: str) -> Decimal | None:
    return each.per_contact_hour()[key]


def _of_pay(each: ProviderReturn, name: str) -> Decimal:
    return each.sum_of((name,)) / each.sum_of(("direct_care", "travel_time"))


def _business_per_hour(each: ProviderReturn) -> Decimal:
    return each.sum_of(BUSINESS_LINES) / _hours(each)


def _return_share(each: ProviderReturn) -> Decimal:
    cost = each.sum_of((*CAREWORKER_LINES, *BUSINESS_LINES))
    return each.sum_of((SURPLUS,)) / cost if cost else Decimal(0)


def _mean_visit(each: ProviderReturn) -> Decimal | None:
    visits = sum(each.visits().values(), Decimal(0)) * 52
    return to_line_places(each.hours_of_visits() * 60 / visits) if visits else None


_DRIVERS: dict[str, Callable[[ProviderReturn], Decimal | None]] = {
    "wage_pounds_per_hour": lambda each: each.wage_pounds_per_hour,
    "travel_minutes_per_visit": lambda each: each.travel_minutes_per_visit,
    "miles_per_visit": lambda each: each.miles_per_visit,
    "pence_per_mile": lambda each: each.pence_per_mile,
    "mean_visit_minutes": _mean_visit,
}


def _influences(given: Mapping[int, ProviderReturn], total: Quartiles, model: Rate) -> tuple[Influence, ...]:
    far = outliers({number: each.total_per_contact_hour() or Decimal(0) for number, each in given.items()})
    found = []
    for number in given:
        others = [each for other, each in given.items() if other != number]
        median, priced = _total(others).median, model_provider(others).unrounded
        found.append(
            Influence(
                number=number,
                outlier=number in far,
                median_without=median,
                median_change=median - total.median,
                model_without=priced,
                model_change=priced - model.unrounded,
            )
        )
    return tuple(sorted(found, key=lambda each: (-abs(each.model_change), each.number)))
