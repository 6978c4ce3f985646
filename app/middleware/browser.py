"""Errors as pages for whoever opens an address in a browser; programs, and scripts of the pages, get problem documents.

The session's cookie is ``SameSite=Strict``: a browser does not send it when a link on another site, or in an e-mail
read in the browser, leads here. Such a request is answered by a page that opens the same address once more, now from
this site, and the browser sends the cookie along. So a link to a workbook works wherever it stands. It is harmless: the
file goes to whoever followed the link, the site with the link does not see it, and a read changes nothing. What another
site would take into a page of its own, such as a picture, a script or a frame, is neither opened again nor, from a
browser that sends the cookie with it, answered: ``app.security.sessions`` refuses it.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import PROBLEM_JSON
from app.web.notice import HEADERS, notice

_LONGEST_ADDRESS = 2000


class BrowserPages:
    """Turns problem documents into pages where a browser navigates."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not _navigates(scope):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        chunks: list[bytes] = []

        async def as_page(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                if not MutableHeaders(scope=message).get("content-type", "").startswith(PROBLEM_JSON):
                    await send(message)
                    return
                start = message
                return
            if start is None:
                await send(message)
                return
            chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                body = _page(scope, start, b"".join(chunks))
                await send(start)
                await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, as_page)


def _navigates(scope: Scope) -> bool:
    """Whether a person opens this address, by what browsers say of themselves (Fetch Metadata) or wish to get."""
    headers = Headers(scope=scope)
    if scope["method"] != "GET":
        return False
    mode = headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else "text/html" in headers.get("accept", "")


def _page(scope: Scope, start: Message, document: bytes) -> bytes:
    """The page for a problem; the headers of the answer are changed to go with it."""
    problem: dict[str, Any] = json.loads(document)
    headers = MutableHeaders(scope=start)
    ways_on = {"Go to the first page": "/"}
    title, said = problem["title"], problem["detail"]
    if start["status"] == 401:
        address = _address(scope)
        if _came_from_elsewhere(scope):
            headers["refresh"] = f"0; url={address}"
        title, said = "Sign in to open this", "You are not signed in, or your session has ended."
        ways_on = {"Sign in": "/sign-in", "Open it again, once you are signed in": address}
        if scope["app"].state.services.sign_on is not None:
            ways_on = {"Sign in": f"/sign-on/start?then={quote(address, safe='')}", "Sign in with a key": "/sign-in"}
    elif problem["type"].startswith("/problems/sign-on-"):
        ways_on = {"Go to the sign-in page": "/sign-in"}
    request_id = problem.get("request_id")
    if start["status"] >= 500 and request_id:
        said = f"{said} This request is {request_id} in the log."
    body = notice(title, said, ways_on)
    for name, value in HEADERS.items():
        headers[name] = value
    headers["content-type"] = "text/html; charset=utf-8"
    headers["content-length"] = str(len(body))
    return body


def _came_from_elsewhere(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    followed = headers.get("sec-fetch-dest", "document") == "document"
    return followed and headers.get("sec-fetch-site") in {"cross-site", "same-site"} and "cookie" not in headers


def _address(scope: Scope) -> str:
    """The address that was opened, as it goes into a link; the first page for one too long."""
    path = quote(scope["path"], safe="/:@!$&'()*+,;=-._~")
    query = quote(scope["query_string"].decode("latin-1"), safe="%/:@!$&'()*+,;=-._~?")
    whole = f"{path}?{query}" if query else path
    return whole if len(whole) <= _LONGEST_ADDRESS and not whole.startswith("//") else "/"
