"""The rule sets that ship, read from ``brokerage/rule_sets``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from brokerage.rules.model import RuleSet

DEFAULT: Final = "leicestershire-2020"
"""The rule set in force until a council sets its own."""


@cache
def shipped_rule_sets() -> dict[str, RuleSet]:
    """Every shipped rule set by name."""
    folder = files("brokerage") / "rule_sets"
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            rules = RuleSet.model_validate(tomllib.loads(entry.read_text("utf-8")))
            found[rules.name] = rules
    return found


def default_rules() -> RuleSet:
    """The rule set in force until a council sets its own."""
    return shipped_rule_sets()[DEFAULT]
