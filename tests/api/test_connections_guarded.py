"""Half-sent requests, silent connections and slow bodies end after a stated time; the server serves on."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from app.middleware.door import Door
from app.serving import GuardedProtocol


class _Quick(GuardedProtocol):
    head_seconds = 0.6
    most_unshown = 8


async def _app(scope: dict, receive: object, send: object) -> None:  # type: ignore[type-arg]
    if scope["type"] == "lifespan":
        return
    body, message = b"", {"more_body": True}
    while message.get("more_body"):
        message = await receive()  # type: ignore[operator]
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b"ok"})  # type: ignore[operator]


def _with_services(door: Door) -> ASGIApp:
    """The door with the application's state that FastAPI would give it: here, no sign-on."""
    application = SimpleNamespace(state=SimpleNamespace(services=SimpleNamespace(sign_on=None)))

    async def placed(scope: Scope, receive: Receive, send: Send) -> None:
        await door({**scope, "app": application}, receive, send)

    return placed


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    door = Door(_app, body_idle_seconds=0.6)  # type: ignore[arg-type]
    config = uvicorn.Config(
        _with_services(door), port=0, http=_Quick, log_config=None, lifespan="off", timeout_keep_alive=5
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(timeout=10)


def _open(port: int, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(sent)
    return connection


def _ends(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    found = b""
    try:
        while part := connection.recv(4096):
            found += part
    except ConnectionResetError:
        pass
    return found


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: ", b"GE"])
def test_a_head_that_does_not_come_is_not_waited_for(port: int, sent: bytes) -> None:
    with _open(port, sent) as connection:
        assert _ends(connection) == b""
    assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200


def test_a_body_that_stops_coming_is_answered_408(port: int) -> None:
    with _open(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf") as connection:
        assert b"408" in _ends(connection).split(b"\r\n")[0]


def test_a_second_request_on_a_connection_is_held_to_the_same_time(port: int) -> None:
    with _open(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        assert b"200" in connection.recv(4096)
        connection.sendall(b"GET / HTT")
        assert b"200" not in _ends(connection)
    assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200


def test_silent_connections_make_room_for_those_that_speak(port: int) -> None:
    silent = [_open(port, b"") for _ in range(30)]
    assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
    for connection in silent:
        connection.close()
