"""Where this service is: the public address that is set, never the ``Host`` of a request, which anybody may choose."""

from __future__ import annotations

from fastapi import Request

from app.settings import Settings


def public_address(request: Request) -> str:
    """The address that links begin with, without a slash at its end.

    Without the setting it is that of the socket which took the request: right for one machine, and nobody's choice.
    """
    settings: Settings = request.app.state.services.settings
    if settings.public_url is not None:
        return settings.public_url
    host, port = request.scope.get("server") or (settings.host, settings.port)
    named = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}.get(request.url.scheme)
    return f"{request.url.scheme}://{named}" + ("" if port in {usual, None} else f":{port}")
