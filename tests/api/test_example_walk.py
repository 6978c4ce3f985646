"""Every recorded example still works: the walk that made them is taken again, and each step is answered 2xx."""

from __future__ import annotations

import pytest

from app.api.openapi.examples import recorded
from scripts.example_walk import take
from scripts.record_examples import walk_through
from tests.api.inprocess import InProcess
from tests.api.rounds_kept import planned_day, simulation


@pytest.mark.slow
def test_the_walk_of_the_examples_still_goes(county: InProcess) -> None:
    walk = walk_through(county)
    take(walk, {"rounds_id": planned_day(county), "simulation_id": simulation(county)})
    sent = [name for name, bodies in recorded().items() if "request" in bodies]
    left_out = {refused.split(" ", 1)[0] for refused in walk.left_out}
    assert len(sent) > 15
    assert set(sent) - left_out <= set(walk.seen)
