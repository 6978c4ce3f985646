"""A scheme of bands: a short list of rules on named features, read from a data file and tested in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.settlements import SettlementSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

TESTS = ("at_least", "below", "one_of")
"""The ways a condition can test a feature: against a number, or against a list of words."""


@dataclass(frozen=True)
class Condition:
    """One test of one feature: `at_least` or `below` a number, or `one_of` some words."""

    feature: str
    test: str
    value: float | tuple[str, ...]

    def holds(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Which of the (n,) values pass; a missing value (NaN or empty) passes no test."""
        if isinstance(self.value, tuple):
            return np.isin(values, self.value)
        numbers = np.asarray(values, dtype=np.float64)
        return numbers >= self.value if self.test == "at_least" else numbers < self.value


@dataclass(frozen=True)
class Rule:
    """A band and the conditions that must all hold for it."""

    name: str
    band: str
    says: str
    when: tuple[Condition, ...]


@dataclass(frozen=True)
class Scheme:
    """A named, versioned list of rules; the first whose conditions all hold gives the band.

    Attributes:
        name: what results carry.
        version: date or number of this version.
        title: for people.
        source: where the thresholds come from.
        settlements: how settlements are found.
        rules: in order; the last has no condition.
        parameters: further settings by group, for instance how far a carer gets in ten minutes.
    """

    name: str
    version: str
    title: str
    source: str
    settlements: SettlementSettings
    rules: tuple[Rule, ...]
    parameters: Mapping[str, Any]

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features that the rules test, in order of first use."""
        return tuple(dict.fromkeys(c.feature for rule in self.rules for c in rule.when))

    def fired(self, features: Mapping[str, NDArray[Any]], n: int) -> NDArray[np.int64]:
        """Index of the rule that gives each of the `n` areas its band."""
        result = np.full(n, len(self.rules) - 1, dtype=np.int64)
        for index in range(len(self.rules) - 1, -1, -1):
            holds = np.ones(n, dtype=np.bool_)
            for condition in self.rules[index].when:
                if condition.feature not in features:
                    raise ValueError(
                        f"scheme {self.name}, rule {self.rules[index].name}: found feature {condition.feature!r}, "
                        f"expected one of {', '.join(sorted(features))}"
                    )
                holds &= condition.holds(features[condition.feature])
            result[holds] = index
        return result


def with_rules(scheme: Scheme, rules: tuple[Rule, ...]) -> Scheme:
    """Return the scheme with other rules, for trying thresholds out."""
    return replace(scheme, rules=rules)
