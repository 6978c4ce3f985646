"""A small made-up county, answered in the shape of the service's API: what the page's tests need and nothing real."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

BANDS: tuple[tuple[str, str, str, str, float], ...] = (
    ("urban", "Urban", "Towns and clusters of nearby villages, good routes, high volume", "Urban city and town", 18.75),
    ("fringe", "Fringe", "Smaller or more isolated towns and villages, lower density", "Rural town and fringe", 20.20),
    ("rural", "Rural", "Reachable by car, longer travel between visits", "Rural village", 23.00),
    ("isolated", "Isolated", "Hard to reach, significant travel to and from visits", "Rural hamlet", 26.35),
)
ZONES = ("Northwick", "Eastmarch", "Low Fells", "St Aldan", "Westmere and Holt", "Marshside", "Kings Vale")
LABEL = "Synthetic demand: not real people"
SOURCE = "Made-up County Council, committee paper for tests"


@lru_cache(maxsize=1)
def county() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return areas and zones in WGS84: 320 cells round some towns, banded by density, in seven zones."""
    rng = np.random.default_rng(7)
    towns = rng.uniform((430_000, 285_000), (475_000, 325_000), (6, 2))
    near = towns[rng.integers(0, len(towns), 230)] + rng.normal(0, 2_300, (230, 2))
    points = np.vstack([near, rng.uniform((425_000, 280_000), (480_000, 330_000), (90, 2))])
    outline = shapely.MultiPoint(points).convex_hull.buffer(1_500)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=outline, ordered=True)
    polygons = shapely.intersection(np.array(cells.geoms), outline)
    nearest = np.min(np.linalg.norm(points[:, None] - towns[None], axis=2), axis=1)
    band = np.digitize(nearest, (2_200, 4_500, 9_000))
    seeds = points[rng.choice(len(points), len(ZONES), replace=False)]
    zone = np.argmin(np.linalg.norm(points[:, None] - seeds[None], axis=2), axis=1)
    areas = gpd.GeoDataFrame(
        {
            "area_id": [f"T{i:05d}" for i in range(len(points))],
            "band": [BANDS[b][0] for b in band],
            "zone": [ZONES[z] for z in zone],
            "zone_number": zone + 1,
            "pounds_per_hour": [f"{BANDS[b][4]:.2f}" for b in band],
            "live_postcodes": rng.integers(4, 30, len(points)),
            "settlement": [None if b == 3 else f"Town {int(i) % 6}" for i, b in enumerate(band)],
            "why": [f"{BANDS[b][3]}: its postcodes stand in a cluster of that size." for b in band],
        },
        geometry=polygons,
        crs=27700,
    )
    zones = areas[["zone", "zone_number", "geometry"]].dissolve("zone_number", as_index=False)
    zones = zones.rename(columns={"zone_number": "number", "zone": "name"}).assign(
        tier="medium",
        hours_per_week=[None if n == 7 else 1000.0 + 250 * n for n in range(1, 8)],
        target_hours_per_week=[1000.0 + 251 * n for n in range(1, 8)],
        packages=[None if n == 7 else 90 + n for n in range(1, 8)],
    )
    return areas.to_crs(4326), zones.to_crs(4326)


def meta(*, synthetic: bool, plan: bool) -> dict[str, Any]:
    """Return the answer of ``GET /v1/meta``."""
    return {
        "council": {"code": "test", "name": "Made-up County"},
        "synthetic": synthetic,
        "label": LABEL if synthetic else "",
        "snapshot": {"id": "s1", "label": "Test", "taken_on": "2026-11-01", "packages": 700},
        "plan": {"id": "p1", "name": "Seven zones", "published_at": "2026-11-20T10:00:00Z"} if plan else None,
        "band_run": None,
        "rate_card": {"id": "r1", "name": "Rates for tests", "version": 1, "effective_from": "2026-04-01"},
        "code_version": "0.0-test",
        "attribution": "Contains made-up data",
        "basemap_url": None,
    }


def bands() -> dict[str, Any]:
    """Return the answer of ``GET /v1/bands``."""
    return {"items": [{"band": b, "label": label, "what": what, "ons_class": ons} for b, label, what, ons, _ in BANDS]}


