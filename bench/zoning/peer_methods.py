"""One peer, one county, one process: draws zones with a peer's own method and saves the zone of every unit.

    python bench/zoning/peer_methods.py METHOD COUNTY.npz ZONES TOLERANCE LABELS.npy

Run by `peers.py` in the environment of the peers (peers-requirements.txt), so it imports nothing of ours. A county file
holds `xy` (n, 2) in km, `hours` (n,) and `edges` (e, 2). Prints the seconds of the drawing alone: importing the library
is not counted, setting up its own form of the graph is. Exit code 3 says that the peer is not installed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

NOT_INSTALLED = 3
SEED = 1
CHAIN_STEPS = 300


@dataclass(frozen=True)
class County:
    """What is to be divided: places in km, hours, neighbouring pairs, how many zones and how even."""

    xy: Any
    hours: Any
    edges: Any
    zones: int
    tolerance: float

    @property
    def target_hours(self) -> float:
        """Hours of an even zone."""
        return float(self.hours.sum()) / self.zones

    def neighbours(self) -> list[list[int]]:
        """Neighbours of each unit."""
        found: list[list[int]] = [[] for _ in self.hours]
        for a, b in self.edges.tolist():
            found[a].append(b)
            found[b].append(a)
        return found


def spopt_frame(county: County) -> tuple[Any, Any]:
    """Attributes as spopt reads them, and its weights."""
    from libpysal.weights import W
    from pandas import DataFrame

    frame = DataFrame({"x": county.xy[:, 0], "y": county.xy[:, 1], "hours": county.hours})
    return frame, W(dict(enumerate(county.neighbours())), silence_warnings=True)


def spopt_azp(county: County) -> Any:
    """Openshaw's automatic zoning: zones as homogeneous in place as may be; it knows no balance."""
    from spopt.region import AZP

    model = AZP(*spopt_frame(county), ["x", "y"], county.zones, random_state=SEED)
    model.solve()
    return model.labels_


def spopt_maxp(county: County) -> Any:
    """As many zones as reach the least hours of an even zone; its balance is a floor. Rounds as it comes."""
    from spopt.region import MaxPHeuristic

    np.random.seed(SEED)  # noqa: NPY002 - the library draws from it
    least = (1 - county.tolerance) * county.target_hours
    model = MaxPHeuristic(*spopt_frame(county), ["x", "y"], "hours", least, 2)
    model.solve()
    return model.labels_


def geoda_weights(county: County) -> Any:
    """The neighbours as GeoDa's weights, by way of its own file of neighbours."""
    import pygeoda

    neighbours = county.neighbours()
    lines = [f"0 {len(neighbours)} county id"]
    for unit, near in enumerate(neighbours):
        lines += [f"{unit} {len(near)}", " ".join(map(str, near))]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "county.gal"
        file.write_text("\n".join(lines) + "\n")
        return pygeoda.read_gal(str(file), list(map(str, range(len(neighbours)))))


def geoda(name: str, county: County) -> Any:
    """A method of GeoDa's library on place; those with a floor get that of an even zone."""
    import pygeoda

    place = [county.xy[:, 0].tolist(), county.xy[:, 1].tolist()]
    weights, floor = geoda_weights(county), (1 - county.tolerance) * county.target_hours
    if name == "maxp":
        found = pygeoda.maxp_greedy(weights, place, county.hours.tolist(), floor, iterations=99, cpu_threads=2)
    elif name == "azp-annealing":
        found = pygeoda.azp_sa(county.zones, weights, place, cooling_rate=0.85)
    else:
        found = pygeoda.azp_greedy(county.zones, weights, place)
    return np.array(found["Clusters"])


def gerrychain_start(county: County) -> tuple[Any, Any]:
    """The library and a partition by recursive trees, every zone within the tolerance."""
    import gerrychain
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from((unit, {"hours": float(hours)}) for unit, hours in enumerate(county.hours))
    graph.add_edges_from(map(tuple, county.edges.tolist()))
    start = gerrychain.Partition.from_random_assignment(
        gerrychain.Graph.from_networkx(graph),
        county.zones,
        county.tolerance,
        "hours",
        updaters={"hours": gerrychain.updaters.Tally("hours", alias="hours")},
        rng=SEED,
    )
    return gerrychain, start


