"""Inputs, formulas and services in plain words, for workbooks and documents that people read."""

from __future__ import annotations

import re

_SHORT = re.compile(r"\b(ni|ppe|cqc|uk)\b")
_DOT_IN_NAME = re.compile(r"(?<=[a-z])\.(?=[a-z])")


_SERVICES = {"maintenance": "home care", "childrens": "children's care", "health_funded": "health-funded care"}
"""Services that are called otherwise than their names in data say."""


def service_words(service_type: str) -> str:
    """A service as people say it: "maintenance" is how demand names home care."""
    return _SERVICES.get(service_type, service_type.replace("_", " "))


def input_words(path: str) -> str:
    """The path of an input as people read it: ``travel.miles_per_visit`` is "Travel, miles per visit"."""
    words = _names_in_full(path.replace("on_costs.", "on-costs.").replace("_", " ").replace(".", ", "))
    return words[:1].upper() + words[1:]


def formula_words(formula: str) -> str:
    """A formula with the names of its inputs as words."""
    return _names_in_full(_DOT_IN_NAME.sub(" ", formula.replace("on_costs.", "on-costs ").replace("_", " ")))


def _names_in_full(words: str) -> str:
    return _SHORT.sub(lambda found: found[0].upper(), words)
