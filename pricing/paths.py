"""Inputs by the path of their field, as in ``travel.minutes_per_visit``: what exists, its range, and how to change it.

The members of a list are reached by name: ``business.lines.Rent``, ``enhancements.Weekend.pay_multiplier``. An
on-cost or a business line stands for its one number, whichever unit it was given in.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pricing.assumptions import Assumptions, BusinessLine, OnCost
from pricing.errors import InputProblem, PricingInputError
from pricing.parsing import constraints, parse_assumptions
from pricing.structure import inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def input_paths(assumptions: Assumptions) -> tuple[str, ...]:
    """Every path that a set of assumptions has a number for."""
    return tuple(inputs_of(assumptions))


def check_paths(assumptions: Assumptions, paths: Iterable[str]) -> None:
    """Refuse paths that the assumptions have no number for.

    Raises:
        PricingInputError: naming each such path and the paths there are.
    """
    known = input_paths(assumptions)
    unknown = [path for path in paths if path not in known]
    if unknown:
        expected = f"one of {', '.join(known)}"
        raise PricingInputError([InputProblem(path, path, expected) for path in unknown])


def bounds_of(assumptions: Assumptions, path: str) -> tuple[Decimal, Decimal]:
    """The range of the field at a path: lowest and highest value. A bound that is excluded is approached to 1e-6.

    Raises:
        PricingInputError: if there is no such path.
    """
    check_paths(assumptions, [path])
    edge = Decimal("0.000001")
    low, high = Decimal(0), Decimal("1e9")
    for sign, bound in constraints(Assumptions, _keys(assumptions, path)):
        exact = Decimal(str(bound))
        if sign in {"ge", "gt"}:
            low = exact if sign == "ge" else exact + edge
        else:
            high = exact if sign == "le" else exact - edge
    return low, high


def is_share(assumptions: Assumptions, path: str) -> bool:
    """Whether the number at a path is a share, which people read as a percentage."""
    return "share" in str(_keys(assumptions, path)[-1])


def is_money(assumptions: Assumptions, path: str) -> bool:
    """Whether the number at a path is in pounds."""
    return "pounds" in str(_keys(assumptions, path)[-1])


def with_input(assumptions: Assumptions, path: str, value: Decimal) -> Assumptions:
    """The same assumptions with one number changed.

    Raises:
        PricingInputError: if there is no such path, or the value is outside its range.
    """
    check_paths(assumptions, [path])
    given = assumptions.model_dump(by_alias=True, exclude_none=True)
    place: Any = given
    *parents, last = _keys(assumptions, path)
    for key in parents:
        place = place[key]
    place[last] = value
    return parse_assumptions(given)


def _keys(assumptions: Assumptions, path: str) -> tuple[str | int, ...]:
    """The keys and positions that lead to the number in the assumptions' own JSON."""
    head, _, rest = path.partition(".")
    if head == "on_costs":
        return ("on_costs", rest, _unit(getattr(assumptions.on_costs, rest)))
    if path.startswith("business.lines."):
        name = path.removeprefix("business.lines.")
        position, line = next((i, line) for i, line in enumerate(assumptions.business.lines) if line.name == name)
        return ("business", "lines", position, _unit(line))
    if head == "enhancements":
        name, _, field = rest.rpartition(".")
        names = [enhancement.name for enhancement in assumptions.enhancements]
        return ("enhancements", names.index(name), field)
    return tuple(path.split("."))


def _unit(item: OnCost | BusinessLine) -> str:
    fields = ("share", "pounds_per_contact_hour", "pounds_per_year", "share_of_price")
    return next(field for field in fields if getattr(item, field, None) is not None)
