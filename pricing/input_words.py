"""Inputs and formulas in plain words, for workbooks and documents that people read."""

from __future__ import annotations

import re

_SHORT = re.compile(r"\b(ni|ppe|cqc|uk)\b")
_DOT_IN_NAME = re.compile(r"(?<=[a-z])\.(?=[a-z])")


def input_words(path: str) -> str:
    """The path of an input as people read it: ``travel.miles_per_visit`` is "Travel, miles per visit"."""
    words = _names_in_full(path.replace("on_costs.", "on-costs.").replace("_", " ").replace(".", ", "))
    return words[:1].upper() + words[1:]


def formula_words(formula: str) -> str:
    """A formula with the names of its inputs as words."""
    return _names_in_full(_DOT_IN_NAME.sub(" ", formula.replace("on_costs.", "on-costs ").replace("_", " ")))


def _names_in_full(words: str) -> str:
    return _SHORT.sub(lambda found: found[0].upper(), words)
