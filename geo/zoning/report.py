"""A plan in words and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geo.zoning.plan import ZonePlan

PART_NAMES = {
    "service": "serving units from their zone's base",
    "membership": "being in the zone they are in",
    "areas": "natural areas cut",
    "cuts": "neighbours parted",
}


def plan_report(plan: ZonePlan) -> str:
    """Return a readable account of `plan`: cost by part, proof, rules about targets, and a line for each zone."""
    problem = plan.problem
    lines = [
        f"{problem.zones} zones from {problem.units:,} units with {problem.hours.sum():,.1f} hours a week",
        f"Cost {plan.cost:,.2f}; proven least possible {plan.bound:,.2f}, so at most {plan.gap:.2%} could be saved.",
    ]
    lines += [f"  {PART_NAMES[name]}: {value:,.2f}" for name, value in plan.parts.items() if value or name == "service"]
    lines.append(f"Largest deviation from a target: {plan.imbalance:.2%} (allowed {problem.tolerance:.2%})")
    lines += _notes(plan)
    lines.append(
        f"Stopped on {plan.stopped} after {plan.elapsed_seconds:.1f} s and {plan.work} starts, seed {plan.seed}."
    )
    width = max(len(problem.zone_name(zone)) for zone in range(problem.zones))
    lines.append(f"{'zone':<{width}} {'units':>6} {'hours':>10} {'target':>10} {'off':>7}  base")
    for zone in range(problem.zones):
        target = problem.target_hours[zone]
        if np.isnan(target):
            aim, off = "free", ""
        else:
            aim, off = f"{target:,.1f}", f"{plan.hours[zone] / target - 1:+.2%}" if target > 0 else ""
        units = int((plan.labels == zone).sum())
        base = problem.unit_name(int(plan.bases[zone]))
        lines.append(
            f"{problem.zone_name(zone):<{width}} {units:>6} {plan.hours[zone]:>10,.1f} {aim:>10} {off:>7}  {base}"
        )
    return "\n".join(lines)


def _notes(plan: ZonePlan) -> list[str]:
    problem = plan.problem
    notes = []
    if problem.targets is not None and abs(problem.target_scale - 1) > 1e-9:
        notes.append(f"Targets were scaled by {problem.target_scale:.4f} to add up to the hours there are.")
    for a, b in problem.links:
        notes.append(f"Linked across a gap in the map: {problem.unit_name(a)} and {problem.unit_name(b)}.")
    return notes
