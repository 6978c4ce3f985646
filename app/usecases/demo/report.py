"""The published report's tables beside what the service computes, each figure with its difference."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.problems import Problem
from app.storage.decisions import published
from app.storage.demand import current_snapshot
from app.storage.models import ZonePlan
from app.usecases.demand.figures import labels, rows_of
from app.usecases.demand.gate import Audience, Demand, demand_of_snapshot, headline
from app.usecases.plans.measure.figures import plan_zones
from app.usecases.rates.paid_parts import PaidPart, cards_of, paid_parts
from app.usecases.rates.set_rates import compare_tariffs
from app.usecases.service.overview import SYNTHETIC_LABEL
from geo.synthetic import ReportTables, report_tables
from pricing import HOME_CARE, DemandRow, Tariff, calibration

PENNY = Decimal("0.01")
_FIGURES = "leicestershire_report.toml"


def compare_with_report(session: Session, council: str, audience: Audience) -> dict[str, Any]:
    """Set the report's zone hours, band hours, prices, mean and annual cost beside the service's own.

    Those without exact figures get them protected; what is costed for them follows from the band hours they see.

    Zone hours count every service in the reconstructed report zones; band hours count maintenance, as the report does.

    Raises:
        Problem: something it compares is not loaded or published.
    """
    if council != "leicestershire":
        raise Problem(404, "not-found", "No published report", "Only Leicestershire's published report is known here.")
    tables = report_tables()
    snapshot = current_snapshot(session, council)
    if snapshot is None:
        raise Problem(409, "nothing-published", "No demand loaded", "Load a snapshot of care packages first.")
    today = date.today()  # noqa: DTZ011 - cards run by the local calendar
    parts = paid_parts(session, council, today, services=[HOME_CARE])
    cards = cards_of(parts)
    if not all(part.pounds_per_hour for part in parts):
        where = "Publish a rate card first." if not cards else "Some zones have none: publish one for the county."
        raise Problem(409, "nothing-published", "No rate card in force", where)
    current = Tariff(name="current average", flat_pounds_per_hour=calibration().current_average_pounds_per_hour)
    demand = demand_of_snapshot(session, snapshot, audience)
    band_hours = _band_hours(session, council, demand.of_service(HOME_CARE))
    rows = [
        DemandRow(band=band, hours_per_week=_minutes(hours), zone=str(at))
        for at, part in enumerate(parts)
        for band, hours in _band_hours(session, council, part.of(demand)).items()
        if hours
    ]
    proposed = Tariff(
        name="; ".join(dict.fromkeys(part.name for part in parts if part.name)),
        by_zone_and_band={str(at): part.pounds_per_hour for at, part in enumerate(parts)},
    )
    comparison = compare_tariffs(rows, proposed, current)
    rates = _mean_rates(rows, proposed, parts)
    figures = published_figures()
    return {
        "synthetic": snapshot.synthetic,
        "label": SYNTHETIC_LABEL if snapshot.synthetic else "",
        "source": tables.sources[0].partition(", paragraph")[0],
        "rates_basis": " ".join(dict.fromkeys(card.basis for card in cards)),
        "zones": _zones(session, council, demand, tables),
        "zones_total": _pair(
            sum(zone.hours_per_week for zone in tables.zones),
            headline(session, snapshot, audience)["hours_per_week"],
            "hours_per_week",
        ),
        "bands": _bands(band_hours, tables, rates),
        "mean": {
            "report_pounds_per_hour": float(figures["mean_pounds_per_hour"]),
            "service_pounds_per_hour": _pence(comparison.proposed.total.mean_pounds_per_hour),
            "difference": _pence(comparison.proposed.total.mean_pounds_per_hour - figures["mean_pounds_per_hour"]),
        },
        "annual_cost": {
            side: {
                "report_low_pounds": float(figures[f"{side}_low_pounds"]),
                "report_high_pounds": float(figures[f"{side}_high_pounds"]),
                "service_52_weeks_pounds": _pence(cost.pounds_per_year[Decimal(52)]),
                "service_53_weeks_pounds": _pence(cost.pounds_per_year[Decimal(53)]),
                "difference_low_pounds": _pence(cost.pounds_per_year[Decimal(52)] - figures[f"{side}_low_pounds"]),
                "difference_high_pounds": _pence(cost.pounds_per_year[Decimal(53)] - figures[f"{side}_high_pounds"]),
            }
            for side, cost in (("proposed", comparison.proposed.total), ("current", comparison.current.total))
        },
        "plan_zones": _plan_zones(session, council, audience),
    }


@cache
def published_figures() -> dict[str, Decimal]:
    """The report's mean price and annual cost ranges, from their data file."""
    text = files("app").joinpath("data", _FIGURES).read_text(encoding="utf-8")
    return {name: Decimal(value) for name, value in tomllib.loads(text).items() if name.endswith(("_pounds", "_hour"))}


