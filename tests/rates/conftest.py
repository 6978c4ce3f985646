"""The application in this process, for tests of pricing that need no other part of the service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.security.bootstrap import ensure_administrator
from tests.databases import ADMIN_KEY, Installation, blank_installation
from tests.services import keys_for_every_role


def client_of(installation: Installation) -> Iterator[TestClient]:
    ensure_administrator(installation.database, installation.settings)
    with TestClient(create_app(installation.settings), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {ADMIN_KEY}"
        yield client


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application with nothing loaded, called by an administrator."""
    with blank_installation("sqlite", tmp_path_factory.mktemp("empty")) as installation:
        yield from client_of(installation)


@pytest.fixture(scope="module")
def county_client(demo: Installation, role_keys: dict[str, str]) -> Iterator[TestClient]:  # noqa: ARG001
    """The application with the demonstration county, called by an administrator; it starts with every key there."""
    yield from client_of(demo)


@pytest.fixture(scope="module")
def role_keys(demo: Installation) -> dict[str, str]:
    """A key for each role on the demonstration county."""
    return keys_for_every_role(demo.database, demo.settings.council)
