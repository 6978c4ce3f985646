"""A stand-in service: the real page and its real routes over the made-up county, run by uvicorn on a free port.

``python -m tests.web.stub_service`` serves it for work on the page.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI, Request
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import JSONResponse, Response

from app.web.pages import router
from tests.web import stub_county

KEY = "test-key-of-no-value-0123456789"
VIEWER = "viewer-token-of-no-value"


def make_stub(*, public: bool = True, synthetic: bool = True, plan: bool = True) -> FastAPI:
    """Make the stand-in: whether anyone may look, whether demand is synthetic, whether a plan is published."""
    app = FastAPI()
    app.include_router(router)
    areas, zones = stub_county.county()

    @app.middleware("http")
    async def _needs_credential(request: Request, call_next: RequestResponseEndpoint) -> Response:
        credential = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.url.path.startswith("/v1/") and credential not in ({KEY, VIEWER} if public else {KEY}):
            body = {
                "type": "/problems/not-authenticated",
                "title": "Key needed",
                "status": 401,
                "detail": "The key is unknown, expired or revoked.",
            }
            return JSONResponse(body, 401, media_type="application/problem+json")
        return await call_next(request)

    @app.get("/page/session")
    async def _session() -> Response:
        if not public:
            return Response(status_code=204)
        return JSONResponse({"token": VIEWER, "role": "viewer", "expires_at": "2099-01-01T00:00:00Z"})

    @app.get("/v1/meta")
    async def _meta() -> JSONResponse:
        return JSONResponse(stub_county.meta(synthetic=synthetic, plan=plan))

    @app.get("/v1/bands")
    async def _bands() -> JSONResponse:
        return JSONResponse(stub_county.bands())

    @app.get("/v1/areas.geojson")
    async def _areas() -> Response:
        shown = areas if plan else areas.assign(zone=None, zone_number=None)
        return Response(shown.to_json(), media_type="application/geo+json")

    @app.get("/v1/plans/{plan_id}/zones.geojson")
    async def _zones(plan_id: str) -> Response:
        assert plan_id == "p1"
        return Response(zones.to_json(na="null"), media_type="application/geo+json")

    @app.get("/v1/report")
    async def _report() -> JSONResponse:
        return JSONResponse(stub_county.report(synthetic=synthetic))

    @app.get("/v1/postcodes/{postcode}")
    async def _postcode(postcode: str) -> Response:
        status, body = stub_county.postcode(postcode)
        kind = "application/json" if status == 200 else "application/problem+json"
        return Response(json.dumps(body), status, media_type=kind)

    @app.get("/v1/map.png")
    def _picture(colour: str = "band") -> Response:
        from app.web.picture import draw_county

        label = stub_county.LABEL if synthetic else None
        png = draw_county(areas, zones if plan else None, stub_county.bands()["items"], colour_by=colour, label=label)
        return Response(png, media_type="image/png")

    return app


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Serve ``app`` on a free loopback port while the block runs; yields its base address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        free.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the stand-in service stopped while starting"
                time.sleep(0.01)
            yield f"http://127.0.0.1:{free.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)


if __name__ == "__main__":
    uvicorn.run(make_stub(), host="127.0.0.1", port=8765)
