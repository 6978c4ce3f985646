"""The road network as arrays: what is kept, dropped, stored and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from routing.network import LONGEST_SEGMENT_M, NetworkError, RawRoads, build_network
from routing.network_file import load_network

if TYPE_CHECKING:
    from pathlib import Path


def raw(edges: list[tuple[int, int, float]], nodes: int) -> RawRoads:
    tail, head, metres = (np.array(column) for column in zip(*edges, strict=True))
    return RawRoads(np.arange(nodes) * 50.0, np.zeros(nodes), tail, head, metres * 1.0, metres / 10.0, "made up")


def test_long_segments_are_cut_alike_in_both_directions() -> None:
    network = build_network(raw([(0, 1, 250.0), (1, 0, 250.0)], 2))
    assert network.nodes == 4
    assert network.tail.size == 6
    assert network.length_cm.max() <= LONGEST_SEGMENT_M * 100
    assert network.length_cm.sum() == pytest.approx(2 * 250_00, abs=6)


def test_of_two_roads_between_the_same_ends_the_shorter_counts() -> None:
    network = build_network(raw([(0, 1, 50.0), (0, 1, 40.0), (1, 0, 50.0)], 2))
    assert network.length_cm[(network.tail == 0)].tolist() == [4_000]


def test_pieces_off_the_largest_are_reported_longest_first() -> None:
    roads = [(0, 1, 50), (1, 2, 50), (2, 0, 50), (3, 4, 20), (4, 3, 20), (5, 6, 30), (6, 5, 30)]
    network = build_network(raw(roads, 7))
    assert network.nodes == 3
    assert [(piece.nodes, piece.road_km) for piece in network.dropped] == [(2, 0.06), (2, 0.04)]
    assert network.dropped[0].east_m == 250.0


@pytest.mark.parametrize(
    ("edges", "says"),
    [
        ([(0, 9, 10.0)], "segment 0: head found 9, expected a node from 0 to 1"),
        ([(0, 1, 10.0), (1, 0, float("nan"))], "segment 1: metres found nan"),
        ([(0, 1, -1.0)], "segment 0: metres found -1.0"),
    ],
)
def test_a_bad_segment_is_named(edges: list[tuple[int, int, float]], says: str) -> None:
    with pytest.raises(NetworkError, match=says):
        build_network(raw(edges, 2))


def test_the_version_follows_the_roads_and_the_speeds() -> None:
    roads = [(0, 1, 50.0), (1, 0, 50.0)]
    assert build_network(raw(roads, 2)).version == build_network(raw(roads, 2)).version
    assert build_network(raw(roads, 2)).version != build_network(raw([(0, 1, 51.0), (1, 0, 50.0)], 2)).version
    assert build_network(raw(roads, 2)).version != build_network(raw(roads, 2), "other speeds").version


def test_another_file_is_refused_and_says_so(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    (tmp_path / "noise.npz").write_bytes(b"PK nothing")
    for name in ("other.npz", "noise.npz"):
        with pytest.raises(NetworkError, match=f"{name}: not a saved road network"):
            load_network(tmp_path / name)
