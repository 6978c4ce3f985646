"""Classifying areas, beside a plain k-d tree that counts the same postcodes around the same places.

    python -m bench.bands.classify_areas [--data FOLDER] [--many 10000] [--great-britain] [--json FILE]

Ours is ``geo.bands.classify``: settlements, densities, rules and explanations' features. The reference builds a scipy
cKDTree of the postcodes and counts them within the same radii of each area, and nothing else. First the county's own
output areas, then postcodes as areas. With --great-britain every live postcode, beside
one radius of the reference.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from app.lookup.directory import national_directory
from app.storage.areas import load_areas
from app.storage.database import Database
from app.usecases.bands.classify import postcodes_around
from app.usecases.bands.files import classify_country
from bench.county import county
from bench.figures import Figure, asked, give
from geo.banding.features import RADII_METRES
from geo.bands import classify

SCHEME = "settlement"


def seconds(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(name: str, areas: pd.DataFrame, around: pd.DataFrame) -> Figure:
    """Both, once each after the county warmed them up."""

    def counted() -> None:
        tree = cKDTree(around[["easting", "northing"]].to_numpy())
        places = areas[["easting", "northing"]].to_numpy(dtype=float)
        for radius in RADII_METRES:
            tree.query_ball_point(places, radius, return_length=True)

    ours = seconds(lambda: classify(areas, around, scheme=SCHEME))
    return Figure(name, ours, seconds(counted), "s")


def main() -> None:
    """Measure and print."""
    parser = asked(__doc__)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--great-britain", action="store_true", help="every live postcode as well: minutes")
    given = parser.parse_args()
    with county(given.data) as settings:
        database = Database(settings.resolved_database_url)
        with database.read() as session:
            areas = load_areas(session, settings.council)
        database.dispose()
        assert areas is not None
        around = postcodes_around(national_directory(settings), areas.eastings, areas.northings)
    own = pd.DataFrame({"area_id": areas.ids, "easting": areas.eastings, "northing": areas.northings})
    rng = np.random.default_rng(0)
    many = around.iloc[rng.integers(0, len(around), given.many)].reset_index(drop=True)
    many = many + rng.uniform(-50, 50, many.shape)
    many.insert(0, "area_id", [f"A{i:07d}" for i in range(len(many))])
    classify(own, around, scheme=SCHEME)
    figures = [
        measure(f"classification of {len(own):,} areas", own, around),
        measure(f"classification of {len(many):,} postcodes as areas", many, around),
    ]
    if given.great_britain:
        directory = national_directory(settings)
        country = classify_country(directory, SCHEME)
        table = pd.DataFrame(country.areas.xy, columns=["easting", "northing"])
        ours = seconds(lambda: classify_country(directory, SCHEME))
        figures.append(Figure(f"classification of {len(table):,} postcodes of Great Britain", ours, plain(table), "s"))
    give(figures, given.json)


def plain(table: pd.DataFrame) -> float:
    """Seconds a k-d tree on two threads takes to count the postcodes within 1,600 m, the middle one of our radii."""
    places = table.to_numpy()
    return seconds(lambda: cKDTree(places).query_ball_point(places, 1600.0, return_length=True, workers=2))


if __name__ == "__main__":
    main()
