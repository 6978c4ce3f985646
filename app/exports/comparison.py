"""A comparison of plans as a workbook and as a page to read or print."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from app.exports.files import write_tables

FIGURES: tuple[tuple[str, str, str], ...] = (
    ("zones", "Zones", ",.0f"),
    ("hours_per_week", "Care hours a week", ",.0f"),
    ("packages", "Packages", ",.0f"),
    ("people", "People", ",.0f"),
    ("waiting_packages", "Packages waiting", ",.0f"),
    ("objective_pounds_per_year", "What plans are chosen by, £ a year", ",.0f"),
    ("gap_share", "At most above the least possible", ".2%"),
    ("travel_pounds_per_year", "Travel and mileage, £ a year", ",.0f"),
    ("decided_by_the_plan_pounds_per_year", "of it decided by the plan, £ a year", ",.0f"),
    ("travel_time_pounds_per_year", "Paid travel time, £ a year", ",.0f"),
    ("paid_travel_hours_per_year", "Paid travel, hours a year", ",.0f"),
    ("paid_travel_minutes_per_visit", "Paid travel, minutes a visit", ".2f"),
    ("mileage_pounds_per_year", "Mileage, £ a year", ",.0f"),
    ("miles_per_year", "Miles a year", ",.0f"),
    ("miles_per_visit", "Miles a visit", ".2f"),
    ("kg_co2_per_year", "Carbon dioxide, kg a year", ",.0f"),
    ("border_pounds_per_year", "Price on borders, £ a year", ",.0f"),
    ("natural_area_pounds_per_year", "Price on towns cut, £ a year", ",.0f"),
    ("imbalance_share", "Largest deviation from a target", ".1%"),
    ("natural_areas_cut", "Towns and villages cut", ",.0f"),
    ("parted_neighbours", "Neighbouring areas parted", ",.0f"),
    ("zones_in_pieces", "Zones in pieces", ",.0f"),
    ("zones_not_viable", "Zones too small for two prime providers", ",.0f"),
    ("polsby_popper_mean", "Compactness, Polsby-Popper, mean", ".3f"),
    ("polsby_popper_least", "Compactness, Polsby-Popper, least", ".3f"),
    ("moment_compactness_mean", "Compactness, moment, mean", ".3f"),
    ("moment_compactness_least", "Compactness, moment, least", ".3f"),
    ("mean_zones_of_a_provider", "Zones a provider works in, mean", ".2f"),
)
CHANGES: tuple[tuple[str, str, str], ...] = (
    ("areas", "Areas", ",.0f"),
    ("live_postcodes", "Postcodes", ",.0f"),
    ("packages", "Packages", ",.0f"),
    ("people", "People", ",.0f"),
    ("waiting_packages", "of them packages waiting", ",.0f"),
    ("hours_per_week", "Care hours a week", ",.0f"),
    ("hours_share", "Share of hours", ".1%"),
    ("providers", "Providers", ",.0f"),
    ("pair_agreement", "Agreement of the plans (adjusted Rand index)", ".3f"),
)


def shown(value: Any, form: str) -> str:
    """A figure for people; a missing one is a dash."""
    if value is None:
        return "–"
    return format(value, form) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def comparison_workbook(found: Mapping[str, Any]) -> bytes:
    """A comparison as XLSX: figures, zones, what changes zone, providers and the equality report, a sheet each."""
    plans, changes = found["plans"], found["changes_against_the_first"]
    titles = [f"{plan['plan_id']} {plan['name']}" for plan in plans]
    figures = pd.DataFrame(
        [
            {"figure": label, **{t: plan["figures"].get(name) for t, plan in zip(titles, plans, strict=True)}}
            for name, label, _ in FIGURES
        ]
    )
    zones = pd.DataFrame([_flat_zone(plan, zone) for plan in plans for zone in plan["zones"]])
    changed = pd.DataFrame(
        [
            {"changes zone": label, **{_title(plans, c["plan_id"]): c[name] for c in changes}}
            for name, label, _ in CHANGES
        ]
    )
    moves = pd.DataFrame([{"plan": c["plan_id"], **row} for c in changes for row in c["from_zone_to_zone"]])
    providers = pd.DataFrame([{"plan": c["plan_id"], **row} for c in changes for row in c["by_provider"]])
    cut = _towns_cut(plans)
    towns = pd.DataFrame(
        [
            {"town or village": town, **{t: town in cut[p["plan_id"]] for t, p in zip(titles, plans, strict=True)}}
            for town in _names_of(cut)
        ]
    )
    equality = pd.DataFrame([{"plan": p["plan_id"], **row} for p in plans for row in p["equality"]["groups"]])
    residents = pd.DataFrame([{"plan": p["plan_id"], **row} for p in plans for row in p["equality"]["zones"]])
    tables = {
        "figures": figures,
        "zones": zones,
        "changes": changed,
        "from zone to zone": moves,
        "providers": providers,
        "towns cut": towns,
        "equality": equality,
        "residents by zone": residents,
    }
    return write_tables({name: table for name, table in tables.items() if len(table)}, _notes(found))


def group_name(name: str) -> str:
    """The name of a group of residents for people: `pop_75plus` is those aged 75 and over."""
    aged = re.fullmatch(r"(?:pop|population|aged?)_?(\d+)_?(?:plus|\+|_and_over)", name)
    return f"aged {aged[1]} and over" if aged else name.replace("_", " ")


def _towns_cut(plans: Sequence[Mapping[str, Any]]) -> dict[int, set[str]]:
    return {plan["plan_id"]: set(plan["figures"]["natural_areas_cut_names"]) for plan in plans}


def _names_of(cut: Mapping[int, set[str]]) -> list[str]:
    return sorted(set().union(*cut.values()))


def _flat_zone(plan: Mapping[str, Any], zone: Mapping[str, Any]) -> dict[str, Any]:
    bands = {f"hours a week, {band}": hours for band, hours in zone["hours_per_week_by_band"].items()}
    return {"plan": plan["plan_id"], **{k: v for k, v in zone.items() if k != "hours_per_week_by_band"}, **bands}


def _title(plans: Sequence[Mapping[str, Any]], plan_id: int) -> str:
    return next(f"{plan['plan_id']} {plan['name']}" for plan in plans if plan["plan_id"] == plan_id)


def _notes(found: Mapping[str, Any]) -> dict[str, str]:
    on = found["measured_on"]
    return {
        "demand": f"snapshot {on['snapshot_id']} of {on['taken_on']}"
        + (", synthetic: no real person's care" if on["synthetic"] else ""),
        "travel": f"{on['travel_model']}; £{on['travel']['pounds_per_paid_hour']} a paid hour, "
        f"{on['travel']['pence_per_mile']}p a mile ({on['travel']['source']})",
        "viable": f"{on['prime_providers']} prime providers of "
        f"{on['viable_hours_per_week_of_a_prime_provider']:g} hours a week",
        "withheld": f"Figures of fewer than {on['small_numbers_withheld_below']} people, and what would give them "
        "away, also by taking one plan from another."
        if on["small_numbers_withheld_below"]
        else "Nothing: for use inside the council.",
        "residents": "; ".join(on["equality_sources"]),
    }


def comparison_page(found: Mapping[str, Any]) -> str:
    """A comparison as one HTML page without scripts or outside requests, fit to print."""
    plans, changes = found["plans"], found["changes_against_the_first"]
    titles = [f"{plan['name']} ({plan['status']})" for plan in plans]
    parts = [
        _table(
            "What each plan costs and holds",
            ["", *titles],
            [[label, *(shown(p["figures"].get(name), form) for p in plans)] for name, label, form in FIGURES],
        )
    ]
    for change in changes:
        other = next(p["name"] for p in plans if p["plan_id"] == change["plan_id"])
        parts.append(
            _table(
                f"What changes zone between {plans[0]['name']} and {other}",
                ["", "changing"],
                [[label, shown(change[name], form)] for name, label, form in CHANGES],
            )
        )
        moved = [row for row in change["from_zone_to_zone"] if not row["stays"]]
        parts.append(
            _table(
                f"From zone to zone, {other}",
                ["from", "to", "areas", "hours a week", "packages", "people"],
                [
                    [
                        row["from_zone"],
                        row["to_zone"],
                        *(shown(row[k], ",.0f") for k in ("areas", "hours_per_week", "packages", "people")),
                    ]
                    for row in moved
                ],
            )
        )
    cut = _towns_cut(plans)
    parts.append(
        _table(
            "Towns and villages cut, and by which plan",
            ["", *titles],
            [[town, *("cut" if town in names else "whole" for names in cut.values())] for town in _names_of(cut)],
        )
    )
    for plan in plans:
        parts.append(_zone_table(plan))
        parts.append(
            _table(
                f"Residents by group, {plan['name']}",
                ["group", "residents", "minutes from base", "over everyone", "changing zone", "over everyone"],
                [
                    [
                        group_name(row["group"]),
                        shown(row["residents"], ",.0f"),
                        shown(row["mean_minutes_from_base"], ".1f"),
                        shown(row["minutes_over_everyone"], ".2f"),
                        shown(row["changing_zone_share"], ".1%"),
                        shown(row["changing_over_everyone"], ".2f"),
                    ]
                    for row in plan["equality"]["groups"]
                ],
            )
        )
    notes = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in _notes(found).items())
    return _PAGE.format(
        title=escape(" against ".join(plan["name"] for plan in plans)), body="".join(parts), notes=notes
    )


def _zone_table(plan: Mapping[str, Any]) -> str:
    bands = sorted({band for zone in plan["zones"] for band in zone["hours_per_week_by_band"]})
    head = [
        "zone",
        "tier",
        "hours a week",
        "off target",
        "packages",
        "people",
        "waiting",
        "viable",
        "Polsby-Popper",
        "moment",
        *bands,
    ]
    rows = [
        [
            zone["name"],
            zone["tier"] or "",
            shown(zone["hours_per_week"], ",.0f"),
            shown(zone["deviation_share"], "+.1%"),
            shown(zone["packages"], ",.0f"),
            shown(zone["people"], ",.0f"),
            shown(zone["waiting_packages"], ",.0f"),
            {True: "yes", False: "no", None: "–"}[zone["viable"]],
            shown(zone["polsby_popper"], ".2f"),
            shown(zone["moment_compactness"], ".2f"),
            *(shown(zone["hours_per_week_by_band"].get(band, 0), ",.0f") for band in bands),
        ]
        for zone in plan["zones"]
    ]
    return _table(f"Zones of {plan['name']}", head, rows)


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    if not rows:
        body = f'<tr><td colspan="{len(head)}">None.</td></tr>'
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


_PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }}
body {{ color: #111; background: #fff; }}
table {{ border-collapse: collapse; margin: 0 0 2rem; width: 100%; }}
caption {{ font-size: 1.2rem; font-weight: 600; text-align: left; padding: .5rem 0; }}
th, td {{ border-bottom: 1px solid #bbb; padding: .25rem .6rem; text-align: right; vertical-align: top; }}
tbody th, thead th:first-child {{ text-align: left; font-weight: 400; }}
thead th {{ border-bottom: 2px solid #111; }}
dt {{ font-weight: 600; }}
@media print {{ body {{ margin: 0; }} table {{ break-inside: avoid; }} }}
</style></head>
<body><main><h1>{title}</h1>{body}<h2>What it rests on</h2><dl>{notes}</dl></main></body></html>
"""
