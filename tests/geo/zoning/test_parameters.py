"""Tuning is one value for each engine: every parameter is explained, and a share lies within its range."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from geo.zoning.bound.parameters import BOUND
from geo.zoning.model.tolerances import TOLERANCES
from geo.zoning.partition.refine import RefineParameters
from geo.zoning.partition.search import AnnealParameters
from geo.zoning.search.parameters import SEARCH
from geo.zoning.small.parameters import SMALL
from geo.zoning.solve.parameters import DEFAULT
from routing.rounds.parameters import ROUNDS

ENGINES = [SEARCH, BOUND, SMALL, ROUNDS, DEFAULT, TOLERANCES, AnnealParameters(), RefineParameters()]


@pytest.mark.parametrize("values", ENGINES, ids=lambda values: type(values).__name__)
def test_every_parameter_is_explained_and_cannot_change_under_way(values: Any) -> None:
    explained = re.findall(r"^ {4,8}(\w+): \S", type(values).__doc__ or "", flags=re.MULTILINE)
    assert [field.name for field in fields(values)] == explained
    with pytest.raises(FrozenInstanceError):
        setattr(values, fields(values)[0].name, 1)


@pytest.mark.parametrize("values", ENGINES, ids=lambda values: type(values).__name__)
def test_numbers_are_above_zero_and_shares_at_most_one(values: Any) -> None:
    for field in fields(values):
        value = getattr(values, field.name)
        for number in value if isinstance(value, tuple) else (value,):
            if isinstance(number, int | float):
                assert number > 0, field.name
                assert number <= 1 or not field.name.endswith("share"), field.name
