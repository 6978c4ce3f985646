"""A county of thirty-six squares to draw zones of: small enough to know every answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import lil_matrix

from app.storage.areas import StoredAreas
from app.usecases.plans.draw.request import PlanRequest, ZoneWanted
from app.usecases.plans.draw.search import drawn_as_asked
from app.usecases.plans.measure.inputs import PlanInputs
from geo.plans.travel_cost import TravelInputs, TravelPrices, round_shape
from geo.zoning import ZonePlan

SIDE = 6
HALVES = [ZoneWanted(name="West", tier="town"), ZoneWanted(name="East", tier="country")]


def area_id(x: int, y: int) -> str:
    return f"A{x}{y}"


def squares_county() -> PlanInputs:
    """Thirty-six square kilometres with ten hours and a package of care each, and a town of four of them."""
    places = [(x, y) for x in range(SIDE) for y in range(SIDE)]
    points = np.array(places, dtype=np.float64) * 1000
    adjacency = lil_matrix((len(places), len(places)))
    for i, (x, y) in enumerate(places):
        for j, (u, v) in enumerate(places):
            if abs(x - u) + abs(y - v) == 1:
                adjacency[i, j] = 1000.0
    ids = [area_id(x, y) for x, y in places]
    areas = StoredAreas(
        ids=np.array(ids),
        eastings=points[:, 0],
        northings=points[:, 1],
        districts=np.array(["D"] * len(ids)),
        live_postcodes=np.full(len(ids), 10),
        polygons=[shapely.box(*(point - 500), *(point + 500)) for point in points],
        adjacency=adjacency.tocsr(),
        dataset_id=1,
    )
    metres = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    hours = np.full(len(ids), 10.0)
    travel = TravelInputs(
        hours, hours * 1.5, metres / 600, metres / 1609.344, 0.0, round_shape(), TravelPrices(12.0, 0.45, 0.25)
    )
    packages = pd.DataFrame({"area_id": ids, "hours_per_week": hours})
    town = np.array([0 if (x in {2, 3} and y in {2, 3}) else -1 for x, y in places])
    snapshot: Any = SimpleNamespace(id=1)
    return PlanInputs(areas, snapshot, packages, travel, {}, "straight lines", town, ["Midtown"])


def drawn(county: PlanInputs, standing: dict[str, str] | None = None, **asked: Any) -> tuple[ZonePlan, dict[str, int]]:
    """A plan of what is asked (two halves where nothing is said), and the number of each area's zone."""
    request = PlanRequest(**{"name": "x", "wanted": HALVES, "seconds": 60, "starts": 2, **asked})
    plan = drawn_as_asked(county, request, request.wanted or (), standing).plan
    return plan, dict(zip(county.areas.ids.tolist(), plan.labels.tolist(), strict=True))
