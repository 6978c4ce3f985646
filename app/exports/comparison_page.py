"""A comparison of plans as a page to read or print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from app.exports.comparison import CHANGES, FIGURES, group_name, names_of, notes_of, shown, towns_cut


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
    cut = towns_cut(plans)
    parts.append(
        _table(
            "Towns and villages cut, and by which plan",
            ["", *titles],
            [[town, *("cut" if town in names else "whole" for names in cut.values())] for town in names_of(cut)],
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
    notes = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in notes_of(found).items())
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
