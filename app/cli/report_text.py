"""The comparison with the published report as tables in plain text."""

from __future__ import annotations

from typing import Any


def report_text(figures: dict[str, Any]) -> str:
    """Lay out what :func:`app.usecases.demo.report.compare_with_report` returns."""
    lines = []
    if figures["label"]:
        lines += [figures["label"], ""]
    lines += [f"Report: {figures['source']}", "", "Zones: planned hours a week, all services"]
    lines.append(f"  {'zone':<32}{'report':>10}{'service':>12}{'difference':>12}{'share':>9}")
    for row in [*figures["zones"], {"name": "Total", **figures["zones_total"]}]:
        lines.append(
            f"  {row['name']:<32}{row['report_hours_per_week']:>10,.0f}{_number(row['service_hours_per_week'])}"
            f"{_number(row['difference'])}{_share(row['difference_share'])}"
        )
    lines += ["", "Bands: maintenance hours a week and rate per hour"]
    lines.append(
        f"  {'band':<12}{'report h':>10}{'service h':>12}{'difference':>12}{'report £':>11}{'service £':>11}"
        f"{'diff £':>9}"
    )
    for row in figures["bands"]:
        lines.append(
            f"  {row['band']:<12}{row['report_hours_per_week']:>10,.0f}{_number(row['service_hours_per_week'])}"
            f"{_number(row['difference'])}{row['report_pounds_per_hour']:>11.2f}"
            f"{_pounds(row['service_pounds_per_hour'])}{_pounds(row['difference_pounds_per_hour'], 9)}"
        )
    mean = figures["mean"]
    lines += [
        f"  Rates: {figures['rates_basis']}",
        "",
        (
            f"Mean rate per hour: report £{mean['report_pounds_per_hour']:.2f}, "
            f"service £{mean['service_pounds_per_hour']:.2f}, difference £{mean['difference']:.2f}"
        ),
        "",
        "Annual cost",
        f"  {'':<12}{'report':>20}{'52 weeks':>16}{'53 weeks':>16}{'difference':>26}",
    ]
    for side, row in figures["annual_cost"].items():
        printed = f"£{row['report_low_pounds'] / 1e6:.1f}m to £{row['report_high_pounds'] / 1e6:.1f}m"
        away = f"£{row['difference_low_pounds']:,.0f} / £{row['difference_high_pounds']:,.0f}"
        lines.append(
            f"  {side:<12}{printed:>20}{'£' + format(row['service_52_weeks_pounds'], ',.0f'):>16}"
            f"{'£' + format(row['service_53_weeks_pounds'], ',.0f'):>16}{away:>26}"
        )
    lines.append("  The report rounds to £0.1m and does not state its weeks; 52 and 53 are our reading.")
    if figures["plan_zones"]:
        lines += ["", "The published plan, drawn by the optimiser: hours a week against each zone's target"]
        lines.append(f"  {'zone':<32}{'target':>10}{'plan':>12}{'share':>9}")
        for row in figures["plan_zones"]:
            lines.append(
                f"  {row['name']:<32}{_number(row['target_hours_per_week'], 10)}"
                f"{_number(row['plan_hours_per_week'])}{_share(row['difference_share'])}"
            )
    return "\n".join(lines)


def _number(value: float | None, width: int = 12) -> str:
    return f"{'-':>{width}}" if value is None else f"{value:>{width},.1f}"


def _pounds(value: float | None, width: int = 11) -> str:
    return f"{'-':>{width}}" if value is None else f"{value:>{width}.2f}"


def _share(value: float | None) -> str:
    return f"{'-':>9}" if value is None else f"{value:>+9.2%}"
