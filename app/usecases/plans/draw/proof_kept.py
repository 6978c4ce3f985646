"""What is kept of a drawn plan's proof: the certificate, and of the problem only what cannot be read again."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.usecases.plans.draw.request import ZoneWanted
from geo.zoning import ZonePlan, ZoningProblem
from geo.zoning.plan.certificate import as_data


def kept_proof(
    problem: ZoningProblem, plan: ZonePlan, wanted: Sequence[ZoneWanted], standing: Mapping[str, str] | None
) -> dict[str, Any]:
    """A plan's proof as plain data.

    Hours, neighbours and costs are not kept: they are read again from the demand and the travel model, so that a check
    rests on them and not on a copy. Their fingerprints tell whether they are the same still.

    Args:
        problem: What the engine was asked.
        plan: What it drew.
        wanted: The zones, in order of their numbers.
        standing: Name of the zone each area was in, where packages had a price to change zone.
    """
    certificate = None if plan.certificate is None else as_data(plan.certificate)
    return {
        "wanted": [zone.model_dump(mode="json") for zone in wanted],
        "standing": None if standing is None else dict(standing),
        "zone_of_unit": plan.labels.tolist(),
        "cost": float(plan.cost),
        "bound": float(plan.bound),
        "proven_by": proven_by(plan),
        "certificate": certificate,
        "fingerprints": fingerprints(problem),
    }


def proven_by(plan: ZonePlan) -> str:
    """What a plan's bound rests on: ``certificate``, ``exact model``, or ``nothing``."""
    if plan.bound <= 0:
        return "nothing"
    return "exact model" if plan.certificate is None else "certificate"


def fingerprints(problem: ZoningProblem) -> dict[str, str]:
    """SHA-256 of what a problem rests on: hours, neighbours, and the costs as they are handed out."""
    pairs = problem.adjacency.tocoo()
    links = np.array(sorted(zip(pairs.row.tolist(), pairs.col.tolist(), strict=True)), np.int64)
    return {
        "hours": hashlib.sha256(np.asarray(problem.hours, "<f8").tobytes()).hexdigest(),
        "neighbours": hashlib.sha256(links.tobytes()).hexdigest(),
        "costs": hashlib.sha256(as_npy(problem.cost)).hexdigest(),
    }


def as_npy(values: NDArray[np.float64]) -> bytes:
    """An array as the bytes of a NumPy file (.npy), little-endian doubles in rows, the same on every machine."""
    held = io.BytesIO()
    np.lib.format.write_array(held, np.ascontiguousarray(values, "<f8"), version=(1, 0), allow_pickle=False)
    return held.getvalue()
