"""Later years, budgets and providers' hours in words and columns, for people at a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
WIDE = 20


def _start(found: Row) -> list[str]:
    start = found["start"]
    year = f", in the money of {start['financial_year']}" if start["financial_year"] else ""
    return [f"From {start['said']}{year}", ""]


def _demand(found: Row) -> list[str]:
    demand = found["demand"]
    if demand is None:
        return []
    hours = sum(demand["hours_per_week"].values())
    of = "hours as given" if demand["snapshot_id"] is None else f"demand snapshot {demand['snapshot_id']}"
    made_up = ", synthetic" if demand["synthetic"] else ""
    return ["", f"Costs are of {hours:,.0f} hours a week over {demand['weeks']:g} weeks: {of}{made_up}."]


def _rates_by_year(start: Mapping[str, float], years: Sequence[Row], costs: Sequence[Row]) -> list[str]:
    said = [f"{'':<{WIDE}}{'now':>10}" + "".join(f"{year['financial_year']:>10}" for year in years)]
    by_year = [{band["band"]: band["pounds_per_hour"] for band in year["bands"]} for year in years]
    for band, pounds in start.items():
        later = "".join(f"{rates[band]:>10.2f}" for rates in by_year)
        said.append(f"{band:<{WIDE}}{pounds:>10.2f}{later}")
    if costs:
        said.append(
            f"{'£ million a year':<{WIDE}}" + "".join(f"{cost['pounds_per_year'] / 1e6:>10.3f}" for cost in costs)
        )
    return said


def uplift_text(found: Row, *, steps: bool) -> str:
    """Rates by year, then every step."""
    said = _start(found) + _rates_by_year(found["start"]["pounds_per_hour"], found["years"], found["costs"])
    said += _demand(found)
    for year in found["years"] if steps else []:
        said += ["", year["financial_year"], *(f"  {step}" for step in year["steps"])]
    return "\n".join(said)


def forecast_text(found: Row) -> str:
    """Rates by year under each outlook, and what each rests on."""
    said = _start(found)
    for outlook in found["outlooks"]:
        path = outlook["path"]
        said += [f"Outlook {path['outlook']}"]
        said += _rates_by_year(found["start"]["pounds_per_hour"], path["years"], outlook["costs"])
        for figure in path["rests_on"]:
            share = "held" if figure["share"] is None else f"{figure['share']:+.1%}"
            said.append(f"  {figure['financial_year']} {figure['name']}: {share} [{figure['kind']}] {figure['basis']}")
        said.append("")
    return "\n".join([*said[:-1], *_demand(found)])


def budget_text(found: Row) -> str:
    """The highest rates inside a budget."""
    answer = found["found"]
    said = _start(found)
    said.append(f"{'':<{WIDE}}{'hours a week':>14}{'now':>9}{'in budget':>11}{'change':>9}{'costs':>9}{'short':>9}")
    for band in answer["bands"]:
        needed = band["sustainable_pounds_per_hour"]
        tail = "" if needed is None else f"{needed:>9.2f}{band['gap_pounds_per_hour']:>9.2f}"
        said.append(
            f"{band['band']:<{WIDE}}{band['hours_per_week']:>14,.1f}{band['before_pounds_per_hour']:>9.2f}"
            f"{band['pounds_per_hour']:>11.2f}{band['change_pounds_per_hour']:>+9.2f}{tail}"
        )
    moved = f"only {answer['free_band']} moves" if answer["free_band"] else f"every rate x {answer['factor']:.6f}"
    spent, budget = f"£{answer['cost_pounds_per_year']:,.2f}", f"£{answer['budget_pounds_per_year']:,.2f}"
    left, today = f"£{answer['left_pounds_per_year']:,.2f}", f"£{answer['before_pounds_per_year']:,.2f}"
    said += ["", f"{moved}: {spent} of a budget of {budget}, {left} left by rounding down; {today} today"]
    return "\n".join(said + _demand(found))


def phase_text(found: Row) -> str:
    """Options side by side."""
    said = _start(found)
    for option in found["options"]:
        n = option["reached_in_years"]
        said.append(f"Sustainable in {n} year{'' if n == 1 else 's'}")
        said.append(f"  {'':<{WIDE}}" + "".join(f"{year['financial_year']:>18}" for year in option["years"]))
        for at, band in enumerate(option["years"][0]["bands"]):
            cells = "".join(
                f"{year['bands'][at]['pounds_per_hour']:>9.2f}{0 - year['bands'][at]['gap_pounds_per_hour']:>+9.2f}"
                for year in option["years"]
            )
            said.append(f"  {band['band']:<{WIDE}}{cells}")
        for name, field in (
            ("cost, £", "cost_pounds_per_year"),
            ("over today's rates, £", "over_standing_still_pounds_per_year"),
            ("still short, £", "short_of_sustainable_pounds_per_year"),
        ):
            said.append(f"  {name:<{WIDE}}" + "".join(f"{year[field]:>18,.0f}" for year in option["years"]))
        said += [f"  all years: £{option['cost_of_all_years_pounds']:,.0f}", ""]
    said += [
        f"{figure['financial_year']} {figure['name']}: [{figure['kind']}] {figure['basis']}"
        for figure in found["rests_on"]
    ]
    return "\n".join(said + _demand(found))


def return_text(found: Row) -> str:
    """The home-care part of the return."""
    answer = found["found"]
    said = [*_start(found), f"{answer['authority']}: home care, market sustainability return", ""]
    said += [_year_of_return(side) for side in (answer["before"], answer["after"])]
    said.append(f"rise: £{answer['fee_rise_pounds_per_hour']:.2f} or {answer['fee_rise_share']:.2%}")
    if answer["sustainable_pounds_per_hour"] is not None:
        said.append(
            f"sustainable: £{answer['sustainable_pounds_per_hour']:.2f}; short by £{answer['gap_pounds_per_hour']:.2f} "
            f"or {answer['gap_share']:.2%}"
        )
    said += ["", "For others to fill:", *(f"  {line}" for line in answer["left_open"]), "", answer["basis"]]
    return "\n".join(said + _demand(found))


def hours_text(found: Row) -> str:
    """An hour's price by providers and by hours."""
    answer = found["found"]
    where = "the county" if found["zone"] is None else f"zone {found['zone']}"
    said = [
        *_start(found),
        (
            f"{where}: {answer['hours_per_year']:,.0f} hours a year, {answer['providers_now']} providers now, "
            f"£{answer['fixed_pounds_per_year']:,.0f} a year fixed for each, paid £{answer['paid_pounds_per_hour']:.2f}"
        ),
        "",
        f"{'providers':>9}{'hours each':>13}{'sustainable':>13}{'to now':>9}{'shared':>9}{'council saves':>15}",
    ]
    said += [_providers_row(point) for point in answer["by_providers"]]
    needed = answer["break_even_hours_per_year"]
    said += [
        "",
        "No hours break even at the price paid." if needed is None else f"Break-even: {needed:,.0f} hours a year.",
    ]
    said += [
        f"Shared: the council keeps {answer['gain_share']:.0%} of what is gained against now. {answer['held']}.",
        "",
    ]
    said += [f"  {point['hours_per_year']:>10,.0f} hours: £{point['pounds_per_hour']:.2f}" for point in answer["curve"]]
    return "\n".join(said + _demand(found))


def _year_of_return(side: Row) -> str:
    span = f"£{side['lowest_fee_pounds_per_hour']:.2f} to £{side['highest_fee_pounds_per_hour']:.2f}"
    return (
        f"{side['financial_year']}: average £{side['average_fee_pounds_per_hour']:.2f} an hour ({span}), "
        f"{side['hours_per_year']:,.0f} hours, £{side['pounds_per_year']:,.0f}"
    )


def _providers_row(point: Row) -> str:
    return (
        f"{point['providers']:>9}{point['hours_per_year_each']:>13,.0f}{point['sustainable_pounds_per_hour']:>13.2f}"
        f"{point['over_now_pounds_per_hour']:>+9.2f}{point['shared_pounds_per_hour']:>9.2f}"
        f"{point['council_saves_pounds_per_year']:>15,.0f}{'' if point['breaks_even'] else '  below break-even'}"
    )
