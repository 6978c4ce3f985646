"""A real browser, the page on the stand-in service, and the demonstration service where its fixture is at hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from app.web.pages import STATIC
from tests.web.stub_service import KEY, make_stub, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType, Page

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
#: Quiet, and drawing WebGL in software: there is no graphics card where tests run.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
NO_WEBGL = ("--disable-3d-apis",)


class Served(NamedTuple):
    """A running service with the page."""

    url: str
    key: str


def _need_page_and_browser() -> None:
    if not (STATIC / "manifest.json").is_file():
        pytest.skip("the map page is not built: run python web/build.py")
    if not Path(CHROMIUM).is_file():
        pytest.skip("no Chromium at /usr/bin/chromium")


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserType]:
    _need_page_and_browser()
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    with chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *WEBGL]) as browser:
        yield browser


@pytest.fixture(scope="session")
def browser_without_webgl(chromium: BrowserType) -> Iterator[Browser]:
    with chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *NO_WEBGL]) as browser:
        yield browser


@pytest.fixture(scope="session")
def stub() -> Iterator[Served]:
    """The page on the made-up county, open to everyone."""
    with running(make_stub()) as url:
        yield Served(url, KEY)


@pytest.fixture(scope="session")
def locked_stub() -> Iterator[Served]:
    """The same with real demand: a key is needed and nothing is labelled synthetic."""
    with running(make_stub(public=False, synthetic=False)) as url:
        yield Served(url, KEY)


@pytest.fixture(scope="session")
def stub_without_plan() -> Iterator[Served]:
    with running(make_stub(plan=False)) as url:
        yield Served(url, KEY)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that fails the test when anything went outside or the page's own code complained."""
    yield from watched(browser)


@pytest.fixture
def page_without_webgl(browser_without_webgl: Browser) -> Iterator[Page]:
    yield from watched(browser_without_webgl)


def watched(browser: Browser) -> Iterator[Page]:
    """Yield a page in a context of its own; check its requests and its console when it is done with."""
    with browser.new_context(
        viewport={"width": 1100, "height": 760}, locale="en-GB", reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        requests: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))

        def hear(message: object) -> None:
            kind, text = message.type, message.text  # type: ignore[attr-defined]
            # Chromium itself notes every answer that is not a success; those are asked for and shown to the reader.
            if kind == "error" and not text.startswith("Failed to load resource:"):
                complaints.append(text)

        page.on("console", hear)
        yield page
        assert requests, "the page asked for nothing: it was never opened"
        outside = [url for url in requests if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
        assert outside == []
        assert complaints == []


def open_page(page: Page, url: str) -> None:
    """Open the page and wait until the county is drawn."""
    page.goto(url)
    settle(page)


def settle(page: Page) -> None:
    """Wait until the map has drawn what was asked for and come to rest."""
    # A change asked for just now shows in the next frame at the earliest.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_selector("#map[aria-busy=false]", timeout=60_000)
