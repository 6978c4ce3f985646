"""Why no plan can meet a request, in the words of those who asked: which rule, which places, what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.usecases.plans.measure.places import NaturalAreas, contradiction, unit_names
from geo.zoning.problem.distant import distant_groups, said

if TYPE_CHECKING:
    from app.usecases.plans.draw.request import PlanRequest
    from app.usecases.plans.measure.inputs import PlanInputs
    from geo.zoning import NoPlanFoundError, ZoningError, ZoningProblem
    from geo.zoning.problem.errors import Finding

SHOWN = 6
HALVINGS = 12


def explained(error: ZoningError, natural: NaturalAreas, zone_names: Sequence[str]) -> str:
    """The engine's reasons, with natural areas that must stay whole and zones called by their names."""
    lines = ["No zone plan can meet this request:"]
    alike: dict[tuple[str, frozenset[str], tuple[int, ...]], list[Finding]] = {}
    for finding in error.findings:
        # Two towns are many pairs of areas: one of each pair of towns is enough to see what is wrong.
        towns = frozenset(natural.called(unit) for unit in finding.units)
        alike.setdefault((finding.kind, towns, finding.zones), []).append(finding)
    for findings in alike.values():
        lines.append(_told(findings[0], natural, zone_names))
        if len(findings) > 1:
            lines[-1] += f" And {len(findings) - 1:,} more of the same places."
    return "\n".join(lines)


def _told(finding: Finding, natural: NaturalAreas, zone_names: Sequence[str]) -> str:
    held = {natural.named(unit) for unit in finding.units}
    text = str(finding)
    if finding.kind in {"unit_too_large", "locks", "apart", "too_far_apart"} and held - {None}:
        names = " and ".join(sorted(repr(name) for name in held if name is not None))
        text += f" ({names} must stay whole: whole_settlements, natural_areas; let it be cut at a price instead.)"
    elif finding.kind == "not_viable" and finding.zones:
        named = ", ".join(zone_names[zone] for zone in finding.zones[:SHOWN])
        text += f" (viable_hours_per_week, for all or in wanted; 0 there exempts {named}.)"
    return text


def nothing_found(error: NoPlanFoundError, problem: ZoningProblem, request: PlanRequest) -> str:
    """Why a search found nothing, as far as it is known, and what it was held to."""
    told = str(error)
    if request.longest_minutes is not None and "out_of_reach" in error.kinds:
        told = (
            f"No plan was found in which every area is within {request.longest_minutes:g} minutes of its zone's base "
            "and the other limits are kept. Allow more minutes, ask for more zones, or widen the tolerance."
        )
    return "\n".join(part for part in (told, far_apart(problem), rules_in_force(request)) if part)


def refuse_out_of_reach(
    inputs: PlanInputs, longest_minutes: float | None, zones: int, bases: Mapping[int, int]
) -> None:
    """See that so many bases can reach every area with hours.

    Areas of which no two can be reached from one base each need a base of their own: where there are more of them than
    zones, no plan can do.

    Raises:
        JobProblem: they cannot; the detail names areas that lie too far apart and the least minutes that may do.
    """
    if longest_minutes is None:
        return
    minutes, needing = inputs.travel.minutes, np.flatnonzero(inputs.travel.hours > 0)
    usable = np.arange(minutes.shape[1])
    if len(bases) == zones:
        usable = np.array(sorted(bases.values()))
    reach = minutes[np.ix_(needing, usable)]
    names = unit_names(inputs)
    lonely = np.flatnonzero(reach.min(axis=1) > longest_minutes)
    if lonely.size:
        shown = ", ".join(names[needing[i]] for i in lonely[:SHOWN].tolist())
        raise contradiction(
            f"longest_minutes: {lonely.size} areas are further than {longest_minutes:g} minutes from every base, among "
            f"them {shown}. Allow {_up(float(reach.min(axis=1).max()))} minutes, or move a base."
        )
    alone = _each_needs_a_base(reach <= longest_minutes)
    if len(alone) <= zones:
        return
    shown = ", ".join(names[needing[i]] for i in alone[:SHOWN])
    low, high = longest_minutes, float(reach.max())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if len(_each_needs_a_base(reach <= middle)) > zones else (low, middle)
    raise contradiction(
        f"longest_minutes: {zones} bases cannot reach every area within {longest_minutes:g} minutes. At least "
        f"{len(alone)} areas lie so far apart that each needs a base of its own, among them {shown}. Ask for "
        f"{len(alone)} zones or more, or allow more than {low:.1f} minutes."
    )


def _each_needs_a_base(served: NDArray[np.bool_]) -> list[int]:
    """Rows of which no two share a column, taken greedily from those that fewest columns serve."""
    found: list[int] = []
    free = np.ones(served.shape[0], dtype=np.bool_)
    for row in np.argsort(served.sum(axis=1), kind="stable").tolist():
        if free[row]:
            found.append(row)
            free &= ~served[:, served[row]].any(axis=1)
    return found


def _up(minutes: float) -> str:
    return f"{np.ceil(minutes * 10) / 10:g}"


def far_apart(problem: ZoningProblem) -> str:
    """Places that must share a zone and lie apart, by name: what a search that found nothing is likely to have met."""
    groups = sorted(distant_groups(problem), key=lambda held: -held.least_hours)
    lines = [f"{said(problem, held)}, of {float(problem.ceiling_hours.max()):,.1f} at most." for held in groups[:SHOWN]]
    more = [f"And {len(groups) - SHOWN} more such groups."] if len(groups) > SHOWN else []
    return "\n".join([*lines, *more])


def rules_in_force(request: PlanRequest) -> str:
    """The rules a search that found nothing was held to, so that somebody can see which to loosen."""
    held = [f"tolerance_share {request.tolerance_share:g}"]
    if request.longest_minutes is not None:
        held.append(f"longest_minutes {request.longest_minutes:g}")
    if request.viable_hours_per_week is not None:
        free = " for zones without a target too" if request.viable_without_target else ""
        held.append(f"viable_hours_per_week {request.viable_hours_per_week:g}{free}")
    if request.whole_settlements_up_to_hours_per_week is not None:
        held.append(f"whole_settlements_up_to_hours_per_week {request.whole_settlements_up_to_hours_per_week:g}")
    counts = {
        "whole_settlements": len(request.whole_settlements),
        "whole natural_areas": sum(area.whole for area in request.natural_areas),
        "together": len(request.together),
        "apart": len(request.apart),
        "barriers": len(request.barriers),
        "locked or wanted places": sum(map(len, request.locked.values()))
        + sum(len(zone.areas) for zone in request.wanted or ()),
        "zones with viable_hours_per_week of their own": sum(
            zone.viable_hours_per_week is not None for zone in request.wanted or ()
        ),
        "required bases": sum(
            zone.base_area_id is not None or zone.base_settlement is not None for zone in request.wanted or ()
        ),
    }
    held += [f"{count} {name}" for name, count in counts.items() if count]
    return f"It was held to: {', '.join(held)}."
