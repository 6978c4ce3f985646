"""A real browser on the real service with the demonstration county."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.web.pages import STATIC
from tests.databases import demo_installation
from tests.services import Service, running_service

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType, Locator, LocatorAssertions, Page

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
#: The watchdog ends a drawing process that is slow on a busy machine, and a page whose surface was lost so is refused
#: another; the page then shows a picture that takes no tool. Neither is wanted where one slow processor draws for all.
WEBGL = (
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-watchdog",
    "--disable-gpu-process-crash-limit",
    "--disable-domain-blocking-for-3d-apis",
)
NO_WEBGL = ("--disable-3d-apis",)
WAIT_MS = 60_000
#: Drawn in software a map takes time by the pixel: half as fine is plenty unless somebody is to look at it.
FINENESS = 1 if os.environ.get("PATCHWORK_SCREENSHOTS") else 0.5
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

SignIn = Callable[..., "Page"]


def _need_page_and_browser() -> None:
    if not (STATIC / "manifest.json").is_file():
        pytest.skip("the pages are not built: run python web/build.py")
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


@pytest.fixture(scope="module")
def desks(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    shared_folder: Path,
    chromium: BrowserType,
) -> Iterator[Service]:
    """The service on a copy of the demonstration of its own, with a key for every role.

    A module that wants other settings names them in its ``ENVIRONMENT``.
    """
    environment: dict[str, str] = getattr(request.module, "ENVIRONMENT", {})
    assert chromium is not None  # nothing is loaded where no browser is
    with (
        demo_installation("sqlite", tmp_path_factory.mktemp("desks"), shared_folder) as installation,
        running_service(installation, worker=False, **environment) as found,
    ):
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that fails the test when anything went outside or the page's own code complained."""
    yield from watched(browser)


@pytest.fixture
def page_without_webgl(browser_without_webgl: Browser) -> Iterator[Page]:
    yield from watched(browser_without_webgl)


@pytest.fixture
def signed_in(page: Page, desks: Service) -> SignIn:
    """Open an address of the service as somebody of a role."""

    def open_as(role: str, path: str = "/", *, settled: bool = True) -> Page:
        open_signed_in(page, desks, role, path, settled=settled)
        return page

    return open_as


def open_signed_in(page: Page, service: Service, role: str, path: str = "/", *, settled: bool = True) -> None:
    """Sign in with the key of a role and open a path."""
    answer = page.context.request.post(
        f"{service.url}/v1/session", headers={"Authorization": f"Bearer {service.keys[role]}"}, timeout=WAIT_MS
    )
    assert answer.ok, answer.text()
    if page.url.partition("#")[0] == service.url + path.partition("#")[0]:
        page.goto("about:blank")  # else only the fragment changes, and the page does not learn who looks
    page.goto(service.url + path)
    if not path.startswith("/guides"):  # guides are for everybody, and know nobody
        page.get_by_role("button", name="Sign out").wait_for(timeout=WAIT_MS)
    if settled:
        settle(page)


def watched(browser: Browser) -> Iterator[Page]:
    """Yield a page in a context of its own; check its requests and its console when it is done with."""
    with browser.new_context(
        viewport=WIDE,
        device_scale_factor=FINENESS,
        locale="en-GB",
        timezone_id="Europe/London",
        reduced_motion="reduce",
        accept_downloads=True,
    ) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(WAIT_MS)
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


def settle(page: Page) -> None:
    """Wait until what the address needs has come and the map, where there is one, has come to rest.

    The browser tells of an idle network once for each address opened. What a click asks for afterwards is waited for by
    what it shows: see :func:`expecting`.
    """
    page.wait_for_load_state("networkidle", timeout=WAIT_MS)
    # A change asked for just now shows in the next frame at the earliest.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    if page.locator("#map").count() and not page.locator("img.picture").count():
        page.wait_for_selector("#map[aria-busy=false]", timeout=WAIT_MS)


def expecting(locator: Locator) -> LocatorAssertions:
    """What a part of the page comes to show; give each wait ``timeout=WAIT_MS``."""
    found: LocatorAssertions = pytest.importorskip("playwright.sync_api").expect(locator)
    return found


def keep(page: Page, name: str) -> None:
    """Keep a screenshot, wide and narrow, where PATCHWORK_SCREENSHOTS names a folder for them."""
    folder = os.environ.get("PATCHWORK_SCREENSHOTS")
    if not folder:
        return
    before = page.viewport_size
    for width, size in (("1280", WIDE), ("390", NARROW)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        settle(page)
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    if before:
        page.set_viewport_size(before)


def axe_violations(page: Page) -> list[tuple[str, str, list[str]]]:
    """What axe finds wrong on the page as it stands: rule, impact and the elements; serious and critical ones only."""
    axe = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip("axe-core is not installed: run python web/build.py --force")
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(axe.read_text(encoding="utf-8"))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("rules => axe.run({runOnly: rules})", rules)
    assert len(found["passes"]) > 15, "axe looked at next to nothing"
    return [
        (rule["id"], rule["impact"], [node["html"][:200] for node in rule["nodes"]])
        for rule in found["violations"]
        if rule["impact"] in {"serious", "critical"}
    ]
