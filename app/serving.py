"""Connections: how long a request's head may take to come, and how many may stand open that have not shown a key."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any, ClassVar

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEAD_SECONDS = 15.0
"""From the opening of a connection, or from the first byte of a further request, to the end of its head."""

MOST_UNSHOWN = 256
"""Connections of one process that may stand open without having sent a whole head; the oldest makes room."""

_Base: Any = AutoHTTPProtocol


class GuardedProtocol(_Base):  # type: ignore[misc]  # the protocol uvicorn found best is chosen at run time
    """The server's HTTP protocol with a clock on half-sent requests and a limit on silent connections."""

    head_seconds: ClassVar[float] = HEAD_SECONDS
    most_unshown: ClassVar[int] = MOST_UNSHOWN
    _unshown: ClassVar[OrderedDict[int, GuardedProtocol]] = OrderedDict()

    def connection_made(self, transport: asyncio.Transport) -> None:
        """A connection is there: it has so long to say what it wants."""
        super().connection_made(transport)
        self._raw = transport
        self._clock: asyncio.TimerHandle | None = None
        self._requests_seen = 0
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._shown()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some of a request came."""
        before = self._heads()
        super().data_received(data)
        if self._heads() != before or (self.cycle is not None and not self.cycle.response_complete):
            self._shown()
        elif self._clock is None:
            self._await_head()

    def _heads(self) -> int:
        return id(self.cycle) if self.cycle is not None else 0

    def _await_head(self) -> None:
        self._clock = self.loop.call_later(self.head_seconds, self._drop)
        self._unshown[id(self)] = self
        while len(self._unshown) > self.most_unshown:
            next(iter(self._unshown.values()))._drop()  # noqa: SLF001 - of its own class

    def _shown(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        self._unshown.pop(id(self), None)

    def _drop(self) -> None:
        self._shown()
        if not self._raw.is_closing():
            self._raw.abort()
