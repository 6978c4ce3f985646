"""Thresholds of the rules of bands tried out: what would move from band to band, without classifying anew."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.problems import invalid_input
from app.storage.models import BandArea, BandRun, DemandSnapshot
from app.usecases.bands.figures import shift_between
from app.usecases.bands.shift_pounds import rates_paid
from app.usecases.demand.gate import Audience
from geo.banding.features import feature_catalogue
from geo.banding.rules import Condition, Rule, Scheme, with_rules
from geo.banding.scheme_files import load_scheme, parse_scheme

RUNS_KEPT = 2
LARGEST_THRESHOLD = 1_000_000_000
"""No feature of an area, in whatever unit, comes near."""


class Threshold(BaseModel):
    """Another number for one condition of one rule."""

    model_config = ConfigDict(extra="forbid")

    rule: int = Field(ge=0, description="Place of the rule, from 0, as `GET /v1/bands/thresholds` lists them.")
    condition: int = Field(ge=0, description="Place of its condition, from 0.")
    value: float = Field(ge=-LARGEST_THRESHOLD, le=LARGEST_THRESHOLD)


@dataclass(frozen=True, eq=False)
class RunFeatures:
    """A classification's areas as its rules see them.

    Attributes:
        ids: Its areas.
        fixed: (n,) band of each area that a recorded decision set, "" for the others.
        values: (n,) of each feature that the rules test.
    """

    ids: list[str]
    fixed: NDArray[Any]
    values: Mapping[str, NDArray[Any]]


_kept: LRUCache[Any, RunFeatures] = LRUCache(RUNS_KEPT)
_lock = threading.Lock()


def scheme_of(run: BandRun) -> Scheme:
    """The scheme that a classification was made by."""
    own = run.parameters.get("own_scheme")
    return parse_scheme(str(own), "own_scheme") if own else load_scheme(run.scheme)


def thresholds_of(session: Session, run: BandRun) -> list[dict[str, Any]]:
    """Every number that the rules of a classification test, with the range of what it is tested against."""
    scheme, seen = scheme_of(run), _features(session, run)
    catalogue = feature_catalogue()
    found = []
    for i, rule in enumerate(scheme.rules):
        for j, condition in enumerate(rule.when):
            if isinstance(condition.value, tuple):
                continue
            values = np.asarray(seen.values[condition.feature], dtype=np.float64)
            known = values[np.isfinite(values)]
            low, high = (float(v) for v in np.quantile(known, [0.01, 0.95])) if known.size else (0.0, 1.0)
            about = catalogue[condition.feature]
            found.append(
                {
                    "rule": i,
                    "condition": j,
                    "band": rule.band,
                    "says": rule.says,
                    "feature": condition.feature,
                    "title": about.title,
                    "unit": about.unit,
                    "test": condition.test,
                    "value": condition.value,
                    "least": min(low, condition.value / 4),
                    "most": min(max(high, condition.value * 2), condition.value * 5) if condition.value > 0 else high,
                }
            )
    return found


def try_thresholds(
    session: Session, run: BandRun, snapshot: DemandSnapshot, asked: Sequence[Threshold], audience: Audience
) -> dict[str, Any]:
    """What moves from band to band under other thresholds, by rule and recorded decisions, smoothing left out.

    Raises:
        Problem: a threshold names no number of the rules.
    """
    scheme, seen = scheme_of(run), _features(session, run)
    was = _bands(scheme, seen)
    now = _bands(with_rules(scheme, _changed(scheme, asked)), seen)
    rates = rates_paid(session, run.council, None, [], date.today())  # noqa: DTZ011 - cards run by the local calendar
    return {
        "run_id": run.id,
        "snapshot_id": snapshot.id,
        "synthetic": snapshot.synthetic,
        "rate_card_id": rates.rate_card_id,
        "rate_card_ids": rates.rate_card_ids,
        "items": shift_between(session, (was, snapshot), (now, snapshot), rates, audience),
        "areas": {area: band for area, band in now.items() if was[area] != band},
    }


def _changed(scheme: Scheme, asked: Sequence[Threshold]) -> tuple[Rule, ...]:
    rules = list(scheme.rules)
    for i, threshold in enumerate(asked):
        conditions = list(rules[threshold.rule].when) if threshold.rule < len(rules) else []
        at = threshold.condition
        if at >= len(conditions) or isinstance(conditions[at].value, tuple):
            field = f"thresholds[{i}]"
            raise invalid_input(
                f"{field}: found rule {threshold.rule}, condition {at}, expected one that tests a number.",
                errors=[{"field": field, "message": "no such threshold"}],
            )
        conditions[at] = Condition(conditions[at].feature, conditions[at].test, threshold.value)
        rules[threshold.rule] = replace(rules[threshold.rule], when=tuple(conditions))
    return tuple(rules)


def _bands(scheme: Scheme, seen: RunFeatures) -> dict[str, str]:
    fired = scheme.fired(seen.values, len(seen.ids))
    by_rule = np.array([rule.band for rule in scheme.rules], dtype=object)[fired]
    bands = np.where(seen.fixed == "", by_rule, seen.fixed)
    return dict(zip(seen.ids, bands.tolist(), strict=True))


def _features(session: Session, run: BandRun) -> RunFeatures:
    # numbers of runs are given out anew in another database
    key = (str(session.get_bind().engine.url), run.council, run.id, run.created_at)
    with _lock:
        found = _kept.get(key)
    if found is None:
        found = _read(session, run)
        with _lock:
            _kept[key] = found
    return found


def _read(session: Session, run: BandRun) -> RunFeatures:
    query = select(BandArea.area_id, BandArea.band, BandArea.decided_by, BandArea.features)
    rows = session.execute(query.where(BandArea.run_id == run.id).order_by(BandArea.area_id)).all()
    values: dict[str, NDArray[Any]] = {}
    for rule in scheme_of(run).rules:
        for condition in rule.when:
            raw = [row.features.get(condition.feature) for row in rows]
            words = isinstance(condition.value, tuple)
            values[condition.feature] = (
                np.array(["" if value is None else str(value) for value in raw], dtype=object)
                if words
                else np.array([np.nan if value is None else float(value) for value in raw])
            )
    fixed = np.array([row.band if row.decided_by == "override" else "" for row in rows], dtype=object)
    return RunFeatures([row.area_id for row in rows], fixed, values)
