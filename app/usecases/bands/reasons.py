"""Why a place has its band, for an area or for a postcode, in the classification asked for or in force."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.problems import not_found
from app.storage.decisions import band_of_area
from app.storage.models import BandArea, BandOverride, BandRun, Postcode
from geo.postcodes import InvalidPostcode, clean, parse, spaced

REASONS = ("run_id", "area_id", "band", "rule_band", "rule", "decided_by", "why", "features", "explanation")
"""What is told of an area: columns of :class:`BandArea`."""


def area_of_postcode(session: Session, council: str, text: str) -> tuple[str, str] | None:
    """Key and area of one of the council's postcodes in any spelling; None for what is no postcode of the council."""
    try:
        key = parse(text).key
    except InvalidPostcode:
        return None
    area = session.scalar(select(Postcode.area_id).where(Postcode.council == council, Postcode.key == key))
    return None if area is None else (key, area)


def reasons_of_area(session: Session, run: BandRun, area_id: str) -> BandArea:
    """The band of an area with its reasons.

    Raises:
        Problem: the classification knows no such area.
    """
    row = band_of_area(session, run.id, area_id)
    if row is None:
        raise not_found("area", area_id)
    return row


def reasons_of_postcode(session: Session, run: BandRun, key: str, area_id: str) -> dict[str, Any]:
    """The band of a live postcode: that of its area, unless it was decided for the postcode itself.

    Args:
        session: A read session.
        run: The classification.
        key: The postcode without its space.
        area_id: The area it lies in.

    Returns:
        ``postcode``, ``area_band`` and the columns of :class:`BandArea`, of which ``band``, ``decided_by`` and ``why``
        are the postcode's own.

    Raises:
        Problem: the classification knows no such area.
    """
    area = reasons_of_area(session, run, area_id)
    found = {"postcode": spaced(key), "area_band": area.band} | {name: getattr(area, name) for name in REASONS}
    decided = run.parameters.get("postcode_bands", {}).get(key)
    if decided is None:
        return found
    override = _decision(session, run, key)
    found |= {"band": decided, "decided_by": "override", "why": "Decided for this postcode."}
    if override is not None:
        found["why"] = f"Decided for this postcode: {override.reason}"
        found["explanation"] = {
            **area.explanation,
            "override": {
                "kind": "postcode",
                "name": spaced(key),
                "band": override.band,
                "reason": override.reason,
                "author": override.author,
                "decided": override.decided_on.isoformat(),
                "review": override.review_on.isoformat(),
            },
        }
    return found


def _decision(session: Session, run: BandRun, key: str) -> BandOverride | None:
    """The last decision for a postcode among those that the classification applied."""
    query = select(BandOverride).where(BandOverride.council == run.council, BandOverride.kind == "postcode")
    if applied := run.parameters.get("override_ids"):
        query = query.where(BandOverride.id.in_(applied))
    rows = session.scalars(query.order_by(BandOverride.id.desc()))
    return next((row for row in rows if clean(row.target) == key), None)
