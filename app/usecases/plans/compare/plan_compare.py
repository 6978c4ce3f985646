"""Two plans or more side by side: what each costs and holds, who and what changes zone, and where."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from app.storage.models import ZonePlan as StoredPlan
from app.usecases.demand.figures import rows_of
from app.usecases.demand.gate import Audience
from app.usecases.demand.set_aside import sentence, set_aside_of
from app.usecases.plans.compare.equality import equality_of, resident_groups
from app.usecases.plans.compare.protected import fit_to_leave
from app.usecases.plans.compare.sides import Side, Sides
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.stored import difference
from app.usecases.rates.set_rates import bands_in_force
from geo.demand import is_waiting, totals
from geo.plans.shape import moment_compactness, polsby_popper
from geo.plans.travel_cost import travel_assumptions
from geo.zoning import compare
from geo.zoning.plan.compare import Comparison

DEMAND = ("hours_per_week", "packages", "people", "waiting_packages", "waiting_hours_per_week")
PENNIES = 0.05
"""Pounds a year that adding up in another order may make."""


def compare_plans(
    session: Session,
    council: str,
    sides: Sides,
    *,
    audience: Audience,
    viable_hours_per_week: float | None = None,
) -> dict[str, Any]:
    """Set plans side by side; the changes are those of every other plan against the first.

    Args:
        session: A read session.
        council: Whose.
        sides: The plans, measured.
        audience: Whom it is for.
        viable_hours_per_week: Hours a prime provider needs; the default's when None.
    """
    inputs, first = sides.inputs, sides.all[0]
    needed = travel_assumptions()["viability"]
    viable = viable_hours_per_week or float(needed["hours_per_week_of_a_prime_provider"])
    bands = bands_in_force(session, council)
    groups, sources = resident_groups(session, council, inputs)
    others = [compare(first.plan, side.plan) for side in sides.all[1:]]
    aside = set_aside_of(inputs.snapshot, audience)
    plans, changes = [], []
    for side, beside in zip(sides.all, [None, *others], strict=True):
        plans.append(_one_plan(inputs, side, bands, viable * int(needed["prime_providers"])))
        changed = None if beside is None else beside.changed
        plans[-1]["equality"] = equality_of(inputs, side.plan, groups, changed, [zone.name for zone in side.zones])
        if beside is not None:
            changes.append(_change(inputs, first, side, beside))
    found = {
        "measured_on": {
            "snapshot_id": inputs.snapshot.id,
            "taken_on": inputs.snapshot.taken_on.isoformat(),
            "synthetic": inputs.snapshot.synthetic,
            "travel": inputs.terms,
            "travel_model": inputs.travel_version,
            "priorities": sides.priorities.model_dump(mode="json", exclude={"disruption_pounds_per_package"}),
            "viable_hours_per_week_of_a_prime_provider": viable,
            "prime_providers": int(needed["prime_providers"]),
            "small_numbers_withheld_below": audience.withheld_below,
            "equality_sources": sources,
            "set_aside": aside,
            "set_aside_told": sentence(aside),
        },
        "plans": plans,
        "changes_against_the_first": changes,
    }
    return found if audience.exact else fit_to_leave(found, inputs, sides.all, others, bands, audience)


def _one_plan(inputs: PlanInputs, side: Side, bands: dict[str, str], viable_hours: float) -> dict[str, Any]:
    stored, plan = side.stored, side.plan
    names = [zone.name for zone in side.zones]
    label = dict(zip(inputs.areas.ids.tolist(), side.zone_of, strict=True))
    day = inputs.snapshot.taken_on
    held = {row["zone"]: row for row in rows_of(totals(inputs.packages, ["zone"], zones=label, on=day))}
    by_band: dict[str, dict[str, Any]] = {}
    if bands:
        table = totals(inputs.packages, ["zone", "band"], zones=label, bands=bands, on=day)
        for row in rows_of(table):
            by_band.setdefault(row["zone"], {})[row["band"]] = row["hours_per_week"]
    circle, spread = (
        polsby_popper([zone.polygon for zone in side.zones]),
        moment_compactness(inputs.areas.polygons, plan.labels, len(names)),
    )
    rows = []
    for i, (zone, check) in enumerate(zip(side.zones, side.checks["zones"], strict=True)):
        demand = {name: held.get(zone.name, {}).get(name, 0) for name in DEMAND}
        rows.append(
            {
                "number": zone.number,
                "name": zone.name,
                "tier": zone.tier,
                **demand,
                "target_hours_per_week": check["target_hours_per_week"],
                "deviation_share": check["deviation_share"],
                "hours_per_week_by_band": by_band.get(zone.name, {}),
                "viable": None if zone.target_hours_per_week is None else bool(plan.hours[i] >= viable_hours),
                "pieces": check["pieces"],
                "pieces_as_drawn": check["pieces_as_drawn"],
                "hectares": round(zone.polygon.area / 10_000, 1),
                "polsby_popper": round(float(circle[i]), 4),
                "moment_compactness": round(float(spread[i]), 4),
                "base_area_id": check["base_area_id"],
                "base": check["base"],
            }
        )
    whole = totals(inputs.packages, [], on=day).iloc[0]
    providers = _providers(inputs.packages, label)
    figures = {
        **{name: round(float(whole[name]), 4) for name in DEMAND},
        **side.checks["figures"],
        "gap_share": _gap(inputs, stored, side.checks["figures"]["objective_pounds_per_year"]),
        "zones": len(names),
        "zones_in_pieces": sum(row["pieces"] > 1 for row in rows),
        "zones_in_pieces_as_drawn": sum(row["pieces_as_drawn"] > 1 for row in rows),
        "zones_not_viable": sum(row["viable"] is False for row in rows),
        "polsby_popper_mean": round(float(circle.mean()), 4),
        "polsby_popper_least": round(float(circle.min()), 4),
        "moment_compactness_mean": round(float(spread.mean()), 4),
        "moment_compactness_least": round(float(spread.min()), 4),
        "mean_zones_of_a_provider": round(float(providers.mean()), 4) if len(providers) else None,
    }
    return {
        "plan_id": stored.id,
        "name": stored.name,
        "status": stored.status,
        "method": stored.method,
        "figures": figures,
        "zones": rows,
        "broken_rules": [{k: v for k, v in rule.items() if k != "areas"} for rule in side.checks["broken_rules"]],
    }


def _gap(inputs: PlanInputs, stored: StoredPlan, objective_pounds_per_year: float) -> float | None:
    """The proven gap a plan was stored with: only where what was proven is what is compared.

    Another snapshot, another wage or another travel model makes another problem, of which nothing was proven; it shows
    in what the plan costs.
    """
    then = stored.report.get("objective_pounds_per_year")
    same = then is not None and abs(float(then) - objective_pounds_per_year) <= PENNIES
    return stored.report.get("gap_share") if same and stored.snapshot_id == inputs.snapshot.id else None


def _providers(packages: pd.DataFrame, label: dict[str, str]) -> pd.Series[Any]:
    """How many zones each provider works in."""
    held = packages[packages["provider"] != ""]
    return held["area_id"].map(pd.Series(label)).groupby(held["provider"]).nunique()


def _change(inputs: PlanInputs, first: Side, side: Side, beside: Comparison) -> dict[str, Any]:
    ids, changed = inputs.areas.ids, beside.changed
    packages = inputs.packages
    moving = packages[packages["area_id"].isin(set(ids[changed].tolist()))]
    providers = moving[moving["provider"] != ""]
    rows = rows_of(totals(providers, ["provider"], on=inputs.snapshot.taken_on)) if len(providers) else []
    hours = float(moving["hours_per_week"].sum())
    return {
        "plan_id": side.stored.id,
        "against_plan_id": first.stored.id,
        "areas": int(changed.sum()),
        "live_postcodes": int(inputs.areas.live_postcodes[changed].sum()),
        "packages": len(moving),
        "people": int(moving["person"].nunique()),
        "waiting_packages": int(is_waiting(moving, inputs.snapshot.taken_on).sum()),
        "hours_per_week": round(hours, 4),
        "hours_share": round(hours / float(packages["hours_per_week"].sum()), 6),
        "providers": int(providers["provider"].nunique()),
        "by_provider": [
            {name: row[name] for name in ("provider", "packages", "people", "hours_per_week")} for row in rows
        ],
        "pair_agreement": round(beside.pair_agreement, 6),
        "from_zone_to_zone": _moves(inputs, first, side, beside),
        "figures": difference(first.checks["figures"], side.checks["figures"]),
    }


def _moves(inputs: PlanInputs, first: Side, side: Side, beside: Comparison) -> list[dict[str, Any]]:
    """What lies in each pair of a zone of the first plan and a zone of the other, whether it changes or stays."""
    pairs = pd.DataFrame({"area_id": inputs.areas.ids, "from_zone": first.zone_of, "to_zone": side.zone_of})
    areas = pairs.groupby(["from_zone", "to_zone"]).size()
    both = inputs.packages.merge(pairs, on="area_id", how="left")
    table = totals(both, ["from_zone", "to_zone"], on=inputs.snapshot.taken_on)
    matched = enumerate(beside.matched.tolist())
    stays = {(first.zones[a].name, side.zones[int(b)].name) for a, b in matched if b >= 0}
    shown = {(row["from_zone"], row["to_zone"]): row for row in rows_of(table)}
    return [
        {
            "from_zone": a,
            "to_zone": b,
            "stays": (a, b) in stays,
            "areas": int(count),
            **{name: shown.get((a, b), {}).get(name, 0) for name in ("hours_per_week", "packages", "people")},
        }
        for a, b, count in areas.reset_index(name="areas").itertuples(index=False)
    ]
