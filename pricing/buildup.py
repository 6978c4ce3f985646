"""The build-up of a price: the one place where its arithmetic stands.

The function is generic: with ``Decimal`` it prices one case exactly, with numpy arrays a whole grid at once, and with
``Formula`` it writes down what it does. Shapes follow Annex A of the 2022 fair cost of care exercise.

Sources of the formulas: travel per contact hour as 60 / mean visit minutes times minutes per visit (Hounslow, Annex B
report, 2022-23); on-costs on contact and travel pay (reproduces Bradford's and Southend's Annex B reports, 2022-23);
the mark-up on cost (LGA and ARCC homecare toolkit, 2022); overheads and surplus as shares of price (UK Homecare
Association, A Minimum Price for Homecare, February 2014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pricing.formula import N, add_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pricing.structure import BusinessChoice, Structure

    Record = Callable[[str, N], N]
    """Takes the name and the value of a step; gives back what the later steps are to use."""

CAREWORKER_LINES = (
    "direct_care",
    "enhanced_pay",
    "travel_time",
    "waiting_time",
    "mileage",
    "ppe",
    "training",
    "holiday",
    "non_contact",
    "sickness",
    "notice",
    "employer_ni",
    "pension",
    "apprenticeship_levy",
    "other_careworker",
)


def line_keys(structure: Structure) -> tuple[str, ...]:
    """The lines that a structure's price is the sum of, in Annex A order."""
    absent = set() if structure.enhancements else {"enhanced_pay"}
    absent |= {"apprenticeship_levy"} - {choice.name for choice in structure.on_costs}
    careworker = tuple(key for key in CAREWORKER_LINES if key not in absent)
    return (*careworker, *(choice.key for choice in structure.business), "return")


def build_up(structure: Structure, inputs: Mapping[str, N], record: Record[N]) -> N:
    """Compute every line of a price and the price itself.

    Args:
        structure: the choices.
        inputs: value by path, as ``inputs_of`` gives them; all of one kind (Decimal, arrays that broadcast, formulas).
        record: called with each step and line, by name, pounds per contact hour unless the name says otherwise.

    Returns:
        The price in pounds per contact hour, not rounded.
    """
    visits = record("visits_per_contact_hour", 60 / inputs["mean_visit_minutes"])
    pay = _pay(structure, inputs, record, visits)
    on_costs = _on_costs(structure, inputs, record, pay)
    miles = record("miles_per_contact_hour", visits * _miles_per_visit(structure, inputs))
    mileage = record("mileage", miles * inputs["travel.pence_per_mile"] / 100)
    ppe = record("ppe", _careworker_cost("ppe", inputs, visits))
    other = record("other_careworker", _careworker_cost("other_careworker", inputs, visits))
    careworker = record("careworker_cost", add_up([pay["contact_and_travel"], on_costs, mileage, ppe, other]))
    return _business_and_return(structure, inputs, record, careworker)


def _pay(structure: Structure, inputs: Mapping[str, N], record: Record[N], visits: N) -> dict[str, N]:
    wage = inputs["wage_pounds_per_hour"]
    contact = record("direct_care", wage)
    travel_rate = inputs["travel_wage_pounds_per_hour"] if structure.own_travel_wage else wage
    if structure.enhancements:
        extras = [_enhancement(name, wage, inputs) for name, _ in structure.enhancements]
        contact = record("contact_pay", contact + record("enhanced_pay", add_up(extras)))
        moving = [_enhancement(name, travel_rate, inputs) for name, on_travel in structure.enhancements if on_travel]
        travel_rate = record("travel_pay_pounds_per_hour", add_up([travel_rate, *moving]))
    minutes = record("travel_minutes_per_contact_hour", visits * inputs["travel.minutes_per_visit"])
    waiting_minutes = record("waiting_minutes_per_contact_hour", visits * inputs["travel.waiting_minutes_per_visit"])
    travel = record("travel_time", travel_rate * minutes / 60)
    waiting = record("waiting_time", travel_rate * waiting_minutes / 60)
    return {"contact": contact, "contact_and_travel": record("contact_and_travel_pay", contact + travel + waiting)}


