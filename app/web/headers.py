"""Security headers of the page: nothing from anywhere else, nothing inline, nobody may frame it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


def basemap_origin(basemap_url: str | None) -> str | None:
    """Return the origin of a raster basemap's address pattern, such as ``https://tiles.example.org``.

    Args:
        basemap_url: The setting; ``None`` for no basemap.

    Raises:
        ValueError: If the address has no http or https origin of its own.
    """
    if not basemap_url:
        return None
    # A pattern may put the subdomain in braces; a policy cannot, so such a pattern is refused with the reason.
    scheme, host, *_ = urlsplit(basemap_url)
    if scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        raise ValueError(
            f"basemap_url: found {basemap_url!r}, expected an address whose host is written out, such as "
            "https://tiles.example.org/{z}/{x}/{y}.png"
        )
    return f"{scheme}://{host}"


def security_headers(basemap_url: str | None = None) -> dict[str, str]:
    """Return the headers every page carries; other answers carry those of app.middleware.headers.

    Args:
        basemap_url: Address pattern of a raster basemap, whose origin is then the one other place allowed.
    """
    origin = basemap_origin(basemap_url)
    tiles = f" {origin}" if origin else ""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        # The map's own icons are data: addresses in its style sheet; the fetched picture is a blob:.
        "img-src": f"'self' data: blob:{tiles}",
        "connect-src": f"'self'{tiles}",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
