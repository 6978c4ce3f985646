"""Plans of peers beside ours: any labelling is scored alike, and a peer that is missing or slow is said to be."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench" / "zoning"


@pytest.fixture(scope="module")
def peers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("zone_plan_peers", BENCH / "peers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_labelling_is_scored_whatever_it_keeps(peers: ModuleType) -> None:
    county = {
        "xy": np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]),
        "hours": np.array([1.0, 1.0, 1.0, 1.0]),
        "edges": np.array([[0, 1], [1, 2], [2, 3]]),
    }
    problem = peers.as_problem(county, 2, 0.05)
    assert peers.score(problem, np.array([7, 7, 9, 9])) == {
        "cost": 2.0,
        "worst": 0.0,
        "zones": 2,
        "pieces": 2,
        "kept": True,
    }
    torn = peers.score(problem, np.array([0, 1, 0, 0]))
    assert (torn["cost"], torn["worst"], torn["pieces"], torn["kept"]) == (3.0, 0.5, 3, False)


def test_a_peer_that_is_missing_or_slow_has_a_line_of_its_own(peers: ModuleType, tmp_path: Path) -> None:
    county = peers.made_county(40)
    problem, file = peers.as_problem(county, 3, 0.2), tmp_path / "county.npz"
    np.savez(file, **county)
    row = peers.by_a_peer(sys.executable, "metis", file, problem, 60.0)
    if importlib.util.find_spec("pymetis") is None:
        assert peers.line("METIS", row, 1.0) == "| METIS | not installed | | | | | | |"
    else:
        assert row["zones"] == 3
    assert peers.by_a_peer(sys.executable, "metis", file, problem, 0.001) == {"note": "stopped after 0.001 s"}
