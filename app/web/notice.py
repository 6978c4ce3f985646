"""One page that says one thing: what went wrong and what to do, in the look of the other pages where they are built."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from app.web.assets import load_assets
from app.web.guides import Guide, guide_page
from app.web.headers import security_headers
from app.web.pages import STATIC

_PLAIN = (
    "<!doctype html><html lang='en-GB'><head><meta charset='utf-8'>"
    "<meta name='viewport' content='width=device-width, initial-scale=1'><title>%%title%% · Patchwork</title></head>"
    "<body><main>%%body%%</main></body></html>"
)
HEADERS = security_headers(None) | {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def notice(title: str, said: str, ways_on: Mapping[str, str]) -> bytes:
    """The page.

    Args:
        title: Its heading.
        said: What there is to say, as plain text.
        ways_on: Where one can go from here: what the link says, and its address.
    """
    links = "".join(f'<p><a href="{escape(address)}">{escape(text)}</a></p>' for text, address in ways_on.items())
    assets = load_assets(STATIC)
    template = assets["guide.html"].content.decode() if assets else _PLAIN
    body = f"<h1>{escape(title)}</h1><p>{escape(said)}</p>{links}"
    return guide_page(template, Guide(title, body)).encode()
