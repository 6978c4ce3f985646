"""The published report's tables beside what the service computes, each figure with its difference."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.problems import Problem
from app.storage.decisions import published
from app.storage.demand import current_snapshot, load_packages
from app.storage.models import DemandSnapshot, ZonePlan
from app.storage.rate_cards import rates_of_card
from app.usecases.demand.figures import labels, snapshot_totals
from app.usecases.plans.measure.figures import plan_zones
from app.usecases.rates.set_rates import card_or_current, compare_tariffs, demand_rows, tariff_of
from app.usecases.service.overview import SYNTHETIC_LABEL
from geo.demand import in_force, totals
from geo.synthetic import ReportTables, report_tables
from pricing import Tariff, calibration

_FIGURES = "leicestershire_report.toml"


def compare_with_report(session: Session, council: str, threshold: int | None = None) -> dict[str, Any]:
    """Set the report's zone hours, band hours, prices, mean and annual cost beside the service's own.

    Small numbers of zones are withheld where ``threshold`` is given.

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
    card = card_or_current(session, council, None, drafts=False)
    rates = {rate.band: rate.pounds_per_hour for rate in rates_of_card(session, card.id)}
    current = Tariff(name="current average", flat_pounds_per_hour=calibration().current_average_pounds_per_hour)
    comparison = compare_tariffs(
        demand_rows(session, council, snapshot, maintenance_only=True), tariff_of(session, card), current
    )
    figures = published_figures()
    return {
        "synthetic": snapshot.synthetic,
        "label": SYNTHETIC_LABEL if snapshot.synthetic else "",
        "source": tables.sources[0].partition(", paragraph")[0],
        "rates_basis": card.basis,
        "zones": _zones(session, council, snapshot, tables, threshold),
        "zones_total": _pair(
            sum(zone.hours_per_week for zone in tables.zones), snapshot.minutes_per_week / 60, "hours_per_week"
        ),
        "bands": _bands(session, council, snapshot, tables, rates),
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
        "plan_zones": _plan_zones(session, council, threshold),
    }


@cache
def published_figures() -> dict[str, Decimal]:
    """The report's mean price and annual cost ranges, from their data file."""
    text = files("app").joinpath("data", _FIGURES).read_text(encoding="utf-8")
    return {name: Decimal(value) for name, value in tomllib.loads(text).items() if name.endswith(("_pounds", "_hour"))}


def _zones(
    session: Session, council: str, snapshot: DemandSnapshot, tables: ReportTables, threshold: int | None
) -> list[dict[str, Any]]:
    plan = session.scalar(
        select(ZonePlan)
        .where(ZonePlan.council == council, ZonePlan.method == "reconstructed")
        .order_by(ZonePlan.id)
        .limit(1)
    )
    held: dict[str, float] = {}
    if plan is not None:
        rows = snapshot_totals(session, council, snapshot, ["zone"], plan_id=plan.id, threshold=threshold)
        held = {row["zone"]: row["hours_per_week"] for row in rows}
    return [
        {"name": zone.name, "tier": zone.tier} | _pair(zone.hours_per_week, held.get(zone.name), "hours_per_week")
        for zone in tables.zones
    ]


def _bands(
    session: Session, council: str, snapshot: DemandSnapshot, tables: ReportTables, rates: dict[str, Decimal]
) -> list[dict[str, Any]]:
    packages = in_force(load_packages(session, snapshot.id), snapshot.taken_on)
    packages = packages[packages["service_type"] == "maintenance"]
    table = totals(packages, ["band"], bands=labels(session, council, ["band"])["bands"]).set_index("band")[
        "hours_per_week"
    ]
    return [
        {
            "band": band,
            **_pair(hours, float(table.get(band, 0.0)), "hours_per_week"),
            "report_pounds_per_hour": float(tables.band_rates[band]),
            "service_pounds_per_hour": float(rates[band]) if band in rates else None,
            "difference_pounds_per_hour": float(rates[band] - Decimal(tables.band_rates[band]))
            if band in rates
            else None,
        }
        for band, hours in tables.band_hours.items()
    ]


def _plan_zones(session: Session, council: str, threshold: int | None) -> list[dict[str, Any]]:
    plan = published(session, ZonePlan, council)
    if plan is None:
        return []
    rows = []
    for zone in plan_zones(session, council, plan, threshold):
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
    return float(amount.quantize(Decimal("0.01")))