def _zones(session: Session, council: str, demand: Demand, tables: ReportTables) -> list[dict[str, Any]]:
    plan = session.scalar(
        select(ZonePlan)
        .where(ZonePlan.council == council, ZonePlan.method == "reconstructed")
        .order_by(ZonePlan.id)
        .limit(1)
    )
    held: dict[str, float] = {}
    if plan is not None:
        zones = labels(session, council, ["zone"], plan.id)["zones"]
        held = {row["zone"]: row["hours_per_week"] for row in rows_of(demand.totals(["zone"], zones=zones))}
    return [
        {"name": zone.name, "tier": zone.tier} | _pair(zone.hours_per_week, held.get(zone.name), "hours_per_week")
        for zone in tables.zones
    ]


def _band_hours(session: Session, council: str, demand: Demand) -> dict[str, float | None]:
    """Hours of care by band; None where withheld."""
    bands = labels(session, council, ["band"])["bands"]
    rows = rows_of(demand.totals(["band"], bands=bands))
    return {row["band"]: row["hours_per_week"] for row in rows}


def _mean_rates(rows: Sequence[DemandRow], tariff: Tariff, parts: Sequence[PaidPart]) -> dict[str, Decimal]:
    """Pounds an hour of each band: the card's, or the mean over hours where zones have cards of their own."""
    found = {}
    for band in dict.fromkeys(band for part in parts for band in part.pounds_per_hour):
        rates = [part.pounds_per_hour[band] for part in parts if band in part.pounds_per_hour]
        mine = [row for row in rows if row.band == band]
        hours = sum((row.hours_per_week for row in mine), Decimal(0))
        pounds = sum((row.hours_per_week * (tariff.pounds_per_hour(row) or 0) for row in mine), Decimal(0))
        found[band] = (pounds / hours).quantize(PENNY) if len(parts) > 1 and hours else rates[0]
    return found


def _minutes(hours: float) -> Decimal:
    return Decimal(round(hours * 60)) / 60


def _bands(held: dict[str, float | None], tables: ReportTables, rates: dict[str, Decimal]) -> list[dict[str, Any]]:
    return [
        {
            "band": band,
            **_pair(hours, held.get(band, 0.0), "hours_per_week"),
            "report_pounds_per_hour": float(tables.band_rates[band]),
            "service_pounds_per_hour": float(rates[band]) if band in rates else None,
            "difference_pounds_per_hour": float(rates[band] - Decimal(tables.band_rates[band]))
            if band in rates
            else None,
        }
        for band, hours in tables.band_hours.items()
    ]


def _plan_zones(session: Session, council: str, audience: Audience) -> list[dict[str, Any]]:
    plan = published(session, ZonePlan, council)
    if plan is None:
        return []
    rows = []
    for zone in plan_zones(session, council, plan, audience):
        target, hours = zone["target_hours_per_week"], zone["hours_per_week"]
        rows.append(
            {
                "name": zone["name"],
                "target_hours_per_week": target,
                "plan_hours_per_week": hours,
                "difference_share": None if not target or hours is None else round(hours / target - 1, 4),
            }
        )
    return rows


def _pair(expected: float, found: float | None, unit: str) -> dict[str, Any]:
    difference = None if found is None else round(found - expected, 2)
    return {
        f"report_{unit}": expected,
        f"service_{unit}": None if found is None else round(found, 2),
        "difference": difference,
        "difference_share": None if difference is None else round(difference / expected, 5),
    }


def _pence(amount: Decimal) -> float:
    return float(amount.quantize(PENNY))
