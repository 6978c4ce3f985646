"""How a session's cookie is handed to the browser."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import Request, Response

from app.api.address import public_address
from app.security.sessions import COOKIE


def is_encrypted(request: Request) -> bool:
    """Whether people reach this service by https, here or at a proxy before it."""
    return public_address(request).startswith("https://") or request.url.scheme == "https"


def set_session_cookie(response: Response, request: Request, token: str, ends_at: datetime) -> None:
    """Hand a session's cookie to the browser: out of reach of scripts, and never sent along from other sites."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=max(0, int((ends_at - datetime.now(UTC)).total_seconds())),
        path="/",
        secure=is_encrypted(request),
        httponly=True,
        samesite="strict",
    )
    response.headers["cache-control"] = "no-store"
