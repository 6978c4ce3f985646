"""No function and no module outgrows the limits of the house without a reason that is written down."""

from __future__ import annotations

import tomllib

from scripts.limits import ROOT, import_circles, large_functions, large_modules, unlisted

LISTED = tomllib.loads((ROOT / "scripts" / "limits.toml").read_text("utf-8"))


def test_no_module_is_over_the_limit_without_a_reason() -> None:
    assert unlisted({path: f"{lines} lines" for path, lines in large_modules().items()}, LISTED["modules"]) == []


def test_no_function_is_over_the_limits_without_a_reason() -> None:
    assert unlisted(large_functions(), LISTED["functions"]) == []


def test_every_reason_says_something() -> None:
    reasons = [reason for part in LISTED.values() for reason in part.values()]
    assert [reason for reason in reasons if len(reason) < 30] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert import_circles() == []


def test_what_is_larger_and_unlisted_is_named_and_what_is_listed_in_vain() -> None:
    found = unlisted({"a.py": "500 lines", "b.py": "600 lines"}, {"b.py": "because", "c.py": "because"})
    assert found == ["a.py: 500 lines, no reason is listed", "c.py: listed, but it is within the limit"]
