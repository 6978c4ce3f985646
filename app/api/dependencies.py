"""What endpoints ask for: the services of this process and the permission of whoever calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.lookup.cache import VersionedCache
from app.security.door import admit
from app.security.keys import Authenticator, Principal, bearer_token, unauthenticated
from app.security.page_token import PageTokens
from app.security.roles import Permission
from app.security.sessions import Sessions
from app.security.sign_on.service import SignOn
from app.settings import Settings
from app.storage.database import Database
from app.usecases.demand.gate import INSIDE, Audience, outside_audience

if TYPE_CHECKING:
    from app.jobs.client import JobClient
    from app.lookup.directory import DirectoryHolder
    from app.lookup.index import LookupHolder
    from geo.gazetteer import Gazetteer

_scheme = HTTPBearer(auto_error=False, description="A key made with `patchwork keys create`.")


@dataclass(slots=True)
class Services:
    """Everything a request may need, made once a process."""

    settings: Settings
    database: Database
    authenticator: Authenticator
    page_tokens: PageTokens
    sessions: Sessions
    sign_on: SignOn | None
    lookup: LookupHolder
    jobs: JobClient
    national: DirectoryHolder
    cache: VersionedCache

    def directory(self) -> Gazetteer | None:
        """The national postcode directory, or None while it is still being read."""
        return self.national.get()

    def audience(self, caller: Principal) -> Audience:
        """Whom figures asked for by this caller are for."""
        return INSIDE if caller.may(Permission.DEMAND_EXACT) else self.outside()

    def outside(self) -> Audience:
        """Everyone without exact figures; also the audience of every file, whoever asks for it."""
        return outside_audience(self.database, self.settings)

    def authenticate(self, authorization: str | None) -> Principal:
        """Return who sent the header, by a key, a page token or an access token, or raise the 401 problem."""
        token = bearer_token(authorization)
        principal = self.authenticator.principal(token) or self.page_tokens.principal(token)
        if principal is None and self.sign_on is not None:
            principal = self.sign_on.principal(token)
        if principal is None:
            raise unauthenticated("The key is not known, was revoked, or has expired.")
        return principal


def services(request: Request) -> Services:
    """The services of this process."""
    found: Services = request.app.state.services
    return found


AppServices = Annotated[Services, Depends(services)]


def require(permission: Permission | str) -> Callable[..., Awaitable[Principal]]:
    """Make a dependency that returns the caller, or answers 401 or 403."""
    needed = Permission(permission)

    async def caller(
        request: Request,
        _credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_scheme)] = None,
    ) -> Principal:
        return admit(request.scope, needed)

    caller.permission = needed  # type: ignore[attr-defined]  # read by the test that walks every route
    return caller
