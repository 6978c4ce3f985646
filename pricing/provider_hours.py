"""What an hour costs as a provider's hours in a zone grow: fixed costs are spread over more of them.

A branch, its manager and its office cost the same whatever the hours; pay and travel do not. So an hour's price falls
as the hours of one provider grow, and rises as a zone's hours are shared among more: ``price(h) = variable + F / h``
for each provider, with the return and shares of the price as the build-up has them. Travel is held as it is: what
density does to travel is for the plan of rounds to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import Field

from pricing.assumptions import Assumptions, Business, BusinessLine
from pricing.errors import InputProblem, PricingInputError
from pricing.inverse import return_supported
from pricing.parsing import parse
from pricing.quantities import Exact, Strict
from pricing.rate import price
from pricing.rounding import exact_arithmetic, to_line_places

Mix = Sequence[tuple[Assumptions, Decimal]]
"""The build-up of each band of a zone, with its hours."""
FIXED_LINE = "Fixed costs of a provider in the zone"


class HoursPoint(Strict):
    """The price at some hours of one provider."""

    hours_per_year: Exact
    pounds_per_hour: Exact
    fixed_pounds_per_hour: Exact = Field(description="The part that pays fixed costs, before the return on it.")


class ProvidersPoint(Strict):
    """What a number of providers in the zone means.

    Attributes:
        sustainable_pounds_per_hour: the price at which each covers its costs and return, sharing the hours alike.
        over_now_pounds_per_hour: against the number there is now.
        pounds_per_year: what the zone costs at that price.
        shared_pounds_per_hour: what is paid where the saving or the cost against now is shared, the council's share
            being the gain share.
        breaks_even: whether the hours of each cover its costs at the price paid now.
    """

    providers: int
    hours_per_year_each: Exact
    sustainable_pounds_per_hour: Exact
    over_now_pounds_per_hour: Exact
    pounds_per_year: Exact
    shared_pounds_per_hour: Exact
    council_saves_pounds_per_year: Exact
    breaks_even: bool


class ProviderHours(Strict):
    """The price of a zone as a function of a provider's hours."""

    hours_per_year: Exact
    providers_now: int
    fixed_pounds_per_year: Exact
    paid_pounds_per_hour: Exact
    gain_share: Exact
    break_even_hours_per_year: Exact | None = Field(
        description="Of one provider at the price paid now; null where each hour loses money whatever the hours."
    )
    by_providers: tuple[ProvidersPoint, ...]
    curve: tuple[HoursPoint, ...]
    held: str


@dataclass(frozen=True, slots=True)
class FixedCosts:
    """What does not move with the hours: pounds a year of one provider, or a share of the business figure."""

    pounds_per_year: Decimal | None = None
    share_of_business: Decimal | None = None


def with_fixed_costs(
    assumptions: Assumptions, fixed: FixedCosts, hours_per_year: Decimal
) -> tuple[Assumptions, Decimal]:
    """The same price at some hours, its business figure parted into what is fixed and what moves with the hours.

    Args:
        assumptions: with ``business.pounds_per_contact_hour``, or with lines in pounds a year, which are fixed already.
        fixed: how much is fixed.
        hours_per_year: of one provider, at which the price holds as it is.

    Returns:
        The assumptions, and the fixed pounds a year.

    Raises:
        PricingInputError: nothing is fixed, or more than the business figure pays for.
    """
    business = assumptions.business
    yearly = sum((line.pounds_per_year or Decimal(0) for line in business.lines), Decimal(0))
    figure = business.pounds_per_contact_hour or Decimal(0)
    with exact_arithmetic():
        if fixed.pounds_per_year is None and fixed.share_of_business is None and yearly:
            moved = business.model_copy(update={"contact_hours_per_year": hours_per_year})
            return assumptions.model_copy(update={"business": moved}), yearly
        if fixed.pounds_per_year is not None:
            pounds = fixed.pounds_per_year
        else:
            share = Decimal(0) if fixed.share_of_business is None else fixed.share_of_business
            pounds = to_line_places(figure * share) * hours_per_year
        rest = figure - pounds / hours_per_year
    if pounds <= 0 or rest < 0:
        expected = f"more than 0, at most £{figure * hours_per_year:.2f}, which the business figure pays for"
        raise PricingInputError([InputProblem("fixed_pounds_per_year", pounds, expected)])
    named = {"name": FIXED_LINE, "annex_a": "Other overheads"}
    line = parse(BusinessLine, {**named, "pounds_per_year": pounds})
    changes = {
        "pounds_per_contact_hour": to_line_places(rest),
        "lines": (*business.lines, line),
        "contact_hours_per_year": hours_per_year,
    }
    parted = parse(Business, {**business.model_dump(exclude_none=True), **changes})
    return assumptions.model_copy(update={"business": parted}), pounds


def at_hours(mix: Mix, hours_per_year: Decimal) -> Decimal:
    """Pounds an hour, over a mix of bands, when one provider delivers some hours a year; see ``with_fixed_costs``."""
    return _mean(mix, lambda band: price(_spread(band, hours_per_year)).unrounded)


