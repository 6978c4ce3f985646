"""The price of an hour of home care, line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pricing.assumptions import Assumptions
from pricing.benchmark_gaps import far_warnings
from pricing.catalogue import line_facts
from pricing.compute import compute
from pricing.explain import sentences
from pricing.lines import Line, VisitPrice
from pricing.parsing import parse_assumptions
from pricing.price_warnings import Warned, price_warnings
from pricing.quantities import Exact, Strict
from pricing.rounding import A_PENNY, exact_arithmetic, round_price, to_line_places
from pricing.structure import inputs_of, structure_of
from pricing.visit_lengths import VisitLengthLaw, law_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pricing.assumptions import RoundingRule
    from pricing.structure import Structure


class Rate(Strict):
    """A price and everything that explains it.

    Attributes:
        total: pounds per contact hour, rounded once by the stated rule.
        unrounded: the exact sum of the lines.
        lines: the build-up in Annex A order.
        by_visit_length: prices at the lengths asked for.
        steps: intermediate figures, such as visits per contact hour and paid minutes per contact hour.
        conventions: each choice that was made, named.
        assumptions: the inputs, so that a stored result says what made it.
        warnings: what to know before the price goes out: pay below the floor, mileage unpaid and the like.
    """

    total: Exact
    unrounded: Exact
    lines: tuple[Line, ...]
    by_visit_length: tuple[VisitPrice, ...]
    steps: dict[str, Exact]
    conventions: dict[str, str]
    assumptions: Assumptions
    warnings: tuple[Warned, ...] = ()

    def line(self, key: str) -> Line:
        """Return one line by key.

        Raises:
            KeyError: if the price has no such line; the message lists those it has.
        """
        for line in self.lines:
            if line.key == key:
                return line
        raise KeyError(f"no line {key!r}; there are {', '.join(line.key for line in self.lines)}")

    def subtotal(self, group: str) -> Decimal:
        """Sum the lines of a group: ``careworker``, ``business`` or ``return``. Pounds per contact hour."""
        return sum((line.pounds_per_contact_hour for line in self.lines if line.group == group), Decimal(0))

    def explain(self) -> str:
        """The price as readable sentences, one a line, ending in the total."""
        return sentences(self)


def price(assumptions: Assumptions | Mapping[str, Any]) -> Rate:
    """Price an hour of home care.

    Args:
        assumptions: the inputs, or a mapping in the shape of their JSON.

    Returns:
        The price with its lines, which sum exactly to ``unrounded``.

    Raises:
        PricingInputError: if a mapping does not fit, with every field that is wrong.
    """
    return priced(assumptions if isinstance(assumptions, Assumptions) else parse_assumptions(assumptions))


def priced(given: Assumptions, *, far_above_too: bool = True) -> Rate:
    """Price an hour; ``far_above_too`` is whether a price far above the benchmark is warned of."""
    structure, inputs = structure_of(given), inputs_of(given)
    with exact_arithmetic():
        computed = compute(structure, inputs)
        lines = _lines(structure, inputs, computed)
        unrounded = sum((line.pounds_per_contact_hour for line in lines), Decimal(0))
        keys = {line.key for line in lines}
        total = round_price(unrounded, given.round_to_pence, given.rounding)
        far = far_warnings(total, given.financial_year, above_too=far_above_too)
        # Every value is made here and of its own type, so nothing is checked again.
        return Rate.model_construct(
            total=total,
            unrounded=unrounded,
            lines=lines,
            by_visit_length=_by_visit_length(given, structure, inputs, computed["price"]),
            steps={name: to_line_places(value) for name, value in computed.items() if name not in keys},
            conventions=_conventions(given),
            assumptions=given,
            warnings=(*price_warnings(given), *far),
        )


def _lines(structure: Structure, inputs: Mapping[str, Decimal], computed: Mapping[str, Decimal]) -> tuple[Line, ...]:
    return tuple(
        Line(
            name=facts.label,
            pounds_per_contact_hour=to_line_places(computed[facts.key]),
            key=facts.key,
            annex_a=facts.annex_a,
            group=facts.group,
            formula=facts.formula,
            inputs={name: inputs[name] if name in inputs else to_line_places(computed[name]) for name in facts.inputs},
            source=facts.source,
        )
        for facts in line_facts(structure)
    )


# A client's visits are made by one carer or by two: the ends of the share of double-handed visits.
_BY_ONE, _BY_TWO = ({"double_handed.share_of_visits": Decimal(carers - 1)} for carers in (1, 2))


def _by_visit_length(
    given: Assumptions, structure: Structure, inputs: dict[str, Decimal], blended: Decimal
) -> tuple[VisitPrice, ...]:
    if structure.double_handed:
        alone, together = law_of(structure, inputs | _BY_ONE), law_of(structure, inputs | _BY_TWO)
    else:
        alone = together = law_of(structure, inputs, blended)
    return tuple(_visit_price(minutes, alone, together, given.rounding) for minutes in given.visit_lengths_minutes)


def _visit_price(minutes: Decimal, alone: VisitLengthLaw, together: VisitLengthLaw, rule: RoundingRule) -> VisitPrice:
    per_hour, per_visit = alone.price_per_hour(minutes), alone.price_per_visit(minutes)
    return VisitPrice(
        minutes=minutes,
        pounds_per_hour=to_line_places(per_hour),
        pounds_per_visit=to_line_places(per_visit),
        rounded_pounds_per_hour=round_price(per_hour, A_PENNY, rule),
        rounded_pounds_per_visit=round_price(per_visit, A_PENNY, rule),
        double_handed_pounds_per_visit=to_line_places(2 * together.price_per_visit(minutes)),
    )


def _conventions(given: Assumptions) -> dict[str, str]:
    surplus, business = given.return_on_operations, given.business
    overheads = []
    if business.pounds_per_contact_hour is not None or any(line.share_of_price is None for line in business.lines):
        overheads.append("pounds_per_contact_hour")
    if business.share_of_price is not None or any(line.share_of_price is not None for line in business.lines):
        overheads.append("share_of_price")
    return {
        "on_costs": given.on_costs.method,
        "on_cost_base": given.on_costs.base,
        "return": surplus.method,
        "business": " and ".join(overheads),
        "rounding": f"{given.rounding} {given.round_to_pence.normalize():f}p",
        "line_precision": "each line held to 0.00000001 pounds; the price is the exact sum of its lines, rounded once",
    }
