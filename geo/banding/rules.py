"""A scheme of bands: a short list of rules on named features, read from a data file and tested in order."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.banding.definitions import check_band
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


def _condition(entry: Mapping[str, Any], where: str) -> Condition:
    tests = [t for t in TESTS if t in entry]
    if "feature" not in entry or len(tests) != 1 or len(entry) != 2:
        raise ValueError(f"{where}: found {dict(entry)}, expected a feature and one of {', '.join(TESTS)}")
    value = entry[tests[0]]
    if tests[0] == "one_of":
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise ValueError(f"{where}.one_of: found {value!r}, expected a list of words")
        return Condition(str(entry["feature"]), "one_of", tuple(value))
    if type(value) not in (int, float):
        raise ValueError(f"{where}.{tests[0]}: found {value!r}, expected a number")
    return Condition(str(entry["feature"]), tests[0], float(value))


def parse_scheme(text: str, where: str) -> Scheme:
    """Read a scheme from TOML text.

    Args:
        text: the file's content.
        where: its name, for messages.

    Raises:
        ValueError: naming the field, what was found and what was expected.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{where}: not TOML: {error}") from error
    for field in ("name", "version", "title", "source", "rule"):
        if field not in data:
            raise ValueError(f"{where}: {field} is missing")
    rules = []
    for i, entry in enumerate(data["rule"], start=1):
        here = f"{where}, rule {i} ({entry.get('name', 'no name')})"
        missing = [field for field in ("name", "band", "says", "when") if field not in entry]
        if missing:
            raise ValueError(f"{here}: {', '.join(missing)} missing")
        conditions = tuple(_condition(c, here) for c in entry["when"])
        rules.append(
            Rule(str(entry["name"]), check_band(entry["band"], f"{here}.band"), str(entry["says"]), conditions)
        )
    base = load_scheme(data["falls_back_to"]) if "falls_back_to" in data else None
    if base is not None:
        rules.extend(base.rules)
    if not rules or rules[-1].when or any(not rule.when for rule in rules[:-1]):
        raise ValueError(f"{where}: expected the last rule, and only the last, to have no condition (when = [])")
    names = [rule.name for rule in rules]
    if len(set(names)) != len(names):
        raise ValueError(f"{where}: two rules share a name; found {', '.join(names)}")
    if "settlements" in data:
        settlements = SettlementSettings(**data["settlements"])
    elif base is not None:
        settlements = base.settlements
    else:
        raise ValueError(f"{where}: settlements is missing")
    known = {"name", "version", "title", "source", "rule", "falls_back_to", "settlements"}
    parameters = {**(base.parameters if base else {}), **{k: v for k, v in data.items() if k not in known}}
    return Scheme(
        data["name"], str(data["version"]), data["title"], data["source"], settlements, tuple(rules), parameters
    )


def shipped_schemes() -> tuple[str, ...]:
    """Names of the schemes that come with the package."""
    return ("settlement", "official", "care")


def load_scheme(scheme: str | Path | Scheme) -> Scheme:
    """Load a shipped scheme by name, a council's own by path (a name ending in .toml), or take one as it is."""
    if isinstance(scheme, Scheme):
        return scheme
    if isinstance(scheme, str) and scheme in shipped_schemes():
        return parse_scheme(
            files("geo").joinpath("schemes", f"{scheme}.toml").read_text(encoding="utf-8"), f"{scheme}.toml"
        )
    path = Path(scheme)
    if path.suffix != ".toml" or not path.is_file():
        raise ValueError(
            f"scheme: found {str(scheme)!r}, expected one of {', '.join(shipped_schemes())} or the path of a .toml file"
        )
    return parse_scheme(path.read_text(encoding="utf-8"), path.name)


def with_rules(scheme: Scheme, rules: tuple[Rule, ...]) -> Scheme:
    """Return the scheme with other rules, for trying thresholds out."""
    return replace(scheme, rules=rules)
