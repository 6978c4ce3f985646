"""Schemes as TOML: those that are shipped, and a council's own, checked field by field before anything is computed."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from geo.banding.definitions import check_band, read_data_file
from geo.banding.features import feature_catalogue
from geo.banding.rules import TESTS, Condition, Rule, Scheme
from geo.settlements import SettlementSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

SchemeName = Literal["settlement", "official", "care"]
"""Names of the schemes that come with the package."""

OWN_FIELDS = ("name", "version", "title", "source", "rule", "falls_back_to", "settlements")
"""What a scheme says of itself; any further section sets assumptions."""


def shipped_schemes() -> tuple[str, ...]:
    """Names of the schemes that come with the package."""
    return get_args(SchemeName)


def shipped_text(name: str) -> str:
    """The TOML text of a shipped scheme, for reading and for a council's own to begin from.

    Raises:
        ValueError: no scheme of this name is shipped.
    """
    if name not in shipped_schemes():
        raise ValueError(f"scheme: found {name!r}, expected one of {', '.join(shipped_schemes())}")
    return files("geo").joinpath("schemes", f"{name}.toml").read_text(encoding="utf-8")


def load_scheme(scheme: str | Path | Scheme) -> Scheme:
    """Load a shipped scheme by name, a council's own by path (a name ending in .toml), or take one as it is."""
    if isinstance(scheme, Scheme):
        return scheme
    if isinstance(scheme, str) and scheme in shipped_schemes():
        return parse_scheme(shipped_text(scheme), f"{scheme}.toml")
    path = Path(scheme)
    if path.suffix != ".toml" or not path.is_file():
        raise ValueError(
            f"scheme: found {str(scheme)!r}, expected one of {', '.join(shipped_schemes())} or the path of a .toml file"
        )
    return parse_scheme(path.read_text(encoding="utf-8"), path.name)


def parse_scheme(text: str, where: str) -> Scheme:
    """Read a scheme from TOML text, which may be anybody's: everything in it is checked.

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
        if field != "rule" and not isinstance(data[field], str | int | float):
            raise ValueError(f"{where}, {field}: found {data[field]!r}, expected text")
    base = _base(data, where)
    rules = (*_rules(data["rule"], where), *(base.rules if base else ()))
    if not rules or rules[-1].when or any(not rule.when for rule in rules[:-1]):
        raise ValueError(f"{where}: expected the last rule, and only the last, to have no condition (when = [])")
    names = [rule.name for rule in rules]
    if len(set(names)) != len(names):
        raise ValueError(f"{where}: two rules share a name; found {', '.join(names)}")
    if "settlements" in data:
        settlements = _settlements(data["settlements"], where)
    elif base is not None:
        settlements = base.settlements
    else:
        raise ValueError(f"{where}: settlements is missing")
    own = {name: section for name, section in data.items() if name not in OWN_FIELDS}
    _check_parameters(own, where)
    parameters = {**(base.parameters if base else {}), **own}
    name, version, title, source = (str(data[field]) for field in ("name", "version", "title", "source"))
    return Scheme(name, version, title, source, settlements, rules, parameters)


def _base(data: Mapping[str, Any], where: str) -> Scheme | None:
    """The shipped scheme whose rules come after, if one is named; by name only, for a path would read any file."""
    if "falls_back_to" not in data:
        return None
    if data["falls_back_to"] not in shipped_schemes():
        expected = ", ".join(shipped_schemes())
        raise ValueError(f"{where}, falls_back_to: found {data['falls_back_to']!r}, expected one of {expected}")
    return load_scheme(str(data["falls_back_to"]))


def _rules(entries: Any, where: str) -> tuple[Rule, ...]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f"{where}, rule: found {entries!r}, expected a list of tables, each [[rule]]")
    rules = []
    for i, entry in enumerate(entries, start=1):
        here = f"{where}, rule {i} ({entry.get('name', 'no name')})"
        missing = [field for field in ("name", "band", "says", "when") if field not in entry]
        if missing:
            raise ValueError(f"{here}: {', '.join(missing)} missing")
        if not isinstance(entry["when"], list) or not all(isinstance(c, dict) for c in entry["when"]):
            raise ValueError(f"{here}.when: found {entry['when']!r}, expected a list of conditions")
        conditions = tuple(_condition(c, here) for c in entry["when"])
        rules.append(
            Rule(str(entry["name"]), check_band(entry["band"], f"{here}.band"), str(entry["says"]), conditions)
        )
    return tuple(rules)


def _condition(entry: Mapping[str, Any], where: str) -> Condition:
    tests = [t for t in TESTS if t in entry]
    if "feature" not in entry or len(tests) != 1 or len(entry) != 2:
        raise ValueError(f"{where}: found {dict(entry)}, expected a feature and one of {', '.join(TESTS)}")
    if entry["feature"] not in feature_catalogue():
        expected = ", ".join(feature_catalogue())
        raise ValueError(f"{where}: found feature {entry['feature']!r}, expected one of {expected}")
    value = entry[tests[0]]
    if tests[0] == "one_of":
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise ValueError(f"{where}.one_of: found {value!r}, expected a list of words")
        return Condition(str(entry["feature"]), "one_of", tuple(value))
    if type(value) not in (int, float):
        raise ValueError(f"{where}.{tests[0]}: found {value!r}, expected a number")
    return Condition(str(entry["feature"]), tests[0], float(value))


def _settlements(entry: Any, where: str) -> SettlementSettings:
    names = [field.name for field in fields(SettlementSettings)]
    if not isinstance(entry, dict) or not {"link_metres", "joiner_postcodes", "join_metres", "home_metres"} <= set(
        entry
    ) <= set(names):
        raise ValueError(f"{where}, settlements: found {entry!r}, expected a table of {', '.join(names)}")
    try:
        return SettlementSettings(**entry)
    except ValueError as error:
        raise ValueError(f"{where}, {error}") from error


def _check_parameters(own: Mapping[str, Any], where: str) -> None:
    """Further sections put numbers in place of shipped assumptions; what is no table is a note."""
    shipped = read_data_file("assumptions.toml")
    for section, values in own.items():
        if not isinstance(values, dict):
            continue
        if section not in shipped:
            raise ValueError(f"{where}: found section [{section}], expected one of {', '.join(shipped)}")
        for name, value in values.items():
            if name not in shipped[section]:
                raise ValueError(f"{where}, {section}.{name}: expected one of {', '.join(shipped[section])}")
            if type(value) not in (int, float) or not 0 < value < float("inf"):
                raise ValueError(f"{where}, {section}.{name}: found {value!r}, expected a number over 0")
