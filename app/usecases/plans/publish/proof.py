"""A stored plan's proof with the problem it speaks of, put together again from the demand and the travel model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.problems import Problem
from app.settings import Settings
from app.storage.decisions import zone_of_areas, zones_of_plan
from app.storage.demand import find_snapshot
from app.storage.models import ZonePlan
from app.storage.plan_proofs import proof_of
from app.usecases.plans.draw.problem import zones_problem
from app.usecases.plans.draw.proof_kept import fingerprints
from app.usecases.plans.draw.request import TryRequest, ZoneWanted
from app.usecases.plans.measure.inputs import plan_inputs
from geo.zoning import ZoningProblem

CHANGED = {
    "hours": "the demand is not what the plan was drawn on",
    "neighbours": "areas border on each other otherwise than when the plan was drawn",
    "costs": "travel or its prices are not what the plan was drawn on",
}


@dataclass(frozen=True, eq=False)
class Proof:
    """A plan, the problem it answers, and what was proven of it.

    Attributes:
        problem: What was asked, made anew from what is loaded.
        labels: (n,) zone of each unit, as stored.
        area_ids: (n,) code of each unit's area.
        kept: What was kept of the proof, see :func:`app.usecases.plans.draw.proof_kept.kept_proof`.
        changed: What is no longer as it was when the plan was drawn, in words.
        fingerprints: Of what the problem rests on now, see :func:`app.usecases.plans.draw.proof_kept.fingerprints`.
    """

    problem: ZoningProblem
    labels: NDArray[np.int64]
    area_ids: list[str]
    kept: Mapping[str, Any]
    changed: list[str]
    fingerprints: Mapping[str, str]


def request_of(plan: ZonePlan) -> TryRequest | None:
    """What a drawn plan, or the one it is a copy of, was asked to be; None for a plan that was not drawn."""
    given = {name: value for name, value in plan.parameters.items() if name in TryRequest.model_fields}
    try:
        return TryRequest.model_validate(given)
    except ValidationError:
        return None


def plan_proof(session: Session, council: str, plan: ZonePlan, settings: Settings) -> Proof:
    """A plan's proof, with its problem.

    Raises:
        Problem: it has none, which the detail gives the reason of; or its problem cannot be put together again.
    """
    kept, request = proof_of(session, plan.id), request_of(plan)
    if kept is None or request is None:
        raise _none(plan.id, _why_none(session, council, plan, drawn=request is not None))
    zones = zones_of_plan(session, plan.id)
    inputs = plan_inputs(session, council, settings, snapshot_id=plan.snapshot_id, terms=request.travel)
    labels = inputs.labels(zone_of_areas(session, plan.id), [zone.number for zone in zones])
    if labels.tolist() != kept["zone_of_unit"]:
        raise _none(plan.id, "it was edited since it was drawn, and the proof is of the zones as they were drawn")
    wanted = [ZoneWanted.model_validate(zone) for zone in kept["wanted"]]
    asked = request.model_copy(update={"snapshot_id": inputs.snapshot.id})
    problem = zones_problem(inputs, asked, wanted, kept["standing"])
    aims = [None if np.isnan(hours) else float(hours) for hours in problem.target_hours]
    if not _same_aims(aims, [zone.target_hours_per_week for zone in zones]):
        raise _none(plan.id, "its zones aim at other hours than when it was drawn")
    now = fingerprints(problem)
    changed = [text for part, text in CHANGED.items() if now[part] != kept["fingerprints"][part]]
    return Proof(problem, labels, inputs.areas.ids.tolist(), kept, changed, now)


def _none(plan_id: int, why: str) -> Problem:
    return Problem(409, "conflict", "No proof", f"Plan {plan_id} has no proof: {why}.")


def _why_none(session: Session, council: str, plan: ZonePlan, *, drawn: bool) -> str:
    if not drawn:
        return f"it was {plan.method}, not drawn, so nothing was proven of what it costs"
    snapshot = None if plan.snapshot_id is None else find_snapshot(session, council, plan.snapshot_id)
    if snapshot is None or snapshot.withdrawn_at is not None:
        return "the demand it was drawn on was withdrawn, and the proof is erased with it"
    return "it was drawn before proofs were kept. Draw it again"


def _same_aims(ours: list[float | None], stored: list[float | None]) -> bool:
    """Whether zones aim at the hours they were drawn for, to the rounding of a database."""
    return len(ours) == len(stored) and all(
        a is b if a is None or b is None else bool(np.isclose(a, b, rtol=1e-9))
        for a, b in zip(ours, stored, strict=True)
    )


def _prices_of_pairs(problem: ZoningProblem) -> list[float] | None:
    """Price of parting each of the neighbours, in their order; None where all have the same."""
    if problem.one_cut_price is not None:
        return None
    pairs = problem.pair_price.tocoo()
    rows = zip(pairs.row.tolist(), pairs.col.tolist(), pairs.data.tolist(), strict=True)
    return [price for a, b, price in rows if a < b]


def proof_document(plan: ZonePlan, proof: Proof) -> dict[str, Any]:
    """All that a stranger needs to check a plan's bound, but the matrix of costs, as plain data."""
    problem, kept = proof.problem, proof.kept
    pairs = problem.adjacency.tocoo()
    return {
        "plan_id": plan.id,
        "snapshot_id": plan.snapshot_id,
        "changed_since": proof.changed,
        "units": proof.area_ids,
        "zone_of_unit": proof.labels.tolist(),
        "zones": [
            {
                "name": problem.zone_name(zone),
                "target_hours_per_week": None
                if np.isnan(problem.target_hours[zone])
                else float(problem.target_hours[zone]),
                "least_hours_per_week": float(problem.least_hours_by_zone[zone]),
            }
            for zone in range(problem.zones)
        ],
        "tolerance_share": float(problem.tolerance),
        "hours_per_week": problem.hours.tolist(),
        "neighbours": [[a, b] for a, b in zip(pairs.row.tolist(), pairs.col.tolist(), strict=True) if a < b],
        "locked": [[unit, zone] for unit, zone in sorted((problem.locked or {}).items())],
        "bases": [[zone, unit] for zone, unit in sorted((problem.bases or {}).items())],
        "together": [list(pair) for pair in problem.together or ()],
        "apart": [list(pair) for pair in problem.apart or ()],
        "natural_area_of_unit": None if problem.areas is None else problem.areas.tolist(),
        "natural_area_pounds_per_year": float(problem.area_price),
        "border_pounds_per_year": problem.one_cut_price or 0.0,
        "border_pounds_of_neighbours": _prices_of_pairs(problem),
        "membership_pounds": None if problem.membership_cost is None else problem.membership_cost.tolist(),
        "costs": {
            "address": f"/v1/plans/{plan.id}/proof/costs.npy",
            "sha256": proof.fingerprints["costs"],
            "unit": "pounds a year for each care hour a week of the row's unit, its zone's base at the column's",
        },
        "objective_pounds_per_year": kept["cost"],
        "least_possible_pounds_per_year": kept["bound"],
        "proven_by": kept["proven_by"],
        "certificate": kept["certificate"],
    }
