"""What a drawn plan was asked to keep and what it keeps, rule by rule, for its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.usecases.plans.draw.request import PlanRequest
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.rules.rule import Labelled
from app.usecases.plans.measure.rules.table import breaches, check_rules, joined, judged
from app.usecases.plans.measure.rules.wanted import ZoneWanted
from geo.plans.editing import ZoneRow
from geo.zoning import ZonePlan
from geo.zoning.check.plan_and_bound import broken_rules


def plan_rules(
    inputs: PlanInputs, request: PlanRequest, plan: ZonePlan, wanted: Sequence[ZoneWanted] | None = None
) -> dict[str, Any]:
    """Every rule in force with what was asked and found, and what code independent of the search finds broken.

    Args:
        inputs: The county.
        request: What was asked.
        plan: The plan; its problem is the one that was solved.
        wanted: The zones it was drawn with; those of the request where None.

    Returns:
        ``rules``: rows of ``rule``, ``unit``, ``asked``, ``found``, ``kept`` and ``words``; ``kept`` is None for what
        has a price and no limit. ``rules_broken``: sentences, none for a sound plan.
    """
    problem, ids = plan.problem, inputs.areas.ids
    zones = [
        ZoneRow(
            i + 1,
            problem.zone_name(i),
            None,
            None if np.isnan(problem.target_hours[i]) else float(problem.target_hours[i]),
            str(ids[plan.bases[i]]),
        )
        for i in range(problem.zones)
    ]
    asked = list(wanted if wanted is not None else request.wanted or [ZoneWanted(name=zone.name) for zone in zones])
    county = judged(request, joined(request, inputs))
    labelled = Labelled(county, zones, plan, asked, request.tolerance_share, request.priorities)
    verdicts = check_rules(request, labelled)
    found = broken_rules(problem, plan.labels)
    return {
        "rules": [verdict.row() for verdict in verdicts],
        "rules_broken": found or [row["detail"] for row in breaches(verdicts)],
    }


def rules_text(found: Mapping[str, Any]) -> str:
    """The rules in words, a line each."""
    lines = ["Asked and kept:"]
    for row in found["rules"]:
        state = "" if row["kept"] is None else ": kept" if row["kept"] else ": NOT KEPT"
        paid = "pounds a year in the plan" if row["kept"] is None else "found"
        lines.append(f"  {row['rule']}: {row['asked']:g} {row['unit']}, {row['found']:,g} {paid}{state}")
    return "\n".join([*lines, *found["rules_broken"]])


def numbers_text(numbers: list[dict[str, Any]], kept: int) -> str:
    """What each number of zones of a range came to, a line each."""
    if not numbers:
        return ""
    lines = ["zones   £ a year   with zones      gap"]
    for row in numbers:
        if row["problem"]:
            lines.append(f"{row['zones']:>5}  {row['problem'].splitlines()[-1]}")
            continue
        mark = "  kept" if row["zones"] == kept else ""
        lines.append(
            f"{row['zones']:>5} {row['objective_pounds_per_year']:>10,.0f} "
            f"{row['with_zones_pounds_per_year']:>12,.0f} {row['gap_share']:>8.2%}{mark}"
        )
    return "\n".join(lines)
