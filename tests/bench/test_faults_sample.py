"""A sample of the run of mutated files: a few of each kind that is read."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FAULTS = Path(__file__).parents[2] / "bench" / "faults"
FILES = 12


def bench(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FAULTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_mutated_files_of_each_kind_are_read_or_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FAULTS))
    files = bench("files")
    found = files.run(list(files.KINDS), FILES, seed=2)
    assert {kind: counts["files"] for kind, counts in found.items()} == dict.fromkeys(files.KINDS, FILES)
    wrong = {kind: counts["worst"] for kind, counts in found.items() if counts["unhandled"] or counts["unnamed"]}
    assert wrong == {}
