"""The desks in a real browser: first view, bytes sent, frames while the map is dragged, strokes, changes of rates.

    PATCHWORK_KEY=… python -m bench.page.desks http://127.0.0.1:8000 DRAFT_PLAN_ID [--graphics]

The service must be warm and the key an analyst's; the draft is stroked over, never changed: each stroke is only tried.
Without ``--graphics`` the map is drawn in software, as on a machine without a graphics card, where frames a second say
how the processors fare and not what an ordinary desk sees. Prints one JSON object, with the load of the machine.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import time
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response

#: Waits no longer than this for anything, in milliseconds.
PATIENCE = 180_000
#: Counts the animation frames in which the map drew something.
COUNT_FRAMES = """(() => {
  let [frames, drew] = [0, false];
  const draw = WebGL2RenderingContext.prototype.drawElements;
  WebGL2RenderingContext.prototype.drawElements = function (...given) { drew = true; return draw.apply(this, given); };
  const frame = () => { if (drew) frames++; drew = false; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  window.framesDrawn = () => frames;
})()"""


def opened(browser: Browser, url: str, key: str) -> Page:
    """A signed-in page in a context of its own: nothing of an earlier one is kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    context.add_init_script(COUNT_FRAMES)
    answer = context.request.post(f"{url}/v1/session", headers={"Authorization": f"Bearer {key}"})
    assert answer.ok, answer.text()
    return context.new_page()


def at_rest(page: Page) -> None:
    """Wait until the map has drawn all it has to draw."""
    page.locator("#map[aria-busy=false]").wait_for()


def first_view(page: Page, url: str) -> dict[str, float]:
    """Seconds until the first page takes a postcode, shows its figures and its map; and kilobytes of page code sent."""
    sent: list[int] = []

    def count(answer: Response) -> None:
        if "/static/" in answer.url:
            sent.append(int(answer.headers.get("content-length", 0)))

    page.on("response", count)
    began = time.perf_counter()
    page.goto(url)
    page.get_by_role("textbox", name="Postcode").wait_for()
    usable = time.perf_counter() - began
    page.locator("#totals table").first.wait_for()
    figures = time.perf_counter() - began
    at_rest(page)
    return {
        "usable_seconds": round(usable, 2),
        "figures_seconds": round(figures, 2),
        "map_seconds": round(time.perf_counter() - began, 2),
        "page_code_kilobytes_sent": round(sum(sent) / 1000, 1),
    }


def drag(page: Page, steps: int, reach: int) -> float:
    """Drag in circles from the middle of the map; seconds from the first step to the map at rest."""
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    began = time.perf_counter()
    for step in range(1, steps + 1):
        turn = step / 12 * math.tau
        page.mouse.move(x + reach * math.sin(turn), y + reach * (1 - math.cos(turn)))
    page.mouse.up()
    at_rest(page)
    return time.perf_counter() - began


def frames(page: Page, url: str) -> dict[str, float]:
    """Frames a second while the county is dragged about."""
    page.goto(f"{url}/plans/{PLAN}")
    at_rest(page)
    areas = page.evaluate(
        "fetch('/v1/areas.geojson').then(answer => answer.json()).then(found => found.features.length)"
    )
    before = page.evaluate("framesDrawn()")
    seconds = drag(page, 36, 80)
    drawn = page.evaluate("framesDrawn()") - before
    return {"areas": areas, "frames_a_second": round(drawn / seconds, 1)}


def asked(page: Page, part: str) -> list[float]:
    """A list that fills with the milliseconds from asking to the last byte of each answer of a path."""
    spent: list[float] = []

    def done(request: Any) -> None:
        if part in request.url and request.method == "POST":
            spent.append(request.timing["responseEnd"])

    page.on("requestfinished", done)
    return spent


def strokes(page: Page, url: str) -> dict[str, float]:
    """Milliseconds in which a stroke that goes on is answered; nothing is kept."""
    page.goto(f"{url}/plans/{PLAN}?tool=paint&into=1")
    page.locator("#map canvas.drawing").wait_for()
    at_rest(page)
    page.route(
        "**/edits",
        lambda route: route.continue_() if '"keep":false' in (route.request.post_data or "") else route.abort(),
    )
    spent = asked(page, "/edits")
    drag(page, 24, 60)
    return summary("stroke", spent)


def rates(page: Page, url: str) -> dict[str, float]:
    """Milliseconds in which a change of next year's rates is answered."""
    page.goto(f"{url}/rates/set")
    settled = page.locator(".outcome[aria-busy=false] #headline")
    settled.wait_for()
    spent = asked(page, "/v1/")
    for pence in range(46, 56):
        page.get_by_label("Mileage repaid, slider").fill(str(pence))
        page.wait_for_timeout(400)
        settled.wait_for()
    return summary("rate_change", spent)


def summary(name: str, spent: list[float]) -> dict[str, float]:
    """The middle and the longest of some times."""
    if not spent:
        return {f"{name}s": 0}
    return {
        f"{name}s": len(spent),
        f"{name}_median_milliseconds": round(statistics.median(spent)),
        f"{name}_longest_milliseconds": round(max(spent)),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="Address of a warm service.")
    parser.add_argument("plan", type=int, help="A draft plan.")
    parser.add_argument("--graphics", action="store_true", help="Draw with the graphics card.")
    given = parser.parse_args()
    PLAN = given.plan
    software = [] if given.graphics else ["--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    found: dict[str, Any] = {"load_average_before": os.getloadavg()[0]}
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or "/usr/bin/chromium"
        with playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *software]) as chromium:
            for part in (first_view, first_view, frames, strokes, rates):  # the first time only warms the service
                page = opened(chromium, given.url, os.environ["PATCHWORK_KEY"])
                found[part.__name__] = part(page, given.url)
                page.context.close()
    print(json.dumps({**found, "load_average_after": os.getloadavg()[0]}, indent=1))
