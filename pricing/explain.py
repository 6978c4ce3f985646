"""The price in words: readable sentences and a table, with the formula, the inputs and the source of every line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pricing.rounding import to_pennies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from pricing.assumptions import Assumptions
    from pricing.lines import Line, VisitPrice


class Priced(Protocol):
    """A price with its lines, as `pricing.Rate` is."""

    @property
    def total(self) -> Decimal:
        """The price, rounded once."""

    @property
    def unrounded(self) -> Decimal:
        """The exact sum of the lines."""

    @property
    def assumptions(self) -> Assumptions:
        """The inputs."""

    @property
    def lines(self) -> Sequence[Line]:
        """The build-up."""

    @property
    def by_visit_length(self) -> Sequence[VisitPrice]:
        """The price at the lengths asked for."""

    @property
    def conventions(self) -> Mapping[str, str]:
        """Each choice that was made, named."""

    def subtotal(self, group: str) -> Decimal:
        """The sum of the lines of a group, in pounds per contact hour."""


def pounds(value: Decimal) -> str:
    """Money as people read it, to the penny: ``£18.75``."""
    return f"£{to_pennies(value):,}"


def plain(value: Decimal) -> str:
    """A number without trailing zeros: ``0.0531``, ``40``."""
    return f"{value.normalize():f}"


def sentences(rate: Priced) -> str:
    """One sentence a line, then the sum and the rounding."""
    conventions = rate.conventions
    label = f" for {rate.assumptions.label}" if rate.assumptions.label else ""
    said = [
        f"The price{label} is {pounds(rate.total)} for an hour of contact time.",
    ]
    base, surplus = conventions["on_cost_base"].replace("_", " "), _RETURN[conventions["return"]]
    said.append(f"On-costs are {conventions['on_costs']}, charged on {base} pay; the return is {surplus}.")
    said += [_sentence(line) for line in rate.lines]
    said.append(
        f"Together {pounds(rate.subtotal('careworker'))} careworker costs, {pounds(rate.subtotal('business'))} "
        f"business costs and {pounds(rate.subtotal('return'))} return make £{plain(rate.unrounded)}, rounded "
        f"({conventions['rounding']}) to {pounds(rate.total)}."
    )
    said += [
        f"A visit of {plain(visit.minutes)} minutes costs {pounds(visit.rounded_pounds_per_visit)}, "
        f"which is {pounds(visit.rounded_pounds_per_hour)} an hour."
        for visit in rate.by_visit_length
    ]
    return "\n".join(said)


_RETURN = {
    "on_cost": "a mark-up on cost",
    "share_of_price": "a share of the price",
    "fixed": "a fixed sum per contact hour",
}


def _sentence(line: Line) -> str:
    inputs = ", ".join(f"{name} = {plain(value)}" for name, value in line.inputs.items())
    return (
        f"{line.name} is {pounds(line.pounds_per_contact_hour)}: {line.formula}, where {inputs}. Source: {line.source}."
    )


COLUMNS = ("line", "annex_a", "pounds_per_contact_hour", "share_of_price", "formula", "inputs", "source")


def table(rate: Priced) -> list[dict[str, str]]:
    """The build-up as rows of text under ``COLUMNS``, ending in the unrounded and the rounded price."""
    rows = []
    for line in rate.lines:
        share = line.pounds_per_contact_hour / rate.unrounded if rate.unrounded else rate.unrounded
        rows.append(
            dict(
                zip(
                    COLUMNS,
                    (
                        line.name,
                        line.annex_a,
                        plain(line.pounds_per_contact_hour),
                        f"{share:.4f}",
                        line.formula,
                        "; ".join(f"{name} = {plain(value)}" for name, value in line.inputs.items()),
                        line.source,
                    ),
                    strict=True,
                )
            )
        )
    ends = (
        ("Total, unrounded", rate.unrounded, "sum of the lines"),
        ("Total", rate.total, rate.conventions["rounding"]),
    )
    for name, value, formula in ends:
        rows.append(
            dict.fromkeys(COLUMNS, "") | {"line": name, "pounds_per_contact_hour": plain(value), "formula": formula}
        )
    return rows
