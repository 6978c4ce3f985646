"""A desk on the demonstration county: the application in this process, on SQLite, with two providers in one zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.api.inprocess import InProcess, in_process
from tests.databases import BACKENDS, demo_installation

POSTCODE = "LE67 3AP"
SERVICE = "test care"
"""A service of the tests' own, so that providers of the demonstration do not stand in the rankings."""


@dataclass
class Desk:
    """A broker at the desk."""

    app: InProcess
    zone: int

    def send(self, method: str, path: str, body: Any = None, role: str = "broker", **headers: str) -> Any:
        """Send one request and return the reply."""
        sent = self.app.bearer(role) | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.client.request(method, f"/v1{path}", json=body, headers=sent)

    def ok(self, method: str, path: str, body: Any = None, role: str = "broker", **headers: str) -> Any:
        """Send one request that must succeed, and return its body."""
        reply = self.send(method, path, body, role, **headers)
        assert reply.status_code < 300, (method, path, reply.status_code, reply.text)
        return reply.json()

    def provider(self, name: str, role: str | None = "prime", service: str = SERVICE, **more: Any) -> int:
        """Keep a provider, with a role in the desk's zone."""
        contact = {"name": "Duty desk", "telephone": "01999 000000", "email": "desk@example.org"}
        made = self.ok("POST", "/providers", {"name": name, "postcode": POSTCODE, "contact": contact, **more})
        if role is not None:
            body = {
                "provider_id": made["id"],
                "zone": self.zone,
                "role": role,
                "service_type": service,
                "from": "2026-01-01",
            }
            self.ok("POST", "/roles", body)
        return int(made["id"])

    def request(self, service: str = SERVICE, **more: Any) -> dict[str, Any]:
        """Make a request."""
        body = {
            "postcode": POSTCODE,
            "service_type": service,
            "visits": [{"minutes": 30, "per_week": 14, "carers": 1}],
            "urgency": "routine",
            "source": "community",
            "needed_from": "2026-12-07",
            **more,
        }
        return dict(self.ok("POST", "/requests", body))

    def offer(self, request_id: int, provider_id: int, **more: Any) -> dict[str, Any]:
        """Offer a request to a provider."""
        return dict(self.ok("POST", f"/requests/{request_id}/offers", {"provider_id": provider_id, **more}))


@pytest.fixture(scope="module", params=BACKENDS)
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared_folder: Path
) -> Iterator[Desk]:
    """A broker's desk, on both databases."""
    folder = tmp_path_factory.mktemp("desk")
    with demo_installation(request.param, folder, shared_folder) as installation, in_process(installation) as app:
        zone = app.get(f"/v1/postcodes/{POSTCODE}").json()["zone"]["number"]
        yield Desk(app, zone)
