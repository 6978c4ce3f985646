"""Why no plan can meet a request, in the words of those who asked: which rule, which places, what would help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.usecases.plans.measure.rules.rule import Ground
from app.usecases.plans.measure.rules.table import RULES, held_to
from app.usecases.plans.measure.rules.whole import NaturalAreas
from geo.zoning.problem.distant import distant_groups, said

if TYPE_CHECKING:
    from app.usecases.plans.draw.request import PlanRequest
    from geo.zoning import NoPlanFoundError, ZoningError, ZoningProblem
    from geo.zoning.problem.errors import Finding

SHOWN = 6


def explained(error: ZoningError, request: PlanRequest, ground: Ground, zone_names: Sequence[str]) -> str:
    """The engine's reasons, each with what the rules behind it say of it."""
    lines = ["No zone plan can meet this request:"]
    alike: dict[tuple[str, frozenset[str], tuple[int, ...]], list[Finding]] = {}
    natural = NaturalAreas(ground.inputs, request, ground.places)
    for finding in error.findings:
        # Two towns are many pairs of areas: one of each pair of towns is enough to see what is wrong.
        towns = frozenset(natural.called(unit) for unit in finding.units)
        alike.setdefault((finding.kind, towns, finding.zones), []).append(finding)
    for findings in alike.values():
        added = [rule.explain(request, findings[0], ground, zone_names) for rule in RULES]
        lines.append(" ".join([str(findings[0]), *filter(None, added)]))
        if len(findings) > 1:
            lines[-1] += f" And {len(findings) - 1:,} more of the same places."
    return "\n".join(lines)


def nothing_found(error: NoPlanFoundError, problem: ZoningProblem, request: PlanRequest) -> str:
    """Why a search found nothing, as far as it is known, and what it was held to."""
    of_rules = list(filter(None, (rule.found_nothing(request, error.kinds) for rule in RULES)))
    told = "\n".join(of_rules) or str(error)
    return "\n".join(part for part in (told, far_apart(problem), rules_in_force(request)) if part)


def far_apart(problem: ZoningProblem) -> str:
    """Places that must share a zone and lie apart, by name: what a search that found nothing is likely to have met."""
    groups = sorted(distant_groups(problem), key=lambda held: -held.least_hours)
    lines = [f"{said(problem, held)}, of {float(problem.ceiling_hours.max()):,.1f} at most." for held in groups[:SHOWN]]
    more = [f"And {len(groups) - SHOWN} more such groups."] if len(groups) > SHOWN else []
    return "\n".join([*lines, *more])


def rules_in_force(request: PlanRequest) -> str:
    """The rules a search that found nothing was held to, so that somebody can see which to loosen."""
    wanted = request.wanted or ()
    counts = {
        "wanted places": sum(len(zone.areas) for zone in wanted),
        "zones with viable_hours_per_week of their own": sum(zone.viable_hours_per_week is not None for zone in wanted),
        "required bases": sum(zone.base_area_id is not None or zone.base_settlement is not None for zone in wanted),
    }
    held = [f"tolerance_share {request.tolerance_share:g}", *held_to(request)]
    held += [f"{count} {name}" for name, count in counts.items() if count]
    return f"It was held to: {', '.join(held)}."
