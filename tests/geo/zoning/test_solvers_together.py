"""The two libraries of solvers live in one process: a worker that draws zones plans rounds too."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "order", [("highspy", "ortools.constraint_solver.pywrapcp"), ("ortools.constraint_solver.pywrapcp", "highspy")]
)
def test_highs_and_or_tools_load_in_either_order(order: tuple[str, str]) -> None:
    program = f"import {order[0]}, {order[1]}, highspy; highspy.Highs().setOptionValue('output_flag', False)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
