"""The equality report of plans: whom they serve from further away, and whose zone they change."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.facts import TOTAL_NAMES, load_facts
from app.storage.models import Area, Dataset
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.rates.set_rates import bands_in_force
from geo.plans.equality import EVERYONE, group_effects, highest_fifth, zone_shares
from geo.zoning import ZonePlan

Floats = NDArray[np.float64]
RURAL_BANDS = ("rural", "isolated")
RURAL_CLASSES = ("D", "E", "F")


def resident_groups(session: Session, council: str, inputs: PlanInputs) -> tuple[dict[str, Floats], list[str]]:
    """(n,) residents of each area by group, and where the figures are from.

    Everyone is the first total population that is loaded; without one, live postcodes stand for residents. What the
    report is silent on for want of figures is said among the sources.
    """
    facts = load_facts(session, council)
    sources = []
    counts = dict(facts.counts) if facts else {}
    total = None if facts is None else facts.count_named(TOTAL_NAMES)
    if facts is not None:
        rows = session.scalars(select(Dataset).where(Dataset.id.in_(facts.dataset_ids)).order_by(Dataset.id))
        sources = [f"{row.name}: {row.source}" for row in rows]
    if total is not None:
        everyone = counts.pop(total)
    else:
        everyone = inputs.areas.live_postcodes.astype(np.float64)
        sources.append("Live postcodes stand for residents: no total population is loaded.")
    groups = {EVERYONE: everyone, **counts}
    rates = facts.rates if facts else {}
    for name, rate in rates.items():  # of a rank or a decile the lowest are the most deprived: both ends are told
        groups[f"fifth with the highest {name}"] = highest_fifth(rate, everyone)
        groups[f"fifth with the lowest {name}"] = highest_fifth(-rate, everyone)
    for missing, option, what in ((not counts, "--counts", "by age"), (not rates, "--rates", "by deprivation")):
        if missing:
            sources.append(
                f"Nothing is said {what}: no figures are loaded (patchwork import statistics FILE {option})."
            )
    bands = bands_in_force(session, council)
    if bands:
        in_band = np.array([bands.get(area, "") for area in inputs.areas.ids.tolist()])
        groups["rural and isolated bands"] = np.where(np.isin(in_band, RURAL_BANDS), everyone, 0.0)
    official = session.scalars(select(Area.official_class).where(Area.council == council).order_by(Area.position)).all()
    if any(official):
        rural = np.array([(code or "")[:1] in RURAL_CLASSES for code in official])
        groups["rural by the official classification"] = np.where(rural, everyone, 0.0)
    return groups, sources


def equality_of(
    inputs: PlanInputs, plan: ZonePlan, groups: dict[str, Floats], changed: NDArray[np.bool_] | None, names: list[str]
) -> dict[str, Any]:
    """How one plan treats every group, and who lives in each of its zones."""
    reach = inputs.travel.minutes[np.arange(plan.labels.size), plan.bases[plan.labels]]
    shares = zone_shares(groups, plan.labels, len(names))
    return {
        "groups": [
            {
                name: value if isinstance(value, str) or value is None else round(value, 4)
                for name, value in asdict(effect).items()
            }
            for effect in group_effects(groups, reach, changed)
        ],
        "zones": [
            {"zone": zone, **{f"{group} (share)": round(float(values[i]), 4) for group, values in shares.items()}}
            for i, zone in enumerate(names)
        ],
    }
