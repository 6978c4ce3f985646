"""Rounds over the zone plans of an installation: travel simulated, put into rates, plans ranked.

What reads the installation is imported by the command that does: the group's other commands need none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, progress_line, quiet_settings

ACTOR = "command line"

PlanNumber = Annotated[int | None, typer.Option("--plan", help="Number of the plan; the published one if absent.")]
Zones = Annotated[list[str] | None, typer.Option("--zone", help="Only this zone; may be given again.")]
Days = Annotated[int, typer.Option(help="Sampled days; two or more give intervals.", min=1, max=28)]
Providers = Annotated[int, typer.Option(help="Providers that share each zone's packages.", min=1, max=50)]
Planned = Annotated[int, typer.Option("--planned", help="Of them, planned each day; 0 plans all.", min=0, max=50)]
Seed = Annotated[int, typer.Option(help="Seed of everything drawn.", min=0, max=2**31 - 1)]


def travel(
    plan: PlanNumber = None,
    into: Annotated[
        Literal["rates"] | None, typer.Option(help="Draft a rate card with this travel in place of the assumed.")
    ] = None,
    days: Days = 5,
    providers: Providers = 3,
    planned: Planned = 1,
    zone: Zones = None,
    seed: Seed = 0,
    simulation: Annotated[
        int | None, typer.Option(help="Take this simulation that is kept already, instead of a new one.")
    ] = None,
    name: Annotated[
        str, typer.Option(help="With --into rates: what to call the card.")
    ] = "Travel from simulated rounds",
    effective_from: Annotated[
        str | None, typer.Option("--from", help="With --into rates: first day of the card, such as 2027-04-01; today.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Simulate rounds over a plan: paid travel, waiting and miles a visit by band, zone and length, with intervals.

    The figures are kept, and shown beside what the rate card in force assumes. Carers are made up, and demand is as
    synthetic as the snapshot is.
    """
    from app.cli.rounds_files import date_of
    from app.storage.rounds import find_simulation
    from app.usecases.rounds.rates import RatesFromRounds, draft_from_rounds, implied_beside_measured
    from app.usecases.rounds.simulation import (
        SimulationRequest,
        settled_simulation,
        simulate_plan,
        store_simulation,
    )

    settings = quiet_settings()
    first = date_of(effective_from, "--from")
    with problems_as_messages(), open_database(settings) as database:
        number = simulation
        if number is None:
            asked = SimulationRequest(
                plan_id=plan,
                zones=tuple(zone) if zone else None,
                days=days,
                providers_per_zone=providers,
                planned_per_zone=planned or None,
                seed=seed,
            )
            with database.read() as session:
                asked = settled_simulation(session, settings.council, asked, drafts=True)
            made = simulate_plan(database, settings.council, asked, settings, progress_line)
            number = store_simulation(database, settings.council, made, ACTOR, None)
        with database.write() as session:
            found = find_simulation(session, settings.council, number)
            if found is None:
                raise fail(f"--simulation: there is no simulation {number}.")
            prices = implied_beside_measured(session, settings.council, found, None, drafts=True)
            card = None
            if into == "rates":
                request = RatesFromRounds(name=name, effective_from=first)
                card = draft_from_rounds(session, settings.council, found, request, ACTOR, drafts=True)
            result = {"simulation_id": number, "result": found.result, "prices": prices, "card": card}
    give(result, as_json=as_json, text=_text(result))


def rank_plans(
    plans: Annotated[list[int], typer.Argument(metavar="PLAN…", help="Numbers of two plans or more.")],
    days: Annotated[int, typer.Option(help="Sampled days of each.", min=1, max=14)] = 1,
    providers: Providers = 3,
    planned: Planned = 1,
    solutions: Annotated[int, typer.Option(help="Length of each search.", min=1, max=1_000)] = 1,
    seed: Seed = 0,
    out: Annotated[Path | None, typer.Option(help="JSON file to write.")] = None,
    as_json: AsJson = False,
) -> None:
    """Set the zone engine's cost of several plans beside simulated rounds: rank correlation and error."""
    from app.cli.rounds_files import write
    from app.usecases.rounds.ranking import RankRequest
    from app.usecases.rounds.ranking import rank_plans as ranked

    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database:
        asked = RankRequest(
            plan_ids=tuple(plans),
            days=days,
            providers_per_zone=providers,
            planned_per_zone=planned or None,
            solutions_per_round=solutions,
            seed=seed,
        )
        found = ranked(database, settings.council, asked, settings, progress_line)
    if out is not None:
        write(out, json.dumps(found, indent=1).encode())
    give(found, as_json=as_json, text=ranking_text(found))