def labels_of(county: County, partition: Any) -> Any:
    """Zone of each unit of a gerrychain partition."""
    found = np.empty(len(county.hours), int)
    for unit, zone in partition.assignment.items():
        found[unit] = zone
    return found


def gerrychain_seed(county: County) -> Any:
    """Zones cut from random trees."""
    return labels_of(county, gerrychain_start(county)[1])


def gerrychain_recom(county: County) -> Any:
    """The cheapest plan met in a walk of merge-and-split steps."""
    library, start = gerrychain_start(county)
    km = np.hypot(*(county.xy[:, None] - county.xy).transpose(2, 0, 1))

    def cost(partition: Any) -> float:
        members = [np.fromiter(part, int) for part in partition.parts.values()]
        return float(sum((county.hours[at] @ km[np.ix_(at, at)]).min() for at in members))

    step = partial(
        library.proposals.recom,
        pop_col="hours",
        pop_target=county.target_hours,
        epsilon=county.tolerance,
        node_repeats=1,
    )
    within = library.constraints.within_percent_of_ideal_population(start, county.tolerance, pop_key="hours")
    chain = library.MarkovChain(step, [within], library.accept.always_accept, start, CHAIN_STEPS, rng=SEED)
    return min(((cost(plan), labels_of(county, plan)) for plan in chain), key=lambda pair: pair[0])[1]


def metis(county: County) -> Any:
    """The fewest parted neighbours in balanced contiguous parts."""
    import pymetis

    options = pymetis.Options(contig=True, seed=SEED, ufactor=round(1000 * county.tolerance))
    weight = np.round(county.hours * 10).astype(int).tolist()
    return np.array(
        pymetis.part_graph(county.zones, adjacency=county.neighbours(), vweights=weight, options=options)[1]
    )


def kmeans_constrained(county: County) -> Any:
    """K-means with even numbers of units; it knows neither hours nor neighbours."""
    from k_means_constrained import KMeansConstrained

    even, off = len(county.hours) / county.zones, county.tolerance
    model = KMeansConstrained(
        county.zones, size_min=int(even * (1 - off)), size_max=int(even * (1 + off)) + 1, random_state=SEED, n_jobs=1
    )
    return model.fit_predict(county.xy)


METHODS: dict[str, tuple[str, str, Callable[[County], Any]]] = {
    "spopt-azp": ("spopt AZP", "spopt.region", spopt_azp),
    "spopt-maxp": ("spopt MaxP", "spopt.region", spopt_maxp),
    "geoda-azp": ("GeoDa AZP, greedy", "pygeoda", partial(geoda, "azp-greedy")),
    "geoda-azp-annealing": ("GeoDa AZP, annealing", "pygeoda", partial(geoda, "azp-annealing")),
    "geoda-maxp": ("GeoDa MaxP, greedy", "pygeoda", partial(geoda, "maxp")),
    "gerrychain-seed": ("gerrychain, recursive trees", "gerrychain", gerrychain_seed),
    "gerrychain-recom": (f"gerrychain ReCom, best of {CHAIN_STEPS} steps", "gerrychain", gerrychain_recom),
    "metis": ("METIS, contiguous", "pymetis", metis),
    "kmeans-constrained": ("k-means-constrained", "k_means_constrained", kmeans_constrained),
}
"""What each method is called in the table, the module that it needs, and the function."""


def main(name: str, file: str, zones: str, tolerance: str, out: str) -> int:
    """Draw, save and print the seconds."""
    warnings.filterwarnings("ignore")
    _, module, draw = METHODS[name]
    try:
        import_module(module)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return NOT_INSTALLED
    with np.load(file) as held:
        county = County(held["xy"], held["hours"], held["edges"], int(zones), float(tolerance))
    begun = time.perf_counter()
    labels = draw(county)
    seconds = time.perf_counter() - begun
    np.save(out, np.asarray(labels, dtype=np.int64))
    print(json.dumps({"seconds": round(seconds, 2)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
