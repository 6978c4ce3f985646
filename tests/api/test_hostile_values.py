"""No value in any field brings the service down, and what no field may hold is refused by name."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest

from tests.api.hostile import STREAMS, attacks, known_things, sent
from tests.api.inprocess import InProcess

EVERY_VALUE = os.environ.get("PATCHWORK_TEST_HOSTILE") == "all"
SAMPLED = 0.3
RecordProperty = Callable[[str, object], None]


@pytest.mark.slow
@pytest.mark.timeout(3000 if EVERY_VALUE else 600)
def test_no_value_of_any_field_is_answered_5xx(county: InProcess, record_property: RecordProperty) -> None:
    rng = random.Random(11)  # noqa: S311 - a sample that need not be secret
    document = county.app.openapi()
    most = 20 if EVERY_VALUE else 1
    count, wrong = 0, []
    for attack in attacks(document, known_things(county), rng, most):
        if attack.operation_id in STREAMS or (not EVERY_VALUE and rng.random() > SAMPLED):
            continue
        count += 1
        if (fault := sent(county, attack).fault) is not None:
            wrong.append(fault)
    record_property("hostile_requests", count)
    assert wrong == [], "\n".join(wrong)
    assert count > 500
