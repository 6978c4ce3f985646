"""A comparison of plans made fit to leave: every cell through the gate, and all that follows worked out from those.

Zones of two plans that differ by one street differ by the people of that street. As both are told in whole steps, what
is left when one is taken from the other hides them; see `geo.disclosure`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from app.usecases.demand.figures import rows_of
from app.usecases.demand.gate import Audience, Demand, in_steps
from app.usecases.plans.compare.sides import Side
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.stored import difference, judged_by
from geo.zoning.plan.compare import Comparison

SIZE = ("hours_per_week", "packages", "people")
WAITING = ("waiting_packages", "waiting_hours_per_week")
OF_THE_MAP = frozenset(
    {
        "zones",
        "zones_in_pieces",
        "zones_in_pieces_as_drawn",
        "parted_neighbours",
        "border_pounds_per_year",
        "natural_areas_cut",
        "natural_areas_cut_names",
        "natural_area_pounds_per_year",
        "polsby_popper_mean",
        "polsby_popper_least",
        "moment_compactness_mean",
        "moment_compactness_least",
    }
)
"""Figures of a plan that say nothing of how demand lies."""


def fit_to_leave(
    found: dict[str, Any],
    inputs: PlanInputs,
    sides: Sequence[Side],
    beside: Sequence[Comparison],
    bands: Mapping[str, str],
    audience: Audience,
) -> dict[str, Any]:
    """A comparison with every figure of demand protected.

    Args:
        found: The comparison, exact; it is changed.
        inputs: What it was measured on.
        sides: Its plans.
        beside: Each plan after the first beside the first.
        bands: Band by area.
        audience: Whom it is for.
    """
    demand = Demand(inputs.packages, inputs.snapshot.taken_on, audience)
    ids = inputs.areas.ids.tolist()
    zones = [dict(zip(ids, side.zone_of, strict=True)) for side in sides]
    viable = float(found["measured_on"]["viable_hours_per_week_of_a_prime_provider"]) * int(
        found["measured_on"]["prime_providers"]
    )
    for plan, side, zone_of in zip(found["plans"], sides, zones, strict=True):
        _protect_plan(plan, side, demand, zone_of, bands, viable)
    for change, other, side, zone_of in zip(
        found["changes_against_the_first"], beside, sides[1:], zones[1:], strict=True
    ):
        moved = set(inputs.areas.ids[other.changed].tolist())
        _protect_change(change, demand, moved, _moves(demand, zones[0], zone_of))
        plans = [p["figures"] for p in (found["plans"][0], found["plans"][sides.index(side)])]
        change["figures"] = difference(*({k: v for k, v in f.items() if k in change["figures"]} for f in plans))
    return found


def _protect_plan(
    plan: dict[str, Any],
    side: Side,
    demand: Demand,
    zone_of: Mapping[str, str],
    bands: Mapping[str, str],
    viable_hours: float,
) -> None:
    held = {row["zone"]: row for row in rows_of(demand.totals(["zone"], zones=zone_of))}
    by_band: dict[tuple[str, str], float | None] = {}
    if bands:
        rows = rows_of(demand.totals(["zone", "band"], zones=zone_of, bands=bands))
        by_band = {(row["zone"], row["band"]): row["hours_per_week"] for row in rows}
    for zone in plan["zones"]:
        name, aimed = zone["name"], in_steps(zone["target_hours_per_week"], demand.hours_step)
        zone.update({figure: held.get(name, {}).get(figure) for figure in (*SIZE, *WAITING)})
        hours = zone["hours_per_week"]
        zone["target_hours_per_week"] = aimed
        zone["deviation_share"] = None if not aimed or hours is None else round(hours / aimed - 1, 4)
        zone["viable"] = None if zone["viable"] is None or hours is None else bool(hours >= viable_hours)
        zone["hours_per_week_by_band"] = {band: hours for (z, band), hours in by_band.items() if z == name}
    figures, whole = plan["figures"], rows_of(demand.totals())[0]
    off = [abs(z["deviation_share"]) for z in plan["zones"] if z["deviation_share"] is not None]
    plan["figures"] = {
        **{name: _figure(demand, name, value) for name, value in figures.items()},
        **{name: whole[name] for name in (*SIZE, *WAITING)},
        "imbalance_share": max(off, default=None),
        "zones_not_viable": sum(zone["viable"] is False for zone in plan["zones"]),
        "mean_zones_of_a_provider": _zones_of_a_provider(demand, zone_of),
    }
    _, tolerance = judged_by(side.stored)
    pieces = [rule["rule"] for rule in plan["broken_rules"] if rule["rule"] != "balance"]
    plan["broken_rules"] = pieces + ["balance" for share in off if share > tolerance + 1e-9]


def _figure(demand: Demand, name: str, value: Any) -> Any:
    if name in OF_THE_MAP or not isinstance(value, int | float) or isinstance(value, bool):
        return value
    return demand.figure(name, float(value), of_a_share=name.endswith("_share"))


def _zones_of_a_provider(demand: Demand, zone_of: Mapping[str, str]) -> float | None:
    """How many zones a provider works in, counted from the cells that are shown."""
    rows = [row for row in rows_of(demand.totals(["provider", "zone"], zones=zone_of)) if row["provider"]]
    counts = pd.Series([row["people"] is not None for row in rows]).groupby([row["provider"] for row in rows]).sum()
    counts = counts[counts > 0]
    return round(float(counts.mean()), 4) if len(counts) else None


def _moves(
    demand: Demand, before: Mapping[str, str], after: Mapping[str, str]
) -> dict[tuple[str, str], dict[str, Any]]:
    """What lies in each pair of a zone of the first plan and a zone of the other."""
    # Pairs are told by a key of their own, since a demand frame has one column for zones.
    pair_of = {area: f"{before[area]}\0{after[area]}" for area in before}
    rows = rows_of(demand.totals(["zone"], zones=pair_of))
    return {tuple(row["zone"].split("\0")): row for row in rows}


def _protect_change(
    change: dict[str, Any], demand: Demand, moved: set[str], pairs: Mapping[tuple[str, str], Mapping[str, Any]]
) -> None:
    moving = demand.of_areas(moved)
    row = rows_of(moving.totals())[0] if moved else dict.fromkeys((*SIZE, *WAITING), 0)
    total = rows_of(demand.totals())[0]["hours_per_week"]
    change.update({name: row[name] for name in (*SIZE, WAITING[0])})
    share = None if row["hours_per_week"] is None or not total else round(row["hours_per_week"] / total, 4)
    providers = [r for r in rows_of(moving.totals(["provider"])) if r["provider"] and r["people"] is not None]
    names = ("provider", "packages", "people", "hours_per_week")
    change |= {
        "hours_share": share,
        "providers": len(providers),
        "by_provider": [{name: r[name] for name in names} for r in providers],
    }
    for move in change["from_zone_to_zone"]:
        held = pairs.get((move["from_zone"], move["to_zone"]), {})
        move.update({name: held.get(name) for name in SIZE})
