"""The log of a running service names no place, no person and no key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.extracts import as_file, rows
from tests.databases import ADMIN_KEY, Installation, demo_installation
from tests.services import running_service


def test_nothing_personal_is_logged_at_the_most_talkative(
    tmp_path_factory: pytest.TempPathFactory, shared_folder: Path
) -> None:
    with demo_installation("sqlite", tmp_path_factory.mktemp("logs"), shared_folder) as quiet:
        settings = quiet.settings.model_copy(update={"log_level": "DEBUG"})
        installation = Installation(quiet.backend, settings, quiet.database)
        bad = rows(4, prefix="MARKEDREF", start=33)
        bad[2]["postcode"] = "LE9 9ZX"
        with running_service(installation, worker=True) as service:
            with service.client("analyst", **{"X-Request-Id": "marked-request-id"}) as client:
                for address in (
                    "/v1/postcodes/LE67 3AP",
                    "/v1/postcodes/LE67 3AP?as_of=2021-01-01",
                    "/v1/postcodes/LE679ZZ",
                    "/v1/postcodes/marked-rubbish",
                    "/v1/postcodes?starts_with=LE67 3",
                    "/v1/LE67 3AP",
                ):
                    client.get(address)
                client.post("/v1/postcodes/lookup", json={"postcodes": ["LE67 3AP"]})
                reply = client.post(
                    "/v1/demand/snapshots",
                    files={"file": as_file(bad, "csv")},
                    data={"taken_on": "2021-03-31", "wait_seconds": 60},
                    timeout=120,
                )
                assert reply.status_code in {202, 422}
                fine = client.post(
                    "/v1/demand/snapshots",
                    files={"file": as_file(rows(4, prefix="MARKEDREF", start=33), "csv")},
                    data={"taken_on": "2021-03-31", "wait_seconds": 60},
                    timeout=120,
                )
                assert fine.status_code in {201, 202}
            with service.client("admin") as client:
                secret = client.post("/v1/keys", json={"name": "A", "role": "viewer"}).json()["secret"]
            keys = [*service.keys.values(), secret, ADMIN_KEY]
        (log,) = settings.data_dir.glob("serve-*.log")
        text = log.read_text()
    assert "marked-request-id" in text
    assert '"route"' in text
    folded = text.upper().replace(" ", "").replace("%20", "")
    for postcode in ("LE67 3AP", "LE679ZZ", "LE9 9ZX", "MARKED-RUBBISH", *(row["postcode"] for row in bad)):
        assert postcode.upper().replace(" ", "") not in folded
    assert "MARKEDREF" not in folded
    for key in keys:
        assert key not in text
