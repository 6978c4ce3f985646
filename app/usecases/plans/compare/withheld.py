"""A comparison of plans made fit to leave: small numbers blanked, and whatever would give them away."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from app.usecases.demand.figures import rows_of
from app.usecases.demand.suppression import suppress
from app.usecases.plans.compare.sides import Side
from app.usecases.plans.measure.inputs import PlanInputs
from geo.demand import is_waiting, totals
from geo.plans.withheld import Withheld, withheld
from geo.zoning.plan.compare import Comparison

SIZE = ("hours_per_week", "packages", "people")
WAITING = ("waiting_packages", "waiting_hours_per_week")
_OF_THE_MAP = frozenset(
    {
        "zones",
        "zones_in_pieces",
        "parted_neighbours",
        "border_pounds_per_year",
        "natural_areas_cut",
        "natural_areas_cut_names",
        "natural_area_pounds_per_year",
        "polsby_popper_mean",
        "polsby_popper_least",
        "moment_compactness_mean",
        "moment_compactness_least",
        *SIZE,
        *WAITING,
    }
)
"""Figures that say nothing of how demand lies: those of the map, and the county's own."""


def fit_to_leave(
    found: dict[str, Any],
    inputs: PlanInputs,
    sides: Sequence[Side],
    beside: Sequence[Comparison],
    bands: Mapping[str, str],
    threshold: int,
) -> dict[str, Any]:
    """Blank in a comparison all that rests on fewer people than the threshold, or would let it be worked out.

    Args:
        found: The comparison, exact; it is changed.
        inputs: What it was measured on.
        sides: Its plans.
        beside: Each plan after the first beside the first.
        bands: Band by area.
        threshold: The least number of people shown.
    """
    day = inputs.snapshot.taken_on
    stays = [frozenset[tuple[str, str]]()] + [
        _stays(sides[0], side, with_) for side, with_ in zip(sides[1:], beside, strict=True)
    ]
    packages = inputs.packages.assign(waits=is_waiting(inputs.packages, day))
    ids = inputs.areas.ids.tolist()
    gone = withheld(
        packages,
        [dict(zip(ids, side.zone_of, strict=True)) for side in sides],
        stays,
        bands,
        threshold,
        known=frozenset(i for i, side in enumerate(sides) if side.stored.status in {"published", "retired"}),
    )
    for i, plan in enumerate(found["plans"]):
        _blank_plan(plan, i, gone, threshold)
    for i, change in enumerate(found["changes_against_the_first"], start=1):
        _blank_change(change, i, gone, found["plans"])
        moving = packages[packages["area_id"].isin(set(inputs.areas.ids[beside[i - 1].changed].tolist()))]
        change["by_provider"] = (
            [] if ("change", i) in gone.figures or not len(moving) else _providers(moving, day, threshold)
        )
    return found


def _stays(first: Side, side: Side, beside: Comparison) -> frozenset[tuple[str, str]]:
    pairs = enumerate(beside.matched.tolist())
    return frozenset((first.zones[a].name, side.zones[int(b)].name) for a, b in pairs if b >= 0)


def _blank_plan(plan: dict[str, Any], i: int, gone: Withheld, threshold: int) -> None:
    figures, hidden = plan["figures"], False
    for zone in plan["zones"]:
        if ("zone", i, zone["name"]) in gone.figures:
            zone.update(dict.fromkeys([*SIZE, *WAITING, "deviation_share", "viable"]))
            hidden = True
        elif ("zone", i, zone["name"]) in gone.waiting:
            zone.update(dict.fromkeys(WAITING))
        of_band = zone["hours_per_week_by_band"]
        of_band |= {band: None for band in of_band if ("band", i, zone["name"], band) in gone.figures}
    if hidden:  # the worst zone may be one that is blanked: its share to the last digit would be its hours
        share = figures["imbalance_share"]
        figures["imbalance_share"] = None if share is None else math.ceil(share * 100 - 1e-6) / 100
        figures["zones_not_viable"] = None
    if 0 < figures["waiting_packages"] < threshold:
        figures |= dict.fromkeys(WAITING)
    if i in gone.costs:
        figures |= {name: None for name in figures if name not in _OF_THE_MAP}
    plan["broken_rules"] = [rule["rule"] for rule in plan["broken_rules"]]


def _blank_change(change: dict[str, Any], i: int, gone: Withheld, plans: Sequence[Mapping[str, Any]]) -> None:
    if ("change", i) in gone.figures:
        change |= dict.fromkeys([*SIZE, "hours_share", "providers", WAITING[0]])
    elif ("change", i) in gone.waiting:
        change[WAITING[0]] = None
    for row in change["from_zone_to_zone"]:
        if ("move", i, row["from_zone"], row["to_zone"]) in gone.figures:
            row.update(dict.fromkeys(SIZE))
    exact = [plan["figures"] for plan in (plans[0], plans[i])]
    rough = (
        {"imbalance_share"}
        if any(zone["hours_per_week"] is None for p in (0, i) for zone in plans[p]["zones"])
        else set()
    )
    change["figures"] = {
        name: value
        for name, value in change["figures"].items()
        if name not in rough and all(figures.get(name) is not None for figures in exact)
    }


def _providers(moving: Any, day: Any, threshold: int) -> list[dict[str, Any]]:
    """Providers of what changes zone; what nobody has taken is a row of the same sum, and not shown."""
    table = suppress(totals(moving, ["provider"], on=day), ["provider"], threshold)
    names = ("provider", "packages", "people", "hours_per_week")
    return [{name: row[name] for name in names} for row in rows_of(table) if row["provider"]]