def _enhancement(name: str, rate: N, inputs: Mapping[str, N]) -> N:
    path = f"enhancements.{name}"
    extra = rate * (inputs[f"{path}.pay_multiplier"] - 1) + inputs[f"{path}.extra_pounds_per_hour"]
    return inputs[f"{path}.share_of_contact_hours"] * extra


def _miles_per_visit(structure: Structure, inputs: Mapping[str, N]) -> N:
    miles = inputs["travel.miles_per_visit"]
    if not structure.double_handed:
        return miles
    # of 1 + p carer visits for a client visit, p are the second carer's, whose repaid miles are a share of the first's
    share = inputs["double_handed.share_of_visits"]
    return miles * (1 + share * inputs["double_handed.second_carer_miles_share"]) / (1 + share)


def _careworker_cost(field: str, inputs: Mapping[str, N], visits: N) -> N:
    return inputs[f"{field}.pounds_per_contact_hour"] + visits * inputs[f"{field}.pounds_per_visit"]


# the pay that a percentage may be charged on: its start and the lines it includes; "base" is the structure's choice
_WITH_TRAINING = ("training", "non_contact")
_GROSS = ("training", "holiday", "non_contact", "sickness", "notice")
_CHARGED_ON = {
    "pay_and_training": ("contact_and_travel", _WITH_TRAINING),
    "gross_pay": ("contact_and_travel", _GROSS),
    "base_and_training": ("base", _WITH_TRAINING),
    "gross_on_base": ("base", _GROSS),
}
# holiday needs training first; NI and pension need everything
_IN_ORDER = (
    "training",
    "non_contact",
    "holiday",
    "sickness",
    "notice",
    "employer_ni",
    "pension",
    "apprenticeship_levy",
)


def _on_costs(structure: Structure, inputs: Mapping[str, N], record: Record[N], pay: dict[str, N]) -> N:
    bases = {**pay, "base": pay[structure.on_cost_base]}
    choices = {choice.name: choice for choice in structure.on_costs}
    lines: dict[str, N] = {}
    for name in (name for name in _IN_ORDER if name in choices):
        choice, line = choices[name], inputs[f"on_costs.{name}"]
        if choice.kind == "share":
            if choice.of not in bases:
                start, included = _CHARGED_ON[choice.of]
                sum_of_pay: N = add_up([bases[start], *(lines[other] for other in included)])
                bases[choice.of] = record(f"{choice.of}_pay" if choice.of != "gross_pay" else "gross_pay", sum_of_pay)
            line = line * bases[choice.of]
        lines[name] = record(name, line)
    return record("on_costs", add_up(lines.values()))


def _business_and_return(structure: Structure, inputs: Mapping[str, N], record: Record[N], careworker: N) -> N:
    fixed = [
        record(choice.key, _fixed_line(choice, inputs))
        for choice in structure.business
        if choice.kind != "share_of_price"
    ]
    cost = record("cost_before_shares_of_price", add_up([careworker, *fixed]))
    shares = [choice for choice in structure.business if choice.kind == "share_of_price"]
    price = record("price", _price(structure, inputs, cost, [inputs[choice.path] for choice in shares]))
    overheads = [record(choice.key, inputs[choice.path] * price) for choice in shares]
    if structure.return_method == "on_cost":
        record("return", inputs["return.share"] * add_up([cost, *overheads]))
    elif structure.return_method == "share_of_price":
        record("return", inputs["return.share"] * price)
    else:
        record("return", inputs["return.pounds_per_contact_hour"])
    return price


def _fixed_line(choice: BusinessChoice, inputs: Mapping[str, N]) -> N:
    if choice.kind == "pounds_per_year":
        return inputs[choice.path] / inputs["business.contact_hours_per_year"]
    return inputs[choice.path]


def _price(structure: Structure, inputs: Mapping[str, N], cost: N, overhead_shares: list[N]) -> N:
    """Solve the price from its own shares: price = cost + overhead share x price + return."""
    if structure.return_method == "fixed":
        cost = cost + inputs["return.pounds_per_contact_hour"]
        return cost / (1 - add_up(overhead_shares)) if overhead_shares else cost
    surplus = inputs["return.share"]
    if structure.return_method == "share_of_price":
        return cost / (1 - add_up([surplus, *overhead_shares]))
    marked_up = cost * (1 + surplus)
    return marked_up / (1 - (1 + surplus) * add_up(overhead_shares)) if overhead_shares else marked_up
