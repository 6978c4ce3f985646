"""A price through HTTP against a minimal FastAPI handler with the same models that computes nothing.

``python -m bench.pricing.bench_http`` first calls the applications in process, in turns, so that all feel the same
machine; then it serves the first and the last with uvicorn, asks them over real HTTP in turns, and compares both the
requests a second and the processor time each server spent on a request:

- minimal: takes assumptions, gives a rate that was made before; nothing else.
- pricing: the same application with the price computed.
- service: the service's own ``POST /v1/pricing/rates``, with keys, limits, metrics, logs and problem documents around
  it. The measure is at least 0.6 of the minimal one's throughput.
"""

from __future__ import annotations

import asyncio
import http.client
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from fastapi import FastAPI

from app.jobs.supervisor import settings_environment
from app.main import create_app
from app.security.bootstrap import ensure_administrator
from app.settings import Settings
from app.storage.database import Database
from app.storage.migrate import upgrade
from bench.service.lookup import processor_seconds, served
from pricing import Assumptions, Rate, calibration, price

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, CALLS = 8, 100
SERVED_CALLS = 300
KEY = "bench-administrator-0123456789abcdef"
HEADERS = {"content-type": "application/json", "authorization": f"Bearer {KEY}"}


def application(handler: Callable[[Assumptions], Rate]) -> FastAPI:
    """One route that takes assumptions and gives a rate."""
    app = FastAPI()

    @app.post("/v1/pricing/rates", response_model=Rate)
    async def rates(assumptions: Assumptions) -> Rate:
        return handler(assumptions)

    return app


def minimal() -> FastAPI:
    """The reference: the price was made before."""
    ready = price(calibration().banded.base)
    return application(lambda _: ready)


def installation(folder: Path) -> Settings:
    """A database with nothing in it but a key."""
    settings = Settings(_env_file=None, data_dir=folder, bootstrap_key=KEY, council="bench", log_level="ERROR")  # type: ignore[call-arg, arg-type]
    upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    ensure_administrator(database, settings)
    database.dispose()
    return settings


async def seconds_a_call(client: httpx.AsyncClient, body: str) -> float:
    """Mean of one round in time of this process, which a busy machine does not stretch."""
    start = time.process_time()
    for _ in range(CALLS):
        response = await client.post("/v1/pricing/rates", content=body)
        assert response.status_code == 200, response.text
    return (time.process_time() - start) / CALLS


async def in_process(settings: Settings, body: str) -> dict[str, float]:
    """Best mean seconds a call of each application, in turns in this process."""
    apps = {"minimal": minimal(), "pricing": application(price), "service": create_app(settings)}
    clients = {
        name: httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench", headers=HEADERS)
        for name, app in apps.items()
    }
    times: dict[str, list[float]] = {name: [] for name in apps}
    for client in clients.values():
        await seconds_a_call(client, body)
    for _ in range(ROUNDS):
        for name, client in clients.items():
            times[name].append(await seconds_a_call(client, body))
    return {name: min(seconds) for name, seconds in times.items()}


def over_http(settings: Settings, body: str) -> dict[str, tuple[float, float]]:
    """Best mean seconds, and processor seconds of the server, a call of each served application, asked in turns."""
    with (
        served("bench.pricing.bench_http:minimal", {}, "/openapi.json", KEY) as plain,
        served("app.main:create_app", settings_environment(settings), "/health/live", KEY) as ours,
    ):
        servers = {"minimal": plain, "service": ours}
        lines = {name: http.client.HTTPConnection("127.0.0.1", port) for name, (port, _) in servers.items()}
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in servers}
        for _ in range(ROUNDS + 1):
            for name, line in lines.items():
                pid = servers[name][1]
                start, used = time.perf_counter(), processor_seconds(pid)
                for _ in range(SERVED_CALLS):
                    line.request("POST", "/v1/pricing/rates", body, HEADERS)
                    answer = line.getresponse()
                    answer.read()
                    assert answer.status == 200, answer.reason
                end, used_by_then = time.perf_counter(), processor_seconds(pid)
                spent[name].append(((end - start) / SERVED_CALLS, (used_by_then - used) / SERVED_CALLS))
    # The first round warms both up.
    return {name: (min(a for a, _ in rows[1:]), min(b for _, b in rows[1:])) for name, rows in spent.items()}


def main() -> None:
    """Measure and print."""
    body = calibration().banded.base.model_dump_json(by_alias=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = installation(Path(folder))
        best = asyncio.run(in_process(settings, body))
        by_http = over_http(settings.model_copy(update={"log_level": "INFO"}), body)
    print(", ".join(f"{name} {seconds * 1e6:.0f} us" for name, seconds in best.items()), "a call, client included")
    print(f"in process, throughput of pricing / minimal: {best['minimal'] / best['pricing']:.2f}")
    print(f"in process, throughput of service / minimal: {best['minimal'] / best['service']:.2f}")
    (plain, plain_used), (ours, ours_used) = by_http["minimal"], by_http["service"]
    print(f"over HTTP, throughput of service / minimal: {plain / ours:.2f} (at least 0.6 is asked)")
    print(f"over HTTP, processor time of minimal / service: {plain_used / ours_used:.2f}")


if __name__ == "__main__":
    main()
