"""What a drawn plan was asked to keep and what it keeps, rule by rule, for its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from app.usecases.plans.draw.request import PlanRequest
from app.usecases.plans.measure.costs import cut_natural_areas
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import NaturalAreas, Places
from geo.zoning import ZonePlan
from geo.zoning.check.plan_and_bound import broken_rules
from geo.zoning.problem.islands import piece_of_each


def plan_rules(inputs: PlanInputs, request: PlanRequest, plan: ZonePlan) -> dict[str, Any]:
    """Every rule in force with what was asked and found, and what code independent of the search finds broken.

    Args:
        inputs: The county.
        request: What was asked.
        plan: The plan; its problem is the one that was solved.

    Returns:
        ``rules``: rows of ``rule``, ``unit``, ``asked``, ``found`` and ``kept``; ``kept`` is None for what has a price
        and no limit. ``rules_broken``: sentences, none for a sound plan.
    """
    problem, labels = plan.problem, plan.labels
    rows = [
        _row("contiguity", "pieces of a zone", 1, _most_pieces(plan)),
        _row("balance", "share of the target", request.tolerance_share, round(float(plan.imbalance), 6)),
    ]
    rows += _viability(plan)
    if request.longest_minutes is not None:
        reach = inputs.travel.minutes[np.arange(labels.size), plan.bases[labels]]
        longest = round(float(reach[inputs.travel.hours > 0].max(initial=0.0)), 2)
        rows.append(_row("reach from the base", "minutes", request.longest_minutes, longest))
    rows += [_row(rule, "number", asked, kept, least=True) for rule, (asked, kept) in _counts(request, plan).items()]
    natural = NaturalAreas(inputs, request, Places(inputs))
    cut = cut_natural_areas(natural.judge(inputs), labels)
    if natural.whole:
        broken = sorted({natural.names[number] for number in natural.whole} & set(cut))
        rows.append(
            _row("natural areas kept whole", "number", len(natural.whole), len(natural.whole) - len(broken), least=True)
        )
    rows += _priced(request, plan, len(cut))
    return {"rules": rows, "rules_broken": broken_rules(problem, labels)}


def _viability(plan: ZonePlan) -> list[dict[str, Any]]:
    """What the least zone has of what all need; where zones differ in it, a row for each."""
    least = plan.problem.least_hours_by_zone
    bound = np.flatnonzero(least > 0)
    rule, unit = "viability of prime providers", "hours a week of a zone"
    if np.unique(least[bound]).size == 1:
        found = round(float(plan.hours[bound].min()), 2)
        return [_row(rule, unit, float(least[bound[0]]), found, least=True)]
    return [
        _row(
            f"{rule}: {plan.problem.zone_name(zone)}",
            unit,
            float(least[zone]),
            round(float(plan.hours[zone]), 2),
            least=True,
        )
        for zone in bound.tolist()
    ]


def _most_pieces(plan: ZonePlan) -> int:
    """Pieces of the zone that is in most."""
    members = (np.flatnonzero(plan.labels == zone) for zone in range(plan.problem.zones))
    return max(int(piece_of_each(plan.problem.adjacency[at][:, at]).max()) + 1 for at in members)


def _counts(request: PlanRequest, plan: ZonePlan) -> Mapping[str, tuple[int, int]]:
    """Of locks, bases and pairs: how many there are and how many are kept."""
    problem, labels = plan.problem, plan.labels
    held = {
        "locked areas": [labels[unit] == zone for unit, zone in (problem.locked or {}).items()],
        "required bases": [plan.bases[zone] == unit for zone, unit in (problem.bases or {}).items()],
        "areas together (pairs)": [labels[a] == labels[b] for a, b in problem.together or ()],
        "areas apart (pairs)": [labels[a] != labels[b] for a, b in problem.apart or ()],
        "barriers (pairs)": [True] * len(request.barriers),
        "crossings (pairs)": [True] * len(request.crossings),
    }
    return {rule: (len(kept), int(sum(kept))) for rule, kept in held.items() if kept}


def _priced(request: PlanRequest, plan: ZonePlan, cut: int) -> list[dict[str, Any]]:
    """What has a price in place of a limit: cut natural areas, borders (compactness), packages that change zone."""
    prices = request.priorities
    parts = {
        "natural areas cut": (prices.natural_area_pounds_per_year, "pounds a year for each cut", plan.parts["areas"]),
        "compactness": (prices.border_pounds_per_year, "pounds a year for each parted pair", plan.parts["cuts"]),
        "disruption": (prices.disruption_pounds_per_package, "pounds for each package", plan.parts["membership"]),
    }
    rows = [
        {"rule": rule, "unit": unit, "asked": price, "found": round(float(part), 2), "kept": None}
        for rule, (price, unit, part) in parts.items()
        if price > 0
    ]
    return [{**row, "cut": cut} if row["rule"] == "natural areas cut" else row for row in rows]


def _row(rule: str, unit: str, asked: float, found: float, *, least: bool = False) -> dict[str, Any]:
    kept = found >= asked - 1e-6 if least else found <= asked + 1e-6
    return {"rule": rule, "unit": unit, "asked": asked, "found": found, "kept": bool(kept)}


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
