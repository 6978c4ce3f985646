"""No value in any field brings the service down, and what no field may hold is refused by name."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest

from tests.api.hostile import Attack, attacks
from tests.api.inprocess import InProcess

EVERY_VALUE = os.environ.get("PATCHWORK_TEST_HOSTILE") == "all"
STREAMS = {"followJob"}
SAMPLED = 0.3
RecordProperty = Callable[[str, object], None]


def _known(county: InProcess) -> dict[str, str]:
    standing = county.get("/v1/meta", "admin").json()
    numbers = {"plan_id": standing["plan"]["id"], "card_id": standing["rate_card"]["id"]}
    numbers |= {"snapshot_id": standing["snapshot"]["id"], "run_id": standing["band_run"]["id"]}
    words = {"postcode": "LE67 3AP", "area_id": "E00131502", "name": "example", "form": "csv", "collection": "zones"}
    words |= {"financial_year": "2025-26", "starts_with": "LE67", "latitude": "52.7", "longitude": "-1.3", "plan": "1"}
    return words | {name: str(number) for name, number in numbers.items()}


def _sent(county: InProcess, attack: Attack) -> str | None:
    """What is wrong with the answer to an attack; None for nothing."""
    headers = {**county.bearer("admin"), "content-type": "application/json"}
    try:
        reply = county.client.request(attack.method, attack.address, content=attack.body, headers=headers)
    except AssertionError as error:  # an answer that the document does not name
        return f"{attack.operation_id} {attack.field} = {attack.value}: {error}"
    said = f"{attack.operation_id} {attack.field} = {attack.value}: {reply.status_code} {reply.text[:300]}"
    if reply.status_code >= 500:
        return said
    if any(word in reply.text for word in ("Decimal(", "datetime.date", "Traceback")):
        return said
    if not attack.refused or reply.status_code == 404:
        return None
    if not 400 <= reply.status_code < 500:
        return said
    place, _, name = attack.field.partition(".")
    named = place == "path" or name in reply.text or name.rpartition(".")[0] in reply.text
    return None if named else said


@pytest.mark.slow
@pytest.mark.timeout(3000 if EVERY_VALUE else 600)
def test_no_value_of_any_field_is_answered_5xx(county: InProcess, record_property: RecordProperty) -> None:
    rng = random.Random(11)  # noqa: S311 - a sample that need not be secret
    document = county.app.openapi()
    most = 20 if EVERY_VALUE else 1
    sent, wrong = 0, []
    for attack in attacks(document, _known(county), rng, most):
        if attack.operation_id in STREAMS or (not EVERY_VALUE and rng.random() > SAMPLED):
            continue
        sent += 1
        if (fault := _sent(county, attack)) is not None:
            wrong.append(fault)
    record_property("hostile_requests", sent)
    assert wrong == [], "\n".join(wrong)
    assert sent > 500
