"""What `make bench` prints can be read, and what it does not know it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.figures import Figure, table

ROOT = Path(__file__).resolve().parents[2]


def test_a_table_shows_the_ratio_and_whether_the_target_was_held() -> None:
    lines = table([Figure("lookup", 50.0, 100.0, "requests/s", "at least 0.7", met=False)]).splitlines()
    assert lines[1].split()[:4] == ["lookup", "50.000", "100.000", "0.50"]
    assert lines[1].endswith("at least 0.7: NOT HELD")


def test_an_unknown_benchmark_is_named_before_anything_is_run() -> None:
    command = [sys.executable, "bench/run.py", "lokup"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no such benchmark: lokup" in done.stdout
