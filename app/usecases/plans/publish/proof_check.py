"""A plan's figures worked out again from scratch, by code that shares nothing with the search."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.settings import Settings
from app.storage.models import ZonePlan
from app.usecases.plans.publish.proof import Proof, plan_proof
from geo.zoning.check.plan_and_bound import ROUNDING, broken_rules, checked_bound, recomputed_cost
from geo.zoning.plan.certificate import Certificate, from_data, leaves
from geo.zoning.plan.plan import proven_gap

PENNY = 0.01


def check_plan(session: Session, council: str, plan: ZonePlan, settings: Settings) -> dict[str, Any]:
    """Work out again which rules a plan breaks, what it costs, and the least that any plan can cost.

    Returns:
        ``broken_rules``; ``reported`` and ``recomputed``, each with the pounds a year plans are chosen by, the least
        possible and the gap; ``holds`` by part, None where nothing can be checked; ``changed_since``: what is loaded
        otherwise than when the plan was drawn; ``remark`` on the proof.

    Raises:
        Problem: the plan has no proof; the detail says why.
    """
    proof = plan_proof(session, council, plan, settings)
    found, kept = proof.problem, proof.kept
    reported = _reported(plan, proof)
    broken = broken_rules(found, proof.labels)
    cost = recomputed_cost(found, proof.labels)
    bound, remark, cases = _bound(proof)
    gap = None if bound is None else proven_gap(cost, bound)
    least = reported["least_possible_pounds_per_year"]
    holds = {
        "rules": not broken,
        "cost": _alike(cost, reported["objective_pounds_per_year"]),
        "bound": None if kept["proven_by"] != "certificate" else bound is not None and _no_less(bound, least),
        "gap": None if kept["proven_by"] != "certificate" else gap is not None and gap <= reported["gap_share"] + 1e-5,
    }
    return {
        "plan_id": plan.id,
        "proven_by": kept["proven_by"],
        "cases": cases,
        "broken_rules": broken,
        "reported": reported,
        "recomputed": {
            "objective_pounds_per_year": round(cost, 2),
            "least_possible_pounds_per_year": None if bound is None else round(bound, 2),
            "gap_share": None if gap is None else round(gap, 6),
        },
        "holds": holds,
        "all_holds": all(part is not False for part in holds.values()),
        "changed_since": proof.changed,
        "remark": remark,
    }


def _reported(plan: ZonePlan, proof: Proof) -> dict[str, float]:
    """What the plan is said to cost; of one edited and put back again, what was said when it was drawn."""
    cost, bound = float(proof.kept["cost"]), float(proof.kept["bound"])
    if not plan.report.get("edited"):
        cost = float(plan.report["objective_pounds_per_year"])
        bound = float(plan.report["least_possible_pounds_per_year"])
    gap = plan.report.get("gap_share") if not plan.report.get("edited") else None
    return {
        "objective_pounds_per_year": round(cost, 2),
        "least_possible_pounds_per_year": round(bound, 2),
        "gap_share": round(proven_gap(cost, bound) if gap is None else float(gap), 6),
    }


def _bound(proof: Proof) -> tuple[float | None, str | None, int | None]:
    """The bound that the certificate proves, a remark where there is none, and its number of cases."""
    data = proof.kept["certificate"]
    if proof.kept["proven_by"] == "exact model":
        return None, "The exact model proved it: HiGHS closed every case, which leaves no certificate to check.", None
    if data is None:
        return None, "Nothing was proven of it in the time it was given.", None
    certificate: Certificate = from_data(data)
    try:
        return checked_bound(proof.problem, certificate), None, leaves(certificate)
    except ValueError as error:
        return None, f"The certificate proves nothing of this problem: {error}.", leaves(certificate)


def _alike(found: float, reported: float) -> bool:
    return abs(found - reported) <= max(PENNY, ROUNDING * abs(reported))


def _no_less(found: float, reported: float) -> bool:
    return found >= reported - max(PENNY, ROUNDING * abs(reported))
