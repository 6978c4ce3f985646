"""What shape a build-up has, apart from its numbers.

``Structure`` holds the choices (which convention, which lines, what each percentage is charged on); the numbers go in a
flat mapping from the field's path in the JSON input to its value. Two prices of one structure share their formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pricing.assumptions import ON_COST_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from pricing.assumptions import Assumptions, Business, OnCosts

OnCostKind = Literal["share", "pounds"]
BusinessKind = Literal["pounds_per_contact_hour", "pounds_per_year", "share_of_price"]


@dataclass(frozen=True, slots=True)
class OnCostChoice:
    """How one on-cost is charged. ``of`` is already resolved from the method and base; ``""`` for a fixed sum."""

    name: str
    kind: OnCostKind
    of: str


@dataclass(frozen=True, slots=True)
class BusinessChoice:
    """One business line: the key of the line, its label, the Annex A heading, and what its input means."""

    key: str
    path: str
    label: str
    annex_a: str
    kind: BusinessKind


@dataclass(frozen=True, slots=True)
class Structure:
    """The choices of a build-up; hashable, so that formulas traced for one are kept."""

    on_cost_method: str
    on_cost_base: str
    on_costs: tuple[OnCostChoice, ...]
    enhancements: tuple[tuple[str, bool], ...]
    own_travel_wage: bool
    double_handed: bool
    business: tuple[BusinessChoice, ...]
    return_method: str


# What a percentage without an ``of`` of its own is charged on. Under the compound method holiday is earned on training
# and other non-contact time too, and NI and pension fall on all of gross pay:
# K = (1 + train + sick + notice + hol (1 + train)) (1 + ni + pen).
_COMPOUND_BASES = {
    "holiday": "base_and_training",
    "employer_ni": "gross_on_base",
    "pension": "gross_on_base",
    "apprenticeship_levy": "gross_on_base",
}


def structure_of(assumptions: Assumptions) -> Structure:
    """Read the choices off a set of assumptions."""
    surplus = assumptions.return_on_operations
    return Structure(
        on_cost_method=assumptions.on_costs.method,
        on_cost_base=assumptions.on_costs.base,
        on_costs=_on_cost_choices(assumptions.on_costs),
        enhancements=tuple(
            (enhancement.name, enhancement.applies_to_travel) for enhancement in assumptions.enhancements
        ),
        own_travel_wage=assumptions.travel_wage_pounds_per_hour is not None,
        double_handed=assumptions.double_handed is not None,
        business=tuple(_business_choices(assumptions.business)),
        return_method=surplus.method,
    )


LEVY = "apprenticeship_levy"


def _has_levy(on_costs: OnCosts) -> bool:
    """Few providers pay it, so it is a line only where it is given."""
    return bool(on_costs.apprenticeship_levy.share or on_costs.apprenticeship_levy.pounds_per_contact_hour)


def _on_cost_choices(on_costs: OnCosts) -> tuple[OnCostChoice, ...]:
    defaults = _COMPOUND_BASES if on_costs.method == "compound" else {}
    choices = []
    for name in ON_COST_NAMES:
        rule = getattr(on_costs, name)
        if name == LEVY and not _has_levy(on_costs):
            continue
        if rule.share is None:
            choices.append(OnCostChoice(name, "pounds", ""))
        else:
            choices.append(OnCostChoice(name, "share", rule.of or defaults.get(name, on_costs.base)))
    return tuple(choices)


def _business_choices(business: Business) -> Iterator[BusinessChoice]:
    other = "Other overheads"
    if business.pounds_per_contact_hour is not None:
        path = "business.pounds_per_contact_hour"
        yield BusinessChoice("business", path, "Business costs", other, "pounds_per_contact_hour")
    if business.share_of_price is not None:
        yield BusinessChoice("business_share", "business.share_of_price", "Business costs", other, "share_of_price")
    for line in business.lines:
        kind: BusinessKind = "pounds_per_year"
        if line.pounds_per_contact_hour is not None:
            kind = "pounds_per_contact_hour"
        elif line.share_of_price is not None:
            kind = "share_of_price"
        annex_a = line.annex_a or line.name
        yield BusinessChoice(f"business.{line.name}", f"business.lines.{line.name}", line.name, annex_a, kind)
    path = "business.cqc_fee_pounds_per_contact_hour"
    yield BusinessChoice("cqc_fee", path, "CQC fees", "CQC fees", "pounds_per_contact_hour")


def inputs_of(assumptions: Assumptions) -> dict[str, Decimal]:
    """Flatten the numbers of a set of assumptions: path of the field in the JSON input to value.

    A business line's value stands under ``business.lines.NAME``, an on-cost's under ``on_costs.NAME``, an enhancement's
    under ``enhancements.NAME.FIELD``, whichever unit the assumptions chose for it.
    """
    travel, on_costs, business = assumptions.travel, assumptions.on_costs, assumptions.business
    values = {
        "wage_pounds_per_hour": assumptions.wage_pounds_per_hour,
        "travel_wage_pounds_per_hour": assumptions.travel_wage_pounds_per_hour,
        "mean_visit_minutes": assumptions.mean_visit_minutes,
        "travel.minutes_per_visit": travel.minutes_per_visit,
        "travel.waiting_minutes_per_visit": travel.waiting_minutes_per_visit,
        "travel.miles_per_visit": travel.miles_per_visit,
        "travel.pence_per_mile": travel.pence_per_mile,
        "ppe.pounds_per_visit": assumptions.ppe.pounds_per_visit,
        "ppe.pounds_per_contact_hour": assumptions.ppe.pounds_per_contact_hour,
        "other_careworker.pounds_per_visit": assumptions.other_careworker.pounds_per_visit,
        "other_careworker.pounds_per_contact_hour": assumptions.other_careworker.pounds_per_contact_hour,
        "business.pounds_per_contact_hour": business.pounds_per_contact_hour,
        "business.share_of_price": business.share_of_price,
        "business.cqc_fee_pounds_per_contact_hour": business.cqc_fee_pounds_per_contact_hour,
        "business.contact_hours_per_year": business.contact_hours_per_year,
        "return.share": assumptions.return_on_operations.share,
        "return.pounds_per_contact_hour": assumptions.return_on_operations.pounds_per_contact_hour,
    }
    for name in ON_COST_NAMES:
        if name == LEVY and not _has_levy(on_costs):
            continue
        rule = getattr(on_costs, name)
        values[f"on_costs.{name}"] = rule.pounds_per_contact_hour if rule.share is None else rule.share
    for line in business.lines:
        amounts = (line.pounds_per_contact_hour, line.pounds_per_year, line.share_of_price)
        values[f"business.lines.{line.name}"] = next(amount for amount in amounts if amount is not None)
    for enhancement in assumptions.enhancements:
        path = f"enhancements.{enhancement.name}"
        values[f"{path}.share_of_contact_hours"] = enhancement.share_of_contact_hours
        values[f"{path}.pay_multiplier"] = enhancement.pay_multiplier
        values[f"{path}.extra_pounds_per_hour"] = enhancement.extra_pounds_per_hour
    if assumptions.double_handed is not None:
        values["double_handed.share_of_visits"] = assumptions.double_handed.share_of_visits
        values["double_handed.second_carer_miles_share"] = assumptions.double_handed.second_carer_miles_share
    return {path: value for path, value in values.items() if value is not None}
