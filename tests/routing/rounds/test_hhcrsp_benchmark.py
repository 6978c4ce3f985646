"""The benchmark of published home health-care instances: solved by its command, and judged by no rubber stamp."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.open_data import open_data

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def instance() -> Path:
    return Path(open_data("hhcrsp")) / "InstanzCPLEX_HCSRP_10_1.json"


@pytest.fixture(scope="module")
def solved(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    out = tmp_path_factory.mktemp("hhcrsp") / "solution.json"
    command = [sys.executable, str(ROOT / "bench" / "hhcrsp.py"), str(instance), "--seconds", "1", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return out, json.loads(done.stdout)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, Path], dict[str, float]]:
    monkeypatch.syspath_prepend(str(ROOT / "bench" / "routing"))
    from hhcrsp import judge

    return judge


def test_an_instance_is_solved_in_its_own_format_and_judged(
    instance: Path, solved: tuple[Path, dict[str, Any]], judge: Callable[[Path, Path], dict[str, float]]
) -> None:
    out, said = solved
    parts = judge(instance, out)
    assert parts["objective"] == pytest.approx(said["objective"])
    assert parts["objective"] == pytest.approx((parts["distance"] + parts["tardiness"] + parts["largest"]) / 3)
    document = json.loads(out.read_text(encoding="utf-8"))
    assert set(document["routes"][0]) == {"caregiver_id", "locations"}


def _later(stop: dict[str, Any]) -> None:
    stop["departure_time"] += 1


def _earlier(stop: dict[str, Any]) -> None:
    stop["arrival_time"] -= 2000


def _another(stop: dict[str, Any]) -> None:
    stop["service"] = "s0"


@pytest.mark.parametrize("spoil", [_later, _earlier, _another])
def test_the_judge_refuses_what_is_spoilt(
    instance: Path,
    solved: tuple[Path, dict[str, Any]],
    judge: Callable[[Path, Path], dict[str, float]],
    tmp_path: Path,
    spoil: Callable[[dict[str, Any]], None],
) -> None:
    document = json.loads(solved[0].read_text(encoding="utf-8"))
    stop = next(route for route in document["routes"] if route["locations"])["locations"][0]
    spoil(stop)
    spoilt = tmp_path / "spoilt.json"
    spoilt.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises((AssertionError, StopIteration)):
        judge(instance, spoilt)
