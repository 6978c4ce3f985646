"""A price through HTTP against a minimal FastAPI handler with the same models that computes nothing.

``python -m bench.pricing.bench_http`` calls the applications in process, in turns, so that all feel the same machine:

- minimal: takes assumptions, gives a rate that was made before; nothing else.
- pricing: the same application with the price computed. The measure is at least 0.6 of the minimal one's throughput.
- service: the service's own ``POST /v1/pricing/rates``, with keys, limits, metrics and problem documents around it.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from fastapi import FastAPI

from app.main import create_app
from app.security.bootstrap import ensure_administrator
from app.settings import Settings
from app.storage.database import Database
from app.storage.migrate import upgrade
from pricing import Assumptions, Rate, calibration, price

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, CALLS = 8, 100
KEY = "bench-administrator-0123456789abcdef"


def application(handler: Callable[[Assumptions], Rate]) -> FastAPI:
    """One route that takes assumptions and gives a rate."""
    app = FastAPI()

    @app.post("/v1/pricing/rates", response_model=Rate)
    async def rates(assumptions: Assumptions) -> Rate:
        return handler(assumptions)

    return app


def service(folder: Path) -> FastAPI:
    """The service on a database with nothing in it but a key."""
    settings = Settings(_env_file=None, data_dir=folder, bootstrap_key=KEY, council="bench", log_level="ERROR")  # type: ignore[call-arg, arg-type]
    upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    ensure_administrator(database, settings)
    database.dispose()
    return create_app(settings)


async def seconds_a_call(client: httpx.AsyncClient, body: str) -> float:
    """Mean of one round in time of this process, which a busy machine does not stretch."""
    start = time.process_time()
    for _ in range(CALLS):
        response = await client.post("/v1/pricing/rates", content=body)
        assert response.status_code == 200, response.text
    return (time.process_time() - start) / CALLS


async def main() -> None:
    given = calibration().banded.base
    ready, body = price(given), given.model_dump_json(by_alias=True)
    headers = {"content-type": "application/json", "authorization": f"Bearer {KEY}"}
    with tempfile.TemporaryDirectory() as folder:
        apps = {
            "minimal": application(lambda _: ready),
            "pricing": application(price),
            "service": service(Path(folder)),
        }
        clients = {
            name: httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench", headers=headers)
            for name, app in apps.items()
        }
        times: dict[str, list[float]] = {name: [] for name in apps}
        for client in clients.values():
            await seconds_a_call(client, body)
        for _ in range(ROUNDS):
            for name, client in clients.items():
                times[name].append(await seconds_a_call(client, body))
    best = {name: min(seconds) for name, seconds in times.items()}
    print(", ".join(f"{name} {seconds * 1e6:.0f} us" for name, seconds in best.items()), "a call, client included")
    print(f"throughput of pricing / minimal: {best['minimal'] / best['pricing']:.2f} (at least 0.6 is asked)")
    print(f"throughput of service / minimal: {best['minimal'] / best['service']:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
