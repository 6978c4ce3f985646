"""Every kind of job in the service is on the list a worker loads."""

from __future__ import annotations

import re
from pathlib import Path

import app
from app.jobs.kinds import KIND_MODULES
from app.jobs.registry import load_job_kinds

ROOT = Path(app.__file__).parent


def test_every_module_that_registers_a_kind_is_listed_in_whatever_folder_it_lies() -> None:
    registering = {
        ".".join(("app", *path.relative_to(ROOT).with_suffix("").parts))
        for path in ROOT.rglob("*.py")
        if re.search(r"^@job_kind\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert registering
    assert registering == set(KIND_MODULES)


def test_a_worker_knows_every_kind_by_name() -> None:
    assert {
        "classify",
        "draw-zones",
        "import-packages",
        "plan-rounds",
        "replan-rounds",
        "simulate-rounds",
        "sweep-zones",
    } <= set(load_job_kinds().names())
