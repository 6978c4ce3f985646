"""Inverse questions: what a given price supports, and what price a given aim needs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.compute import compute
from pricing.errors import InputProblem, NoSolutionError, PricingInputError
from pricing.paths import bounds_of, with_input
from pricing.rate import Rate, price
from pricing.rounding import exact_arithmetic, to_line_places
from pricing.structure import inputs_of, structure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pricing.assumptions import Assumptions
    from pricing.structure import Structure

WAGE = "wage_pounds_per_hour"
TRAVEL_MINUTES = "travel.minutes_per_visit"
OVERHEAD = "business.pounds_per_contact_hour"

# a hundredth of the precision a line is held to
_CLOSE_ENOUGH = Decimal("1e-10")
_FINER = Decimal("1e-12")
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Solution:
    """The value of one input at which the price is the one asked for.

    Attributes:
        field: path of the input.
        value: its value, in the unit its name states.
        rate: the price at that value, to check it by.
    """

    field: str
    value: Decimal
    rate: Rate


@dataclass(frozen=True, slots=True)
class SupportedReturn:
    """What a price leaves once every cost is met; a loss is negative. Both conventions, so that neither is mistaken."""

    pounds_per_contact_hour: Decimal
    share_on_cost: Decimal
    share_of_price: Decimal


def solve(
    assumptions: Assumptions, field: str, pounds_per_hour: Decimal, *, at_visit_minutes: Decimal | None = None
) -> Solution:
    """Find the value of one input at which the unrounded price is a given one.

    Args:
        assumptions: everything else.
        field: path of the input to find, such as ``wage_pounds_per_hour``, ``travel.minutes_per_visit``,
            ``return.share`` or ``business.pounds_per_contact_hour``.
        pounds_per_hour: the price asked for.
        at_visit_minutes: the length of visit the price is for; the mean visit where it is not given.

    Raises:
        PricingInputError: if the assumptions have no number at that path.
        NoSolutionError: if no value in the field's range gives the price; says which prices the range gives.
    """
    low, high = bounds_of(assumptions, field)
    asked_at = (
        assumptions if at_visit_minutes is None else with_input(assumptions, "mean_visit_minutes", at_visit_minutes)
    )
    structure, inputs = structure_of(asked_at), inputs_of(asked_at)
    with exact_arithmetic():
        high = _highest_that_prices(structure, field, high, inputs)

        def above(value: Decimal) -> Decimal:
            return compute(structure, {**inputs, field: value})["price"] - pounds_per_hour

        value = _root(above, low, high, field, pounds_per_hour).quantize(_FINER)
    return Solution(field, value, price(with_input(asked_at, field, value)))


def _highest_that_prices(structure: Structure, field: str, high: Decimal, inputs: Mapping[str, Decimal]) -> Decimal:
    """Keep the shares of the price together below all of it, or no price would be high enough."""
    overheads = {choice.path: inputs[choice.path] for choice in structure.business if choice.kind == "share_of_price"}
    others = sum((share for path, share in overheads.items() if path != field), Decimal(0))
    surplus = inputs.get("return.share", Decimal(0))
    if field == "return.share" and structure.return_method == "share_of_price":
        room = 1 - others
    elif field == "return.share" and others:
        room = 1 / others - 1
    elif field in overheads:
        room = {"on_cost": 1 / (1 + surplus), "share_of_price": 1 - surplus}.get(
            structure.return_method, Decimal(1)
        ) - others
    else:
        return high
    return min(high, room - Decimal("0.0001"))


def _root(above: Callable[[Decimal], Decimal], low: Decimal, high: Decimal, field: str, target: Decimal) -> Decimal:
    """Regula falsi with the Illinois step: exact at once where the price is a straight line, safe where it bends."""
    at_low, at_high = above(low), above(high)
    if at_low * at_high > 0:
        ends = sorted((at_low + target, at_high + target))
        raise NoSolutionError(
            f"{field}: no value from {low} to {high} gives a price of {target}; that range gives "
            f"{ends[0]:.2f} to {ends[1]:.2f} pounds an hour"
        )
    side = 0
    for _ in range(_STEPS):
        if at_low == at_high:
            return low
        guess = (low * at_high - high * at_low) / (at_high - at_low)
        found = above(guess)
        if abs(found) <= _CLOSE_ENOUGH:
            return guess
        if (found > 0) == (at_high > 0):
            high, at_high = guess, found
            at_low = at_low / 2 if side == 1 else at_low
            side = 1
        else:
            low, at_low = guess, found
            at_high = at_high / 2 if side == -1 else at_high
            side = -1
    return (low + high) / 2


def return_supported(assumptions: Assumptions, pounds_per_hour: Decimal) -> SupportedReturn:
    """What a price leaves as return; the return in the assumptions is left aside.

    Raises:
        PricingInputError: if the price is not more than zero.
    """
    if pounds_per_hour <= 0:
        raise PricingInputError([InputProblem("pounds_per_hour", pounds_per_hour, "more than 0")])
    structure, inputs = structure_of(assumptions), inputs_of(assumptions)
    with exact_arithmetic():
        shares = [inputs[choice.path] for choice in structure.business if choice.kind == "share_of_price"]
        fixed = compute(structure, inputs)["cost_before_shares_of_price"]
        cost = fixed + pounds_per_hour * sum(shares, Decimal(0))
        left = pounds_per_hour - cost
        return SupportedReturn(
            to_line_places(left), to_line_places(left / cost), to_line_places(left / pounds_per_hour)
        )


def price_for_share_of_providers(
    providers: Sequence[Assumptions], share: Decimal, *, hours: Sequence[Decimal] | None = None
) -> Decimal:
    """The lowest price at which a share of providers reach the return each states in its assumptions.

    Args:
        providers: one set of assumptions each; set the target return there.
        share: 0.5 asks for half of them.
        hours: care hours of each, to weigh them by; otherwise each counts once.

    Returns:
        Pounds per contact hour: the unrounded price of the provider with which the share is reached.
    """
    weights = [Decimal(1)] * len(providers) if hours is None else list(hours)
    if not providers or len(weights) != len(providers):
        raise PricingInputError(
            [InputProblem("providers", len(providers), f"at least one, and as many as hours ({len(weights)})")]
        )
    if not 0 < share <= 1:
        raise PricingInputError([InputProblem("share", share, "more than 0, at most 1")])
    needed = sorted((price(provider).unrounded, weight) for provider, weight in zip(providers, weights, strict=True))
    goal, reached = share * sum(weights, Decimal(0)), Decimal(0)
    for pounds, weight in needed:
        reached += weight
        if reached >= goal:
            return pounds
    return needed[-1][0]


def break_even_hours_per_year(
    assumptions: Assumptions, pounds_per_hour: Decimal, fixed_pounds_per_year: Decimal | None = None
) -> Decimal:
    """Contact hours a year at which a price covers its costs, return left aside.

    Args:
        assumptions: business lines in ``pounds_per_year`` are fixed; every other cost moves with the hours.
        pounds_per_hour: the price paid.
        fixed_pounds_per_year: instead of the fixed lines; the business figure per contact hour is then left out,
            because the fixed sum stands for it.

    Raises:
        NoSolutionError: if each hour loses money, so that no number of hours breaks even.
        PricingInputError: if nothing is fixed.
    """
    structure, inputs = structure_of(assumptions), inputs_of(assumptions)
    yearly = [choice.path for choice in structure.business if choice.kind == "pounds_per_year"]
    variable = {**inputs, **dict.fromkeys(yearly, Decimal(0))}
    fixed = sum((inputs[path] for path in yearly), Decimal(0))
    if fixed_pounds_per_year is not None:
        fixed = fixed_pounds_per_year
        variable |= {OVERHEAD: Decimal(0)} if OVERHEAD in inputs else {}
    if fixed <= 0:
        raise PricingInputError(
            [InputProblem("fixed_pounds_per_year", fixed, "more than 0, or business lines in pounds_per_year")]
        )
    with exact_arithmetic():
        shares = sum(
            (inputs[choice.path] for choice in structure.business if choice.kind == "share_of_price"), Decimal(0)
        )
        cost = compute(structure, variable)["cost_before_shares_of_price"]
        contribution = pounds_per_hour * (1 - shares) - cost
        if contribution <= 0:
            raise NoSolutionError(
                f"each hour at {pounds_per_hour} pounds loses {-contribution:.2f} before fixed costs: never breaks even"
            )
        return to_line_places(fixed / contribution)
