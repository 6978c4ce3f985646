"""Keep-alive GET load from one process: a fixed number of connections, each asking again as soon as it is answered.

    python -m bench.service.load HOST PORT PATHS_FILE SECONDS CONNECTIONS [AUTHORIZATION]

Prints one JSON object: requests answered, seconds, requests not answered 200, and milliseconds at the 50th and 99th
percentile. It reads no more of an answer than its status and length, so that it costs less than what it measures.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import uvloop


class Asker(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: list[bytes], first: int, until: float) -> None:
        """Ask ``requests`` in a ring from the ``first``, until the monotonic time ``until``."""
        self.requests, self.place, self.until = requests, first, until
        self.spent: list[float] = []
        self.bad = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.wanted, self.held = 0, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first."""
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # uvloop's do not inherit from it
        self.ask()

    def ask(self) -> None:
        """Ask the next."""
        self.asked = time.perf_counter()
        self.transport.write(self.requests[self.place % len(self.requests)])
        self.place += 1

    def data_received(self, data: bytes) -> None:
        """Take what came; ask again when the answer is whole."""
        held = self.held + data if self.held else data
        if not self.wanted:
            end = held.find(b"\r\n\r\n")
            if end < 0:
                self.held = held
                return
            head = held[:end].lower()
            at = head.index(b"content-length:") + 15
            line_end = head.find(b"\r\n", at)
            self.wanted = end + 4 + int(head[at : line_end if line_end > 0 else None])
        if len(held) < self.wanted:
            self.held = held
            return
        now = time.perf_counter()
        self.spent.append(now - self.asked)
        self.bad += held[9:12] != b"200"
        self.wanted, self.held = 0, b""
        if now < self.until:
            self.ask()
        else:
            self.transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        """Say that this connection is finished."""
        if not self.done.done():
            self.done.set_result(None)


async def ask_for(
    host: str, port: int, paths: list[str], seconds: float, connections: int, key: str
) -> dict[str, float]:
    """Ask ``paths`` for ``seconds`` over ``connections``."""
    more = f"Authorization: Bearer {key}\r\n" if key else ""
    requests = [f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{more}\r\n".encode() for path in paths]
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    askers: list[Asker] = []
    for number in range(connections):
        first = number * len(requests) // connections
        _, asker = await loop.create_connection(
            lambda first=first: Asker(requests, first, begun + seconds),  # type: ignore[misc]
            host,
            port,
        )
        askers.append(asker)
    async with asyncio.timeout(seconds + 30):
        await asyncio.gather(*(asker.done for asker in askers))
    took = time.perf_counter() - begun
    spent = sorted(one for asker in askers for one in asker.spent)
    return {
        "requests": len(spent),
        "seconds": took,
        "not_200": sum(asker.bad for asker in askers),
        "ms_p50": spent[len(spent) // 2] * 1000,
        "ms_p99": spent[len(spent) * 99 // 100] * 1000,
    }


def main() -> None:
    """Ask and print."""
    host, port, paths, seconds, connections, *key = sys.argv[1:]
    work = ask_for(
        host, int(port), Path(paths).read_text().split("\n"), float(seconds), int(connections), key[0] if key else ""
    )
    print(json.dumps(uvloop.run(work)))


if __name__ == "__main__":
    main()
