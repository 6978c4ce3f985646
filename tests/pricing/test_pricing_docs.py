"""The examples of the documentation work."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pricing

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "pricing.md"


def test_the_example_of_a_users_own_figures_loads() -> None:
    example = re.search(r"```toml\n(.*?)```", REFERENCE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    figures = pricing.load_statutory(example[1]).year("2027-28")
    assert figures.only("national_living_wage_pounds_per_hour").value == Decimal("13.20")


def test_every_function_in_the_reference_exists() -> None:
    section = REFERENCE.read_text(encoding="utf-8").split("## Functions")[1].split("A `path` is")[0]
    named = set(re.findall(r"`([a-z_]+)[(`]", section))
    assert len(named) > 30
    assert {name for name in named if not hasattr(pricing, name)} == set()


def test_every_field_of_the_input_is_in_the_reference() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    schema = pricing.Assumptions.model_json_schema(by_alias=True)
    assert {name for name in schema["properties"] if f"`{name}" not in text} == {"label"}
