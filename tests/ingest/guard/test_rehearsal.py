"""Mutated workbooks and Parquet files: each is read, or refused by name, and no process of the service dies."""

from __future__ import annotations

import random

import pytest

from app.ingest.guard import FileRefused, rehearse
from app.ingest.guard.rehearse import read_whole
from tests.api.extracts import as_file, rows

MUTANTS = 2


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_a_mutated_file_stops_only_the_rehearsal(form: str) -> None:
    content, draw = as_file(rows(12), form)[1], random.Random(3)  # noqa: S311 - a seed makes the run the same each time
    assert read_whole(content) >= 12
    rehearse(content)
    for _ in range(MUTANTS):
        broken = bytearray(content)
        for _ in range(8):
            broken[draw.randrange(4, len(broken))] = draw.randrange(256)
        try:
            rehearse(bytes(broken))
        except FileRefused as error:
            refused = error
            assert all((refused.place, refused.found, refused.expected, refused.remedy))
