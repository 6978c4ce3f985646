"""An open instance can be scored with numpy alone, and its best plan costs and breaks what its files say."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench" / "zoning"


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    shutil.copytree(BENCH / "instances" / "made-128", tmp_path / "made")
    shutil.copy(BENCH / "score_zones.py", tmp_path / "made")
    return tmp_path / "made"


def scored(folder: Path) -> tuple[int, dict[str, Any]]:
    """Score the plan of a folder as its reader would: in isolated mode nothing of this project can be imported."""
    command = [sys.executable, "-I", str(folder / "score_zones.py"), str(folder), str(folder / "best_plan.csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else {"error": done.stderr}


def change(folder: Path, zone_of: dict[str, str]) -> None:
    """Give units another zone in the plan of a folder."""
    with (folder / "best_plan.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [f"{row['unit']},{zone_of.get(row['unit'], row['zone'])}\n" for row in rows]
    (folder / "best_plan.csv").write_text("unit,zone\n" + "".join(lines))


def test_the_best_plan_costs_what_is_said_and_lies_above_the_bound(instance: Path) -> None:
    code, found = scored(instance)
    best = json.loads((instance / "instance.json").read_text())["best"]
    assert code == 0
    assert found["broken"] == []
    assert found["cost"] == pytest.approx(best["cost"], rel=1e-6)
    assert found["cost"] == pytest.approx(found["travel"] + found["borders"])
    assert best["bound"] < best["cost"] < 1.03 * best["bound"]


def test_each_broken_rule_is_named(instance: Path) -> None:
    with (instance / "best_plan.csv").open(newline="") as file:
        first = {row["zone"]: row["unit"] for row in csv.DictReader(file)}
    change(instance, {first["1"]: "8", first["8"]: "1"})
    code, found = scored(instance)
    assert code == 1
    assert any("in pieces" in broken for broken in found["broken"])
    change(instance, dict.fromkeys(first.values(), "9"))
    assert "9 zones, expected 8" in scored(instance)[1]["broken"]


def test_a_plan_that_leaves_a_unit_out_is_refused(instance: Path) -> None:
    lines = (instance / "best_plan.csv").read_text().splitlines()
    (instance / "best_plan.csv").write_text("\n".join(lines[:-1]) + "\n")
    code, found = scored(instance)
    assert code == 1
    assert "1 units have no zone" in found["error"]


def test_an_instance_is_written_scored_and_within_its_limits(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCH / "open_instance.py"), str(tmp_path), "--units", "40", "--zones", "4"]
    done = subprocess.run([*command, "--seconds", "4"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    code, found = scored(tmp_path)
    assert code == 0
    assert found["cost"] == pytest.approx(said["best"]["cost"], rel=1e-6)
    assert said["best"]["bound"] <= said["best"]["cost"]
    assert "Apache License" in (tmp_path / "README.md").read_text()
