"""Why no plan was found: which limits the nearest plan misses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geo.zoning.problem.errors import Finding

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.zoning.problem.problem import ZoningProblem


def why_none(
    problem: ZoningProblem, nearest: npt.NDArray[np.int64] | None, *, out_of_reach: bool = False
) -> list[Finding]:
    """Return what stands in the way.

    Args:
        problem: What was asked.
        nearest: (n,) zones of the plan that came nearest to keeping every limit; None where there was none at all.
        out_of_reach: Whether plans were met that keep every limit but have units which no base of theirs may serve.
    """
    if out_of_reach:
        text = "Every plan met within the limits of hours has units that no base in their zone may serve."
        return [Finding("out_of_reach", text, "Let bases serve units farther away, or ask for more zones.")]
    if nearest is None and not problem.locked:
        return [Finding("no_time", "The seconds ran out before any plan was made.", "Allow more seconds.")]
    if nearest is None:
        text = "No way was found to join the units locked to each zone without crossing another zone."
        return [
            Finding("locks_cross", text, "Unlock some of the units, add missing neighbours, or allow more seconds.")
        ]
    hours = np.bincount(nearest, problem.hours, minlength=problem.zones)
    findings = []
    for zone in range(problem.zones):
        low, high = problem.floor_hours[zone], problem.ceiling_hours[zone]
        if low <= hours[zone] <= high:
            continue
        allowed = f"{low:,.1f} to {high:,.1f}"
        text = f"In the nearest plan {problem.zone_name(zone)} has {hours[zone]:,.1f} hours, allowed {allowed}."
        findings.append(Finding("limits_missed", text, zones=(zone,)))
    if not findings:
        findings.append(
            Finding("pairs_broken", "In the nearest plan some pairs that must be together or apart are not.")
        )
    remedy = "Widen the tolerance, unlock units near these zones, change their targets, or allow more seconds."
    findings[-1] = replace(findings[-1], remedy=remedy)
    return findings
