"""A plan put to the test from the command line: growth, chance, and a provider that leaves."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, quiet_settings
from app.cli.zones_options import PlanId, Seed, pair_of
from app.cli.zones_status import plan_of
from app.exports.comparison import shown
from app.usecases.plans.compare.robustness import RobustnessRequest, plan_robustness


def robustness(
    plan_id: PlanId,
    growth: Annotated[
        list[str] | None,
        typer.Option("--growth", help="GROUP=SHARE, as rural=0.1 or pop_75plus=0.05: by band, or by loaded residents."),
    ] = None,
    samples: Annotated[int, typer.Option(help="How many times packages are drawn anew.", min=1, max=2000)] = 200,
    provider: Annotated[
        str | None, typer.Option(help="The provider that leaves; the one with most hours without.")
    ] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Try a plan, its zones as they are, under growth, under demand drawn anew, and when a provider leaves.

    The figures are exact: they are for use inside the council.
    """
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database, database.read() as session:
        request = RobustnessRequest(growth=_shares(growth or []), samples=samples, provider=provider, seed=seed)
        plan = plan_of(session, settings, plan_id)
        found = plan_robustness(session, settings.council, plan, request, settings)
    give(found, as_json=as_json, text=_text(found))


def _shares(given: list[str]) -> dict[str, float]:
    shares = {}
    for text in given:
        group, share = pair_of(text, "--growth", "GROUP=SHARE")
        try:
            shares[group] = float(share)
        except ValueError:
            raise fail(f"--growth: found {text!r}, expected a number such as 0.1 after the sign.", code=2) from None
    return shares


def _text(found: dict[str, Any]) -> str:
    sampled, grown, leaves = found["sampled"], found["growth"], found["provider_exit"]
    drawn = f"Drawn anew {sampled['samples']} times: every zone within {found['tolerance_share']:.0%} of its target in"
    lines = [f"{drawn} {sampled['all_zones_within_tolerance_share']:.0%} of them."]
    if grown is not None:
        change = grown["change"]
        lines.append(
            f"Grown from {grown['hours_per_week_before']:,.0f} to {grown['hours_per_week_after']:,.0f} hours a week: "
            f"largest deviation {shown(grown['imbalance_share_before'], '.1%')} before and "
            f"{shown(grown['imbalance_share_after'], '.1%')} after; travel "
            f"{change['travel_pounds_per_year']:+,.0f} pounds and {change['miles_per_year']:+,.0f} miles a year."
        )
    if leaves is not None:
        lines.append(
            f"{leaves['provider']} leaves {leaves['hours_per_week']:,.0f} hours a week, "
            f"{leaves['share_of_all']:.1%} of all that is taken up."
        )
    head = f"{'zone':<32}{'hours, 9 in 10 draws':>22}{'within':>8}"
    lines.append(head + (f"{'grown':>8}{'off':>8}" if grown else "") + (f"{'left':>8}{'others':>8}" if leaves else ""))
    for i, row in enumerate(sampled["zones"]):
        span = f"{row['hours_per_week_low']:,.0f} to {row['hours_per_week_high']:,.0f}"
        line = f"{row['name'][:31]:<32}{span:>22}{row['within_tolerance_share']:>8.0%}"
        if grown is not None:
            after = grown["zones"][i]
            line += f"{after['hours_per_week_after']:>8,.0f}{shown(after['deviation_share_after'], '+.1%'):>8}"
        if leaves is not None:
            line += f"{leaves['zones'][i]['hours_per_week']:>8,.0f}{leaves['zones'][i]['providers_left']:>8}"
            line += "  too few providers" if leaves["zones"][i]["too_few_left"] else ""
        lines.append(line)
    return "\n".join(lines)