def ranking_text(found: dict[str, Any]) -> str:
    """A ranking as a table, for people."""
    head = ("plan", "zones", "model £/year", "rounds £/year", "model min", "rounds min", "missed")
    lines = ["{:<34}{:>6}{:>15}{:>15}{:>11}{:>11}{:>8}".format(*head)]
    lines += [
        f"{row['plan_id']:>4} {row['name'][:28]:<29}{row['zones']:>6}{row['model_pounds_per_year']:>15,.0f}"
        f"{row['rounds_travel_pounds_per_year']:>15,.0f}{row['model_minutes_per_visit']:>11.2f}"
        f"{row['rounds_minutes_per_visit']:>11.2f}{row['unserved_visits']:>8}"
        for row in sorted(found["plans"], key=lambda row: float(row["rounds_travel_pounds_per_year"]))
    ]
    off, most = found["error_share_once_scaled"], found["largest_error_share_once_scaled"]
    lines += [
        "",
        f"Rank correlation: Spearman {found['spearman']}, Kendall {found['kendall']}.",
        f"With waiting counted: Spearman {found['spearman_with_waiting']}.",
        f"The model on the whole: {found['bias_share']:+.1%} against the rounds.",
        f"Once scaled, a plan is {off:.1%} off (root mean square), {most:.1%} at the most.",
    ]
    return "\n".join(lines)


def _text(found: dict[str, Any]) -> str:
    result = found["result"]
    demand = "synthetic demand" if result["demand_is_synthetic"] else "the council's demand"
    lines = [
        f"Simulation {found['simulation_id']}, on {demand} and a made-up workforce.",
        f"{result['provider_days']} providers' days: {result['visits']:,} visits, {result['unserved_visits']} missed.",
        f"A week of the plan: {result['care_hours_per_week']:,.0f} hours of care.",
        f"Paid for it: {result['paid_hours_per_week']:,.0f} hours and {result['miles_per_week']:,.0f} miles.",
        "",
        f"{'a carer-visit takes':<28}{'travel min':>20}{'waiting min':>20}{'miles':>20}",
    ]
    for grouping in ("all", "band", "length", "zone"):
        for row in result["by"].get(grouping, []):
            label = row["group"] if grouping != "length" else f"{row['group']} minutes"
            cells = "".join(f"{_interval(row[key]):>20}" for key in ("travel_minutes", "waiting_minutes", "miles"))
            lines.append(f"{label[:27]:<28}{cells}")
    lines += ["", *price_lines(found["prices"])]
    lines += ["", f"{'a week by':<36}{'kg CO2e':>12}{'mileage £':>12}{'extra hours':>13}"]
    lines += [
        f"{row['name'].replace('_', ' '):<36}{row['kg_co2e_per_week']:>12,.0f}{row['mileage_pounds_per_week']:>12,.0f}"
        f"{row['extra_travel_hours_per_week']:>13,.0f}"
        for row in result["carbon"]
    ]
    if found["card"]:
        lines += ["", f"Drafted rate card {found['card']['rate_card_id']}. {found['card']['basis']}"]
    return "\n".join(lines)


def _interval(estimate: dict[str, Any]) -> str:
    if estimate["low"] is None:
        return f"{estimate['mean']:.2f}"
    return f"{estimate['mean']:.2f} ({estimate['low']:.2f}-{estimate['high']:.2f})"


def price_lines(prices: dict[str, Any]) -> list[str]:
    """What the card's prices imply beside what rounds give, for people."""
    card = prices["rate_card"]
    lines = [
        f"What {card['name']}, version {card['version']}, assumes, and what the rounds give:",
        f"{'':<10}{'price £/h':>10}{'assumed':>20}{'rounds give':>26}{'price then £/h':>22}",
    ]
    for row in prices["bands"]:
        assumed, measured = row["assumed"], row["measured"]
        line = f"{row['band']:<10}{row['card_pounds_per_hour']:>10.2f}"
        line += f"{assumed['minutes_per_visit']:>9.2f} min{assumed['miles_per_visit']:>5.2f} mi"
        if measured is None:
            lines.append(f"{line}{'no sampled visit':>26}")
            continue
        paid = measured["minutes_per_visit"]["mean"] + measured["waiting_minutes_per_visit"]["mean"]
        low, high = measured["pounds_per_hour_low"], measured["pounds_per_hour_high"]
        line += f"{paid:>15.2f} min{measured['miles_per_visit']['mean']:>5.2f} mi"
        lines.append(f"{line}{measured['pounds_per_hour']:>8.2f} ({low:.2f}-{high:.2f})")
    return lines