def _hours(reported: float, served: float | None) -> dict[str, float | None]:
    difference = None if served is None else served - reported
    return {
        "report_hours_per_week": reported,
        "service_hours_per_week": served,
        "difference": difference,
        "difference_share": None if difference is None else difference / reported,
    }


def report(*, synthetic: bool) -> dict[str, Any]:
    """Return the answer of ``GET /v1/report``; the last zone's figures are withheld."""
    zones = county()[1]
    hours = [None if np.isnan(value) else float(value) for value in zones["hours_per_week"].astype(float)]
    return {
        "synthetic": synthetic,
        "label": LABEL if synthetic else "",
        "source": SOURCE,
        "zones": [
            {"name": name, "tier": "medium", **_hours(1000.0 + 250 * n, served)}
            for n, (name, served) in enumerate(zip(zones["name"], hours, strict=True), start=1)
        ],
        "bands": [
            {
                "band": band,
                **_hours(4000.0 - 900 * i, 4003.0 - 901 * i),
                "report_pounds_per_hour": f"{rate:.2f}",
                "service_pounds_per_hour": f"{rate:.2f}",
            }
            for i, (band, _, _, _, rate) in enumerate(BANDS)
        ],
        "mean": {"report_pounds_per_hour": "19.56", "service_pounds_per_hour": "19.57"},
        "annual_cost": {
            "proposed": {
                "report_low_pounds": 18_300_000,
                "report_high_pounds": 18_700_000,
                "service_52_weeks_pounds": "18312000.00",
                "service_53_weeks_pounds": "18664000.00",
            },
            "current": {
                "report_low_pounds": 17_300_000,
                "report_high_pounds": 17_600_000,
                "service_52_weeks_pounds": "17269000.00",
                "service_53_weeks_pounds": "17601000.00",
            },
        },
        "plan_zones": [
            {
                "name": name,
                "target_hours_per_week": 1000.0 + 251 * n,
                "plan_hours_per_week": served,
                "difference_share": None if served is None else served / (1000.0 + 251 * n) - 1,
            }
            for n, (name, served) in enumerate(zip(zones["name"], hours, strict=True), start=1)
        ],
    }


def postcode(text: str) -> tuple[int, Mapping[str, Any]]:
    """Return status and body of ``GET /v1/postcodes/{postcode}``: one live postcode and one of each problem."""
    asked = text.upper().replace(" ", "")
    problems = {
        "ZZ11ZZ": (404, "terminated", "ZZ1 1ZZ was withdrawn in May 2019.", ["TE5 7AA"]),
        "LE11AA": (404, "out-of-county", "LE1 1AA lies in Leicester, outside the county.", []),
        "TE99ZZ": (404, "unknown", "TE9 9ZZ is not in the directory of November 2025.", ["TE5 7AA"]),
    }
    if asked in {"TE57AA", "TES7AA"}:
        area = county()[0].iloc[0]
        place = area.geometry.representative_point()
        return 200, {
            "postcode": "TE5 7AA",
            "live": True,
            "repaired": ["S read as 5"] if "S" in asked else [],
            "zone": {"number": int(area["zone_number"]), "name": area["zone"], "tier": "medium"},
            "band": area["band"],
            "band_label": str(area["band"]).title(),
            "pounds_per_hour": area["pounds_per_hour"],
            "visit_rates": [{"minutes": 30, "pounds_per_hour": 24.1, "pounds_per_visit": 12.05}],
            "area_id": area["area_id"],
            "district": {"code": "E07000001", "name": "Test District"},
            "easting": 450_000,
            "northing": 300_000,
            "latitude": place.y,
            "longitude": place.x,
            "flags": ["band-overridden", "synthetic-demand"],
            "plan_id": "p1",
            "rate_card_id": "r1",
        }
    status, kind, detail, suggestions = problems.get(
        asked, (422, "invalid", f"{text!r} is not a postcode: expected a form such as TE5 7AA.", [])
    )
    return status, {
        "type": f"/problems/postcode-{kind}",
        "title": f"Postcode {kind}",
        "status": status,
        "detail": detail,
        "suggestions": suggestions,
    }
