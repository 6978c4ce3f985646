"""Signing on with the council's own accounts, in the browser: there, back, and out again."""

from __future__ import annotations

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.api.address import public_address
from app.api.dependencies import AppServices, Services
from app.api.session.cookie import is_encrypted, set_session_cookie
from app.problems import Problem, not_found
from app.security.sign_on.attempts import LIFETIME_SECONDS, cookie_name
from app.security.sign_on.service import SignOn
from app.security.sign_on.tokens import MOST_CHARACTERS
from app.web.notice import HEADERS, notice

router = APIRouter(prefix="/sign-on", include_in_schema=False)
_COOKIE_PATH = "/sign-on"


def _sign_on(services: Services) -> SignOn:
    if services.sign_on is None:
        raise not_found("sign-on", "with council accounts")
    return services.sign_on


@router.get("/start")
async def begin_sign_on(
    request: Request, services: AppServices, then: Annotated[str | None, Query(max_length=2000)] = None
) -> Response:
    """Send the browser to the council's provider, and remember in a cookie what must come back."""
    sign_on = _sign_on(services)
    redirect = f"{public_address(request)}/sign-on/callback"
    attempt, value, address = await anyio.to_thread.run_sync(sign_on.begin, then, redirect, limiter=sign_on.limiter)
    answer = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
    answer.set_cookie(
        attempt.cookie,
        value,
        max_age=LIFETIME_SECONDS,
        path=_COOKIE_PATH,
        secure=is_encrypted(request),
        httponly=True,
        samesite="lax",  # it must come along when the provider sends the browser back
    )
    return answer


@router.get("/callback")
async def finish_sign_on(request: Request, services: AppServices) -> Response:
    """Open a session for whoever comes back from the provider.

    The answer is a page that goes on by itself and no redirect: after one the browser would still hold this to be a visit
    from the provider's site, and keep the new cookie back.
    """
    sign_on = _sign_on(services)
    answer = dict(request.query_params)
    name = cookie_name(answer.get("state", ""))
    try:
        done = await anyio.to_thread.run_sync(
            sign_on.finish, answer, request.cookies.get(name), limiter=sign_on.limiter
        )
    except Problem as problem:
        # The attempt is used up, whatever came of it.
        problem.headers.setdefault("Set-Cookie", f"{name}=; Path={_COOKIE_PATH}; Max-Age=0; HttpOnly")
        raise
    page = notice("You are signed in", "Patchwork opens by itself.", {"Go on": done.then})
    response = HTMLResponse(page, headers=HEADERS | {"Refresh": f"0; url={done.then}"})
    set_session_cookie(response, request, done.session.token, done.session.ends_at)
    response.delete_cookie(name, path=_COOKIE_PATH)
    return response


@router.get("/end")
async def end_at_provider(request: Request, services: AppServices) -> Response:
    """Go on to the provider to sign out there too, or to the first page where it has no place for that."""
    sign_on = _sign_on(services)
    back = f"{public_address(request)}/"
    address = await anyio.to_thread.run_sync(sign_on.end_address, back, limiter=sign_on.limiter)
    return RedirectResponse(address or "/", 303, headers={"Cache-Control": "no-store"})


@router.post("/back-channel")
async def end_from_provider(
    services: AppServices, logout_token: Annotated[str, Form(max_length=MOST_CHARACTERS)]
) -> Response:
    """End the sessions of somebody who signed out at the provider, as the provider itself tells."""
    sign_on = _sign_on(services)
    await anyio.to_thread.run_sync(sign_on.end_sessions, logout_token, limiter=sign_on.limiter)
    services.sessions.forget()
    return Response(status_code=200, headers={"Cache-Control": "no-store"})
