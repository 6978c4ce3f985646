"""A run says what it left out and how to get it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.skips import NOT_MEANT, remedy, summary

TESTS = Path(__file__).parent


def test_reasons_are_counted_and_each_says_how_to_get_it() -> None:
    server = "Skipped: PATCHWORK_TEST_POSTGRES_URL names no PostgreSQL server"
    files = [f"Skipped: sample '{name}' is not beside this checkout (looked in ../shared/x)" for name in ("a", "b")]
    lines = summary([server, server, server, *files])
    assert lines[0] == "3 skipped: PATCHWORK_TEST_POSTGRES_URL names no PostgreSQL server"
    assert "PATCHWORK_TEST_POSTGRES_URL=" in lines[1]
    assert lines[2].startswith("2 skipped: a sample is not beside")
    assert summary([]) == []


def test_every_reason_in_the_tests_has_a_remedy() -> None:
    found = []
    for file in TESTS.rglob("*.py"):
        if file.name != "test_skips.py":
            found += re.findall(r"pytest\.skip\(\s*f?\"([^\"]+)\"", file.read_text("utf-8"))
            found += re.findall(r"skipif\([^)]*reason=\"([^\"]+)\"", file.read_text("utf-8"))
    assert len(found) > 10
    assert [reason for reason in found if remedy(reason.replace("{SERVER}", "SERVER")) is None] == []
    assert NOT_MEANT in {remedy(reason) for reason in found}
