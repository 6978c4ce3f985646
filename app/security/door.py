"""The one door: whoever asks for anything guarded is admitted here, or told why not."""

from __future__ import annotations

from starlette.types import Scope

from app.security.keys import Principal, forbidden
from app.security.roles import Permission
from app.security.sessions import caller_of


def admit(scope: Scope, needed: Permission) -> Principal:
    """Return who calls, once it is known that they may.

    Args:
        scope: The request; the caller is noted in it as ``principal``, for logs and metrics.
        needed: What the caller's role must allow.

    Raises:
        Problem: 401 without a valid key or session, 403 without the permission.
    """
    principal: Principal = caller_of(scope["app"].state.services, scope)
    if not principal.may(needed):
        raise forbidden(principal, needed)
    scope["principal"] = principal
    return principal
