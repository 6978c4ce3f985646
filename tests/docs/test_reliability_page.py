"""The page of promises follows from the promises and the recorded runs, and every test it names is there."""

from __future__ import annotations

import importlib.util
import tomllib
from types import ModuleType

from tests.docs.blocks import ROOT


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reliability", ROOT / "scripts" / "make_reliability.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_says_what_the_runs_counted() -> None:
    assert (ROOT / "docs/reference/reliability.md").read_text("utf-8") == maker().page(), (
        "run: python -m scripts.make_reliability"
    )


def test_every_promise_names_a_test_that_is_there() -> None:
    promises = tomllib.loads((ROOT / "bench/faults/promises.toml").read_text("utf-8"))["promise"]
    named = {name.strip() for row in promises for name in row["test"].split(",")}
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_no_recorded_run_lost_or_half_did_anything() -> None:
    made = maker()
    assert all(run[name] == 0 for run in made._held("rounds.json", []) for name in (*made.FAILURES, "broken"))
    kinds = made._held("files.json", {"kinds": {}})["kinds"].values()
    assert all(kind["unhandled"] == kind["unnamed"] == 0 for kind in kinds)
