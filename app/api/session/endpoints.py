"""Browser sessions: sign in with a key, say who is signed in, sign out; administrators list and end them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from app.api.dependencies import AppServices, Services, require
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.api.session.cookie import set_session_cookie
from app.problems import not_found
from app.security.keys import Principal, unauthenticated
from app.security.roles import MATRIX, Permission, Role
from app.security.sessions import (
    COOKIE,
    cookie_of,
    end_session,
    find_session,
    list_sessions,
    open_session,
    session_of,
    single_sign_on_address,
    write_token,
)
from app.storage.models import UserSession
from app.usecases.service.overview import page_is_open

router = APIRouter(tags=["session"])
page = APIRouter(prefix="/page", include_in_schema=False)
Anybody = Annotated[Principal, Depends(require(Permission.LOOK_UP))]
Administrator = Annotated[Principal, Depends(require(Permission.KEYS))]


class WhoIsSignedIn(BaseModel):
    """Who is asking, what they may do, and until when."""

    name: str
    role: Role
    permissions: list[Permission]
    council: str
    ends_at: datetime | None
    idle_minutes: int | None = Field(description="Minutes without use after which the session ends.")
    csrf_token: str | None = Field(description="To be sent as X-CSRF-Token with every write of a cookie session.")
    sign_out_address: str | None = Field(
        default=None,
        description="Where a browser goes, once its session has ended, to sign out of the council account as well.",
    )


class SessionView(BaseModel):
    """A browser session that stands."""

    id: int
    name: str
    role: Role
    opened_with: Literal["key", "council account"]
    opened_at: datetime
    last_used_at: datetime
    ends_at: datetime


class WaysIn(BaseModel):
    """How somebody may sign in here."""

    single_sign_on: str | None
    single_sign_on_name: str | None
    open_to_all: bool
    session_stands: bool = Field(description="Whether the cookie that came is one of a session that has not ended.")


@router.post("/session", status_code=201)
def sign_in(request: Request, caller: Anybody, services: AppServices, response: Response) -> WhoIsSignedIn:
    """Exchange the key in the Authorization header for a session cookie that scripts cannot read."""
    if "authorization" not in request.headers or caller.key_id is None:
        raise unauthenticated("Only a key opens a session.")
    with services.database.write() as session:
        opened = open_session(session, services.settings, caller)
    set_session_cookie(response, request, opened.token, opened.ends_at)
    return _described(services, caller, opened.ends_at, opened.token)


@router.get("/session")
def say_who_is_signed_in(request: Request, caller: Anybody, services: AppServices, response: Response) -> WhoIsSignedIn:
    """Say who is asking and what they may do, with a key, a page token or a session cookie."""
    response.headers["cache-control"] = "no-store"
    by_cookie = "authorization" not in request.headers
    return _described(services, caller, caller.expires_at, cookie_of(request.headers) if by_cookie else None)


@router.delete("/session", status_code=204)
def sign_out(request: Request, caller: Anybody, services: AppServices, response: Response) -> None:
    """End this browser's session, here and in the service."""
    token = cookie_of(request.headers)
    if token is not None:
        with services.database.write() as session:
            row = session_of(session, token)
            if row is not None:
                end_session(session, row, caller.name)
        services.sessions.forget()
    response.delete_cookie(COOKIE, path="/")


@router.get("/sessions")
def list_browser_sessions(
    caller: Administrator, services: AppServices, limit: PageLimit = 100, cursor: PageCursor = None
) -> Page[SessionView]:
    """List browser sessions that have not ended, newest first."""
    before = cursor_value(cursor, "id", int)
    with services.database.read() as session:
        rows = list_sessions(session, caller.council, limit, before)
    return page_of(rows, limit, _view, lambda row: {"id": row.id})


@router.delete("/sessions/{session_id}", status_code=204)
def end_browser_session(session_id: int, caller: Administrator, services: AppServices) -> None:
    """End a browser session. It stops working here at once, in other processes within seconds."""
    with services.database.write() as session:
        row = find_session(session, caller.council, session_id)
        if row is None:
            raise not_found("session", session_id)
        end_session(session, row, caller.name)
    services.sessions.forget()


@page.get("/sign-in")
def ways_in(request: Request, services: AppServices, response: Response) -> WaysIn:
    """Say how somebody may sign in: with the council's own account where that is set up, and whether one needs to."""
    response.headers["cache-control"] = "no-store"
    token = cookie_of(request.headers)
    stands = False
    if token is not None:
        with services.database.read() as session:
            row = session_of(session, token)
            stands = row is not None and row.ended_at is None and row.ends_at > datetime.now(UTC)
    return WaysIn(
        session_stands=stands,
        single_sign_on=single_sign_on_address(services.settings),
        single_sign_on_name=services.settings.oidc_name if services.sign_on else None,
        open_to_all=page_is_open(services.database, services.settings),
    )


def _described(services: Services, principal: Principal, ends_at: datetime | None, token: str | None) -> WhoIsSignedIn:
    return WhoIsSignedIn(
        name=principal.name,
        role=principal.role,
        permissions=sorted(MATRIX[principal.role]),
        council=principal.council,
        ends_at=ends_at,
        idle_minutes=services.settings.session_idle_minutes if token else None,
        csrf_token=write_token(token) if token else None,
        sign_out_address="/sign-on/end" if token and principal.key_id is None and services.sign_on else None,
    )


def _view(row: UserSession) -> SessionView:
    return SessionView(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        opened_with="council account" if row.key_id is None else "key",
        opened_at=row.created_at,
        last_used_at=row.last_used_at,
        ends_at=row.ends_at,
    )
