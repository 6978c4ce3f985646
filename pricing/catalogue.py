"""What is known about each line before it is priced: its label, its Annex A heading, its formula and its source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from pricing.buildup import build_up, line_keys
from pricing.formula import Formula

if TYPE_CHECKING:
    from pricing.structure import Structure


@dataclass(frozen=True, slots=True)
class LineFacts:
    """The words that go with a line. ``inputs`` are the names in its formula: paths of inputs, and earlier steps."""

    key: str
    label: str
    annex_a: str
    group: str
    source: str
    formula: str
    inputs: tuple[str, ...]


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    text = resources.files("pricing").joinpath("data/lines.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class _NamedInputs(dict[str, Formula]):
    def __missing__(self, path: str) -> Formula:
        return Formula.named(path)


@lru_cache(maxsize=256)
def formulas(structure: Structure) -> dict[str, Formula]:
    """The formula of every step and line of a structure, in the order in which they are computed."""
    written: dict[str, Formula] = {}

    def remember(name: str, value: Formula) -> Formula:
        written[name] = value
        return Formula.named(name)

    build_up(structure, _NamedInputs(), remember)
    return written


@lru_cache(maxsize=256)
def line_facts(structure: Structure) -> tuple[LineFacts, ...]:
    """The words of each line of a structure, in the order of its lines."""
    written, known = formulas(structure), _catalogue()
    own = {choice.key: choice for choice in structure.business}
    facts = []
    for key in line_keys(structure):
        base = known.get(key, known["business"])
        label, annex_a = (own[key].label, own[key].annex_a) if key in own else (base["label"], base["annex_a"])
        formula = written[key]
        facts.append(LineFacts(key, label, annex_a, base["group"], base["source"], formula.text(), formula.names()))
    return tuple(facts)
