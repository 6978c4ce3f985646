"""Rounds and zones in one process: each brings a solver library of the same name."""

from __future__ import annotations

import subprocess
import sys

import pytest

ROUNDS = """
from routing.rounds import Carer, Day, Visit, solve
visits = tuple(Visit(f"v{n}", 450_000.0 + 900 * n, 300_000.0, 420, 900, 30) for n in range(12))
carers = tuple(Carer(f"c{n}", 450_000.0, 300_000.0, 400, 960) for n in range(3))
assert not solve(Day(visits, carers), solution_limit=1).unserved
"""
ZONES = """
import highspy, numpy as np
highs = highspy.Highs()
highs.setOptionValue("output_flag", False)
highs.addVar(0, 10)
highs.changeColCost(0, 1.0)
highs.addRow(3, 10, 1, np.array([0], np.int32), np.array([1.0]))
highs.run()
assert highs.getObjectiveValue() == 3.0
"""


@pytest.mark.parametrize("script", [ROUNDS + ZONES, ZONES + ROUNDS], ids=["rounds first", "zones first"])
def test_rounds_and_zones_are_solved_in_one_process(script: str) -> None:
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
