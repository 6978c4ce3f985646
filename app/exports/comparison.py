"""A comparison of plans as a workbook, and the names its figures have for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
    ("line_pounds_per_year", "Price on lines crossed, £ a year", ",.0f"),
    ("imbalance_share", "Largest deviation from a target", ".1%"),
    ("natural_areas_cut", "Towns and villages cut", ",.0f"),
    ("parted_neighbours", "Neighbouring areas parted", ",.0f"),
    ("zones_in_pieces", "Zones in pieces", ",.0f"),
    ("zones_in_pieces_as_drawn", "Zones in pieces as drawn, water parting them", ",.0f"),
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
    cut = towns_cut(plans)
    towns = pd.DataFrame(
        [
            {"town or village": town, **{t: town in cut[p["plan_id"]] for t, p in zip(titles, plans, strict=True)}}
            for town in names_of(cut)
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
    return write_tables({name: table for name, table in tables.items() if len(table)}, notes_of(found))


def group_name(name: str) -> str:
    """The name of a group of residents for people: `pop_75plus` is those aged 75 and over."""
    aged = re.fullmatch(r"(?:pop|population|aged?)_?(\d+)_?(?:plus|\+|_and_over)", name)
    return f"aged {aged[1]} and over" if aged else name.replace("_", " ")


def towns_cut(plans: Sequence[Mapping[str, Any]]) -> dict[int, set[str]]:
    """Names of the towns and villages that each plan cuts, by its number."""
    return {plan["plan_id"]: set(plan["figures"]["natural_areas_cut_names"]) for plan in plans}


def names_of(cut: Mapping[int, set[str]]) -> list[str]:
    """Every town or village that some plan cuts."""
    return sorted(set().union(*cut.values()))


def _flat_zone(plan: Mapping[str, Any], zone: Mapping[str, Any]) -> dict[str, Any]:
    bands = {f"hours a week, {band}": hours for band, hours in zone["hours_per_week_by_band"].items()}
    return {"plan": plan["plan_id"], **{k: v for k, v in zone.items() if k != "hours_per_week_by_band"}, **bands}


def _title(plans: Sequence[Mapping[str, Any]], plan_id: int) -> str:
    return next(f"{plan['plan_id']} {plan['name']}" for plan in plans if plan["plan_id"] == plan_id)


def notes_of(found: Mapping[str, Any]) -> dict[str, str]:
    """What a comparison rests on, and what is withheld in it."""
    on = found["measured_on"]
    return {
        "demand": f"snapshot {on['snapshot_id']} of {on['taken_on']}"
        + (", synthetic: no real person's care" if on["synthetic"] else ""),
        "set aside": on["set_aside_told"] or "No package of the file.",
        "travel": f"{on['travel_model']}; £{on['travel']['pounds_per_paid_hour']} a paid hour, "
        f"{on['travel']['pence_per_mile']}p a mile ({on['travel']['source']})",
        "viable": f"{on['prime_providers']} prime providers of "
        f"{on['viable_hours_per_week_of_a_prime_provider']:g} hours a week",
        "withheld": f"Figures of fewer than {on['small_numbers_withheld_below']} people, and of some more cells of "
        "few. The rest stands in whole steps, so that sums can differ from their parts."
        if on["small_numbers_withheld_below"]
        else "Nothing: for use inside the council.",
        "residents": "; ".join(on["equality_sources"]),
    }
