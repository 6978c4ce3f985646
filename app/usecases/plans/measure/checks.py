"""Whether a plan keeps its rules, zone by zone, and what it costs: asked after every edit and before publishing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.usecases.plans.measure.costs import imbalance, plan_cost, scaled_targets
from app.usecases.plans.measure.inputs import PlanInputs
from geo.plans.editing import ZoneRow
from geo.zoning import ZonePlan
from geo.zoning.problem.islands import piece_of_each

DEFAULT_TOLERANCE = 0.05
PIECES_SHOWN = 5


def plan_checks(inputs: PlanInputs, zones: Sequence[ZoneRow], plan: ZonePlan, tolerance: float) -> dict[str, Any]:
    """Figures of a plan, a line for each zone, and every rule it breaks.

    Args:
        inputs: The county.
        zones: The plan's zones, in order of number.
        plan: The same, measured: its labels are positions in ``zones``.
        tolerance: Largest deviation from a target that is not remarked on, as a share of it.
    """
    labels = plan.labels
    pieces = [_pieces(inputs, labels == i) for i in range(len(zones))]
    scaled = scaled_targets(plan.hours, [zone.target_hours_per_week for zone in zones])
    rows = [
        {
            "number": zone.number,
            "name": zone.name,
            "tier": zone.tier,
            "areas": int((labels == i).sum()),
            "hours_per_week": round(float(plan.hours[i]), 4),
            "target_hours_per_week": None if aim is None else round(aim, 4),
            "deviation_share": None if not aim else round(float(plan.hours[i]) / aim - 1, 6),
            "pieces": len(pieces[i]),
            "base_area_id": str(inputs.areas.ids[plan.bases[i]]),
        }
        for i, (zone, aim) in enumerate(zip(zones, scaled, strict=True))
    ]
    figures = {**plan_cost(inputs, plan), "imbalance_share": imbalance(plan.hours, scaled)}
    return {"figures": figures, "zones": rows, "broken_rules": _broken(rows, pieces, tolerance)}


def _pieces(inputs: PlanInputs, members: NDArray[np.bool_]) -> list[list[str]]:
    """The areas of each connected piece of a zone, the largest first."""
    at = np.flatnonzero(members)
    piece = piece_of_each(inputs.areas.adjacency[at][:, at])
    return [inputs.areas.ids[at[piece == number]].tolist() for number in range(int(piece.max()) + 1)]


def _broken(
    rows: Sequence[dict[str, Any]], pieces: Sequence[list[list[str]]], tolerance: float
) -> list[dict[str, Any]]:
    found = []
    for row, parts in zip(rows, pieces, strict=True):
        if len(parts) > 1:
            cut_off = [area for part in parts[1:] for area in part]
            shown = ", ".join(cut_off[:PIECES_SHOWN]) + (" and others" if len(cut_off) > PIECES_SHOWN else "")
            detail = f"{row['name']} is in {len(parts)} pieces; {len(cut_off)} areas are cut off: {shown}."
            found.append({"rule": "contiguity", "zone_number": row["number"], "detail": detail, "areas": cut_off})
        off = row["deviation_share"]
        if off is not None and abs(off) > tolerance + 1e-9:
            detail = (
                f"{row['name']} has {row['hours_per_week']:,.0f} hours a week, {off:+.1%} of its target of "
                f"{row['target_hours_per_week']:,.0f}; {tolerance:.0%} is allowed."
            )
            found.append({"rule": "balance", "zone_number": row["number"], "detail": detail, "areas": []})
    return found
