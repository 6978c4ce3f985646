"""`patchwork zones draw`: every rule the optimiser knows, from options or from a file of the API's own request."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.output import AsJson, fail, give, open_database, problems_as_messages, progress_line, quiet_settings
from app.cli.zones_options import (
    ACTOR,
    BORDER_POUNDS,
    Against,
    Border,
    BorderLength,
    Counts,
    DespiteBrokenRules,
    Disruption,
    Like,
    Natural,
    PlanName,
    PublishIt,
    Seconds,
    Seed,
    Starts,
    Tolerance,
    counts_of,
    given_options,
    json_file,
    one_of,
    pair_of,
)
from app.cli.zones_rules import NO_RULES, Rules, takes_rules
from app.problems import Problem
from app.usecases.plans.draw.draw_zones import draw_plan, store_plan
from app.usecases.plans.draw.request import PlanRequest
from app.usecases.plans.publish.status import publish_drawn

Several = list[str] | None


@takes_rules
def draw(
    context: typer.Context,
    name: PlanName = "Plan",
    counts: Counts = "14",
    zone_pounds: Annotated[
        float, typer.Option("--zone-pounds", help="With a range: what each zone costs a year beside travel.", min=0)
    ] = 0,
    like: Like = None,
    want: Annotated[
        Several, typer.Option("--want", help="NAME=HOURS, NAME=@TIER, or NAME= for a zone without a target.")
    ] = None,
    tier_hours: Annotated[
        Several, typer.Option("--tier-hours", help="TIER=HOURS of each zone wanted with that tier.")
    ] = None,
    base: Annotated[Several, typer.Option("--base", help="PLACE=ZONE: where the zone's care workers start.")] = None,
    viable: Annotated[
        Several, typer.Option("--viable", help="NAME=HOURS: the same for a zone of --want; 0 exempts it.")
    ] = None,
    rules: Rules = NO_RULES,
    tolerance: Tolerance = 0.05,
    seconds: Seconds = 30,
    starts: Starts = None,
    seed: Seed = 0,
    border_pounds: Border = BORDER_POUNDS,
    border_pounds_per_km: BorderLength = 0,
    town_pounds: Natural = 0,
    against: Against = None,
    move_pounds: Disruption = 0,
    request_file: Annotated[
        Path | None,
        typer.Option("--request", exists=True, dir_okay=False, help="JSON as the API takes it, instead of options."),
    ] = None,
    publish_it: PublishIt = False,
    despite: DespiteBrokenRules = False,
    as_json: AsJson = False,
) -> None:
    """Draw a zone plan at least cost in pounds a year, from the current demand, and keep it as a draft."""
    if request_file is not None:
        beside = given_options(context, but={"request_file", "publish_it", "despite", "as_json"})
        if beside:
            raise fail(f"--request: found {', '.join(beside)} beside it, expected all in the file.", code=2)
        with problems_as_messages():
            request = PlanRequest.model_validate(json_file(request_file, "--request"))
        keep(request, publish_it=publish_it, despite=despite, as_json=as_json)
        return
    one_of(context, "--zones", "--like", "--want")
    if against is not None and move_pounds == 0:
        raise fail("--against goes with --move-pounds: without a price nothing keeps packages in their zones.", code=2)
    if zone_pounds > 0 and (like is not None or want or len(counts_of(counts)) == 1):
        raise fail("--zone-pounds goes with a range of numbers of zones, such as --zones 8-12.", code=2)
    asked: dict[str, Any] = {
        "name": name,
        "tier_hours_per_week": {
            tier: _hours(text, "--tier-hours") for tier, text in _pairs(tier_hours, "--tier-hours")
        },
        **rules,
        "tolerance_share": tolerance,
        "seconds": seconds,
        "starts": starts,
        "seed": seed,
        "priorities": {
            "border_pounds_per_year": border_pounds,
            "border_pounds_per_km": border_pounds_per_km,
            "natural_area_pounds_per_year": town_pounds,
            "disruption_pounds_per_package": move_pounds,
        },
        "against_plan_id": against,
        **_which_zones(counts, zone_pounds, like, _wanted(want, base, viable)),
    }
    with problems_as_messages():
        request = PlanRequest.model_validate(asked)
    keep(request, publish_it=publish_it, despite=despite, as_json=as_json)


def keep(request: PlanRequest, *, publish_it: bool, despite: bool, as_json: bool) -> None:
    """Draw a plan, keep it as a draft or put it in force, and print its report."""
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database:
        drawn = draw_plan(database, settings.council, request, settings, progress_line)
        plan_id = store_plan(database, settings.council, drawn, ACTOR, None)
        if publish_it:
            try:
                publish_drawn(database, settings, plan_id, ACTOR, despite_broken_rules=despite)
            except Problem as refusal:
                raise fail(f"{refusal.title}: {refusal.detail} Plan {plan_id} is kept as a draft.", code=2) from refusal
    figures = {k: v for k, v in drawn["report"].items() if k != "text"}
    give({"plan_id": plan_id, **figures}, as_json=as_json, text=f"Plan {plan_id}\n\n{drawn['report']['text']}")


def _which_zones(counts: str, zone_pounds: float, like: int | None, wanted: list[dict[str, Any]]) -> dict[str, Any]:
    """How many zones, or which."""
    if like is not None:
        return {"like_plan_id": like}
    if wanted:
        return {"wanted": wanted}
    numbers = counts_of(counts)
    if len(numbers) == 1:
        return {"zones": numbers[0]}
    if numbers != list(range(numbers[0], numbers[-1] + 1)):
        raise fail(f"--zones: found {counts!r}, expected one number, or a range such as 8-12.", code=2)
    return {"zones_between": {"fewest": numbers[0], "most": numbers[-1], "zone_pounds_per_year": zone_pounds}}


def _wanted(want: Several, base: Several, viable: Several) -> list[dict[str, Any]]:
    """The zones asked for by name."""
    zones: dict[str, dict[str, Any]] = {}
    for zone, meant in _pairs(want, "--want", bare=True):
        if zone in zones:
            raise fail(f"--want: found {zone!r} twice, expected names of their own.", code=2)
        zones[zone] = {"name": zone}
        if meant.startswith("@"):
            zones[zone]["tier"] = meant[1:]
        elif meant:
            zones[zone]["target_hours_per_week"] = _hours(meant, "--want")
    for zone, hours in _pairs(viable, "--viable"):
        _zone(zones, zone, "--viable")["viable_hours_per_week"] = _hours(hours, "--viable")
    for zone, places in _by_zone(base, "--base").items():
        if len(places) > 1:
            raise fail(f"--base: found {places} for {zone!r}, expected one place.", code=2)
        _zone(zones, zone, "--base")["base_settlement"] = places[0]
    return list(zones.values())


def _zone(zones: dict[str, dict[str, Any]], name: str, option: str) -> dict[str, Any]:
    if not zones:
        raise fail(f"{option} goes with --want.", code=2)
    if name not in zones:
        raise fail(f"{option}: found {name!r}, expected a zone of --want: {', '.join(zones)}.", code=2)
    return zones[name]


def _pairs(given: Several, option: str, *, bare: bool = False) -> list[tuple[str, str]]:
    return [pair_of(text, option, "NAME=VALUE", bare=bare) for text in given or ()]


def _by_zone(given: Several, option: str) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for text in given or ():
        place, zone = pair_of(text, option, "PLACE=ZONE")
        held.setdefault(zone, []).append(place)
    return held


def _hours(text: str, option: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        raise fail(f"{option}: found {text!r}, expected hours a week.", code=2) from None
