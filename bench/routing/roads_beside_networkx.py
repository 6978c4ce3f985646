"""Road miles beside an independent router on the same file: network by osmnx, shortest path by networkx.

    python bench/routing/roads_beside_networkx.py EXTRACT.osm.pbf [--pairs 1000] [--seed 0] [--service]

Pairs are random nodes of osmnx's own network (its rules of what is drivable, not ours). Prints how far our
miles are from networkx's, and what miles on the quickest way would be instead of the shortest.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import osmium
import osmnx
from pyproj import Transformer
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from routing.network import build_network
from routing.osm import read_pbf
from routing.roads import RoadsModel


def drivable(tags: dict[str, str], *, service: bool) -> bool:
    """Apply osmnx's own filter of drivable ways, read from osmnx."""
    from osmnx import _overpass

    rules = _overpass._get_network_filter("drive_service" if service else "drive")  # noqa: SLF001  its rules, not ours
    for key, negated, pattern in re.findall(r'\["(\w+)"(?:(!~)"([^"]*)")?\]', rules):
        if not negated and key not in tags:
            return False
        if negated and re.search(pattern, tags.get(key, "")):
            return False
    return True


def osmnx_network(pbf: Path, *, service: bool) -> Any:
    """Write the drivable ways as XML, which is what osmnx reads, and let it make its network."""
    osmnx.settings.log_console = False
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "ways.osm"
        ways = osmium.FileProcessor(str(pbf)).with_filter(osmium.filter.KeyFilter("highway"))
        used: set[int] = set()
        keep: set[int] = set()
        for way in ways:
            if way.is_way() and drivable(dict(way.tags), service=service):
                keep.add(way.id)
                used.update(node.ref for node in way.nodes)
        with osmium.SimpleWriter(str(out)) as writer:
            for thing in osmium.FileProcessor(str(pbf)):
                if (thing.is_node() and thing.id in used) or (thing.is_way() and thing.id in keep):
                    writer.add(thing)
        graph = osmnx.graph_from_xml(str(out), simplify=False, retain_all=True)
    return osmnx.truncate.largest_component(graph, strongly=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pbf", type=Path)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--service", action="store_true", help="let osmnx drive on service roads too, as we do")
    asked = parser.parse_args()
    start = time.perf_counter()
    graph = osmnx_network(asked.pbf, service=asked.service)
    print(f"osmnx: {len(graph)} nodes in {time.perf_counter() - start:.1f} s")
    start = time.perf_counter()
    model = RoadsModel(build_network(read_pbf(asked.pbf)))
    print(f"ours: {model.network.nodes} nodes in {time.perf_counter() - start:.1f} s")
    rng = np.random.default_rng(asked.seed)
    nodes = np.array(list(graph))
    pairs = rng.choice(nodes, (asked.pairs, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    theirs = np.array([nx.shortest_path_length(graph, int(a), int(b), weight="length") for a, b in pairs])
    to_grid = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    at = {node: to_grid.transform(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in np.unique(pairs).tolist()}
    ours, quickest = np.empty(len(pairs)), np.empty(len(pairs))
    by_time = csr_matrix((model.network.time_ms.astype(float), (model.network.tail, model.network.head)))
    length = csr_matrix((model.network.length_cm.astype(float), (model.network.tail, model.network.head)))
    for i, (a, b) in enumerate(pairs.tolist()):
        ours[i] = model.miles([at[a]], [at[b]])[0, 0] * 1609.344
        if i < 200:
            ends = model.snap([at[a], at[b]]).node
            _, before = dijkstra(by_time, indices=ends[0], return_predecessors=True)
            node, metres = ends[1], 0.0
            while node != ends[0]:
                metres += length[before[node], node] / 100
                node = before[node]
            quickest[i] = metres
    off = np.abs(ours / theirs - 1)
    print(
        f"{len(pairs)} pairs: mean difference {off.mean():.2%}, median {np.median(off):.3%}, "
        f"within 2%: {(off <= 0.02).mean():.1%}, total miles {ours.sum() / theirs.sum() - 1:+.2%}"
    )
    for i in np.argsort(-off)[:5]:
        print(f"  worst: {pairs[i].tolist()} theirs {theirs[i]:.0f} m ours {ours[i]:.0f} m")
    print(f"on the quickest way (first 200 pairs): {quickest[:200].sum() / ours[:200].sum() - 1:+.2%} miles")


if __name__ == "__main__":
    main()