def _spread(assumptions: Assumptions, hours_per_year: Decimal) -> Assumptions:
    business = assumptions.business.model_copy(update={"contact_hours_per_year": hours_per_year})
    return assumptions.model_copy(update={"business": business})


def _mean(mix: Mix, figure: Callable[[Assumptions], Decimal]) -> Decimal:
    whole = sum((weight for _, weight in mix), Decimal(0))
    return sum((figure(band) * weight for band, weight in mix), Decimal(0)) / whole


def provider_hours(
    mix: Mix,
    *,
    hours_per_year: Decimal,
    providers_now: int,
    fixed: FixedCosts,
    paid_pounds_per_hour: Decimal | None = None,
    providers: Sequence[int] = (1, 2, 3, 4),
    curve: Sequence[Decimal] = (),
    gain_share: Decimal = Decimal("0.5"),
) -> ProviderHours:
    """Price a zone's hours by the number of providers that share them.

    Args:
        mix: the build-up of each band with its hours or share of them; their price holds for the providers there are.
        hours_per_year: of the zone.
        providers_now: who share them.
        fixed: what of a provider's cost is fixed.
        paid_pounds_per_hour: the mean price paid now; the built-up price where not given.
        providers: the numbers asked about; the number there is now is priced beside them.
        curve: hours a year of one provider to price; from a quarter of a provider's hours now to the whole zone where
            none are given.
        gain_share: the council's part of what is gained or lost against now.

    Raises:
        PricingInputError: numbers out of range; names the field.
    """
    _check(hours_per_year, providers_now, providers, gain_share, mix)
    with exact_arithmetic():
        each_now = hours_per_year / providers_now
        split = [(with_fixed_costs(band, fixed, each_now), weight) for band, weight in mix]
        parted, pounds = [(both[0], weight) for both, weight in split], split[0][0][1]
        now = at_hours(parted, each_now)
        paid = now if paid_pounds_per_hour is None else paid_pounds_per_hour
        needed = _break_even(parted, paid, pounds, each_now)
        points = tuple(
            _providers(parted, n, hours_per_year, now, paid, gain_share, needed)
            for n in sorted({*providers, providers_now})
        )
        hours = list(curve) or _usual_curve(each_now, hours_per_year)
        return ProviderHours(
            hours_per_year=hours_per_year,
            providers_now=providers_now,
            fixed_pounds_per_year=to_line_places(pounds),
            paid_pounds_per_hour=to_line_places(paid),
            gain_share=gain_share,
            break_even_hours_per_year=needed,
            by_providers=points,
            curve=tuple(
                HoursPoint(
                    hours_per_year=to_line_places(amount),
                    pounds_per_hour=to_line_places(at_hours(parted, amount)),
                    fixed_pounds_per_hour=to_line_places(pounds / amount),
                )
                for amount in hours
            ),
            held="travel, pay and all that is not fixed are held as they are, whatever the hours",
        )


def _providers(
    parted: Mix,
    n: int,
    hours: Decimal,
    now: Decimal,
    paid: Decimal,
    gain_share: Decimal,
    needed: Decimal | None,
) -> ProvidersPoint:
    each = hours / n
    sustainable = at_hours(parted, each)
    shared = paid + gain_share * (sustainable - now)
    return ProvidersPoint(
        providers=n,
        hours_per_year_each=to_line_places(each),
        sustainable_pounds_per_hour=to_line_places(sustainable),
        over_now_pounds_per_hour=to_line_places(sustainable - now),
        pounds_per_year=to_line_places(sustainable * hours),
        shared_pounds_per_hour=to_line_places(shared),
        council_saves_pounds_per_year=to_line_places((paid - shared) * hours),
        breaks_even=needed is not None and each >= needed,
    )


def _break_even(parted: Mix, paid: Decimal, fixed: Decimal, each_now: Decimal) -> Decimal | None:
    """Hours a year at which the price paid covers every cost, return left aside; None where it never does."""
    left = _mean(parted, lambda band: return_supported(_spread(band, each_now), paid).pounds_per_contact_hour)
    contribution = left + fixed / each_now
    return to_line_places(fixed / contribution) if contribution > 0 else None


def _usual_curve(each_now: Decimal, whole: Decimal) -> list[Decimal]:
    steps = 12
    low = min(each_now / 4, whole / 8)
    return [low + (whole - low) * at / steps for at in range(steps + 1)]


def _check(hours: Decimal, now: int, providers: Sequence[int], gain_share: Decimal, mix: Mix) -> None:
    problems = []
    if not any(weight > 0 for _, weight in mix):
        problems.append(InputProblem("hours_per_week", [weight for _, weight in mix], "hours in some band"))
    if hours <= 0:
        problems.append(InputProblem("hours_per_year", hours, "more than 0"))
    if now < 1:
        problems.append(InputProblem("providers_now", now, "at least 1"))
    problems += [InputProblem(f"providers.{at}", n, "at least 1") for at, n in enumerate(providers) if n < 1]
    if not 0 <= gain_share <= 1:
        problems.append(InputProblem("gain_share", gain_share, "at least 0, at most 1"))
    if problems:
        raise PricingInputError(problems)
