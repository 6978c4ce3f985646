"""The 1,000 x 1,000 travel-time matrix beside the bare pyroutingkit call, in the same run.

    python bench/routing/matrix.py [--side 255] [--points 1000] [--repeats 3] [--scipy]

The network is a lattice with arterials, some 62,500 nodes at the default side. The bare call is a metric already
customised and nothing but ``distances_many_to_many``; ours starts from positions and ends with minutes.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyroutingkit

from routing.network import RawRoads, RoadNetwork, build_network
from routing.network_file import load_network, save_networks
from routing.roads import RoadsModel

if TYPE_CHECKING:
    from collections.abc import Callable


def lattice(side: int, seed: int = 7) -> RoadNetwork:
    """Make about six in ten streets of a square lattice, every twelfth row and column an arterial."""
    rng = np.random.default_rng(seed)
    index = np.arange(side * side).reshape(side, side)
    across = np.stack([index[:, :-1].ravel(), index[:, 1:].ravel()])
    up = np.stack([index[:-1].ravel(), index[1:].ravel()])
    ends = np.concatenate([across, up], 1)
    arterial = np.concatenate([(across[0] // side) % 12 == 0, (up[0] % side) % 12 == 0])
    kept = (rng.random(arterial.size) < 0.60) | (arterial & (rng.random(arterial.size) < 0.97))
    (tail, head), arterial = ends[:, kept], arterial[kept]
    row, column = np.divmod(np.arange(side * side), side)
    east = 400_000 + (column + rng.normal(0, 0.2, column.size)) * 90.0
    north = 300_000 + (row + rng.normal(0, 0.2, row.size)) * 90.0
    metres = np.minimum(np.hypot(east[tail] - east[head], north[tail] - north[head]), 99.0)  # so that none is cut
    seconds = metres / (np.where(arterial, 22.0, 9.0) * rng.uniform(0.8, 1.1, tail.size))
    both = [np.concatenate(pair) for pair in ((tail, head), (head, tail), (metres, metres), (seconds, seconds))]
    return build_network(RawRoads(east, north, *both, "lattice"))


def best_of(repeats: int, call: Callable[[], Any]) -> tuple[float, Any]:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        out = call()
        times.append(time.perf_counter() - start)
    return min(times), out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=255)
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--scipy", action="store_true", help="time the scipy engine too (seconds, not fractions)")
    asked = parser.parse_args()
    network = lattice(asked.side)
    print(f"{network.nodes} nodes, {network.tail.size} directed segments")
    chosen = np.random.default_rng(1).choice(network.nodes, asked.points, replace=False)
    places = np.c_[network.east_m[chosen], network.north_m[chosen]]

    model = RoadsModel(network, use_hierarchy=True)
    start = time.perf_counter()
    with_order = model.with_saved_order()
    print(f"order worked out in {time.perf_counter() - start:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        file = save_networks(Path(folder) / "lattice.npz", [with_order])
        start = time.perf_counter()
        model = RoadsModel(load_network(file), use_hierarchy=True)
        model.minutes(places[:2], places[:2])
        print(
            f"loaded to the first answer in {time.perf_counter() - start:.2f} s from {file.stat().st_size / 1e6:.1f} MB"
        )

    bare_topology = pyroutingkit.CCHTopology()
    lat, lon = (network.north_m / 111_320).astype(np.float32), (network.east_m / 69_000).astype(np.float32)
    tail, head = network.tail.astype(np.uint32), network.head.astype(np.uint32)
    bare_topology.build(tail, head, lat, lon, network.nodes)
    bare = pyroutingkit.CCHMetric(bare_topology)
    bare.customize(network.time_ms.astype(np.uint32))
    nodes = chosen.astype(np.uint32)
    bare_seconds, sums = best_of(asked.repeats, lambda: bare.distances_many_to_many(nodes, nodes))
    our_seconds, minutes = best_of(asked.repeats, lambda: model.minutes(places, places))
    engine_seconds, _ = best_of(asked.repeats, lambda: model.engine("time_ms").many_to_many(chosen, chosen))
    np.testing.assert_allclose(minutes, np.asarray(sums) / 60_000, rtol=1e-9, atol=1e-9)
    print(
        f"bare pyroutingkit {bare_seconds:.3f} s; engine {engine_seconds:.3f} s; "
        f"positions to minutes {our_seconds:.3f} s"
    )
    print(f"ratio engine {engine_seconds / bare_seconds:.2f}, positions to minutes {our_seconds / bare_seconds:.2f}")
    if asked.scipy:
        seconds, plain = best_of(1, lambda: RoadsModel(network, use_hierarchy=False).minutes(places, places))
        print(f"scipy {seconds:.2f} s; largest difference {np.abs(plain - minutes).max():.1e} minutes")


if __name__ == "__main__":
    main()
