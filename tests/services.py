"""The real service on a real port, with or without a worker beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from app.jobs.supervisor import settings_environment
from app.security.keys import create_key
from app.security.roles import Role
from app.settings import Settings
from app.storage.database import Database
from tests.contract import hold_to_contract
from tests.databases import ADMIN_KEY, Installation

PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class Service:
    """A running service and the keys to it."""

    url: str
    keys: dict[str, str]
    installation: Installation

    def client(self, role: str | None = "admin", **headers: str) -> httpx.Client:
        """A client that sends the key of a role; None sends none."""
        sent = dict(headers)
        if role is not None:
            sent["Authorization"] = f"Bearer {self.keys[role]}"
        return httpx.Client(base_url=self.url, headers=sent, timeout=60, event_hooks={"response": [check]})


def check(response: httpx.Response) -> None:
    """Hold an answer to the OpenAPI document."""
    kind = response.headers.get("content-type", "")
    hold_to_contract(response.request.method, response.url.path, response.status_code, kind)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def keys_for_every_role(database: Database, council: str) -> dict[str, str]:
    """One key for each role."""
    keys = {"admin": ADMIN_KEY}
    with database.write() as session:
        for role in Role:
            if role is not Role.ADMIN:
                _, secret = create_key(session, council=council, name=f"test {role}", role=role, actor="tests")
                keys[role.value] = secret
    return keys


@contextmanager
def running_service(
    installation: Installation, *, worker: bool, port: int | None = None, **secrets: str
) -> Iterator[Service]:
    """Run ``patchwork serve`` in a process of its own until the block ends.

    Args:
        installation: Its database and settings.
        worker: Whether a worker runs beside it.
        port: Where it listens; a free port when None.
        **secrets: Further environment variables, for settings that are never handed on.
    """
    port = port or free_port()
    settings: Settings = installation.settings
    environment = {
        **os.environ,
        **settings_environment(settings),
        "PATCHWORK_BOOTSTRAP_KEY": ADMIN_KEY,
        "PATCHWORK_EMBEDDED_WORKER": str(worker).lower(),
        "PATCHWORK_HOST_NAME": f"test-{port}",
        **secrets,
    }
    log = (settings.data_dir / f"serve-{port}.log").open("w")
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, process, log.name)
        yield Service(url, keys_for_every_role(installation.database, settings.council), installation)
    finally:
        process.terminate()
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/health/ready", timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    with open(log) as written:  # noqa: PTH123 - a path from a file object
        raise AssertionError(f"the service did not come up:\n{written.read()[-3000:]}")
