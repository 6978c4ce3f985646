"""A price through HTTP against a minimal FastAPI handler with the same models that computes nothing.

``python -m bench.pricing.bench_http`` calls both applications in process, in turns, so that both feel the same machine.
The measure is at least 0.6 of the minimal handler's throughput.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import httpx
from fastapi import FastAPI

from pricing import Assumptions, Rate, calibration, price

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, CALLS = 8, 100


def application(handler: Callable[[Assumptions], Rate]) -> FastAPI:
    """One route that takes assumptions and gives a rate."""
    app = FastAPI()

    @app.post("/rates", response_model=Rate)
    async def rates(assumptions: Assumptions) -> Rate:
        return handler(assumptions)

    return app


async def seconds_a_call(client: httpx.AsyncClient, body: str) -> float:
    """Mean of one round."""
    start = time.perf_counter()
    for _ in range(CALLS):
        response = await client.post("/rates", content=body, headers={"content-type": "application/json"})
        assert response.status_code == 200, response.text
    return (time.perf_counter() - start) / CALLS


async def main() -> None:
    given = calibration().banded.base
    ready, body = price(given), given.model_dump_json(by_alias=True)
    times: dict[str, list[float]] = {"minimal": [], "pricing": []}
    apps = {"minimal": application(lambda _: ready), "pricing": application(price)}
    clients = {
        name: httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench")
        for name, app in apps.items()
    }
    for client in clients.values():
        await seconds_a_call(client, body)
    for _ in range(ROUNDS):
        for name, client in clients.items():
            times[name].append(await seconds_a_call(client, body))
    minimal, pricing = (min(times[name]) for name in ("minimal", "pricing"))
    print(
        f"minimal handler {minimal * 1e6:.0f} us, pricing {pricing * 1e6:.0f} us a call (in process, client included)"
    )
    print(f"throughput of pricing / minimal: {minimal / pricing:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
