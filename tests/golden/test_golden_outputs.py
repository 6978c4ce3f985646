"""Fixed inputs give the answers they always gave. After a change that is meant, write them anew and say why.

python -m tests.golden.record
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.databases import Installation
from tests.golden import outputs

KEPT = json.loads((Path(__file__).parent / "outputs.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["plans", "prices", "rounds"])
def test_engines_answer_as_they_did(kind: str) -> None:
    found = getattr(outputs, kind)()
    differing = [name for name in KEPT[kind] if not outputs.same(KEPT[kind][name], found[name])]
    assert not differing, {name: (KEPT[kind][name], found[name]) for name in differing}


def test_the_demonstration_county_keeps_its_bands_and_areas(demo: Installation) -> None:
    if demo.backend != "sqlite":
        pytest.skip("the same rows are read from SQLite")
    assert outputs.county(demo.settings.data_dir / "patchwork.sqlite") == KEPT["county"]
