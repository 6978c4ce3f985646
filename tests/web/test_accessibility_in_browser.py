"""Nothing serious or critical that axe finds, in any view, wide and narrow."""

from __future__ import annotations

import pytest

from tests.web.conftest import NARROW, SignIn, axe_violations, settle

pytestmark = [pytest.mark.browser]

VIEWS = [
    "/",
    "/?colour=zone&zone=7#postcode=LE67+3AP",
    "/?area=E00131588",
    "/#postcode=nonsense",
    "/desk/list",
    "/desk/requests",
    "/desk/requests/1",
    "/desk/offers",
    "/desk/waiting",
    "/desk/swaps",
    "/desk/providers",
    "/desk/providers/1",
    "/rates",
    "/rates/set",
    "/rates/set?mile=-5",
    "/rates/cards/1",
    "/rates/summary/1",
    "/rates/compare?a=1&b=1",
    "/report",
    "/plans",
    "/bands",
    "/rounds",
    "/data",
    "/guides",
    "/guides/reference/roles",
]


@pytest.mark.parametrize("path", VIEWS)
def test_axe_finds_nothing_serious(signed_in: SignIn, path: str) -> None:
    page = signed_in("admin", path)
    assert axe_violations(page) == []
    if path.startswith("/guides"):
        return
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    settle(page)
    assert axe_violations(page) == []


def test_axe_finds_nothing_serious_while_signing_in_and_finding(signed_in: SignIn) -> None:
    page = signed_in("viewer", "/rates")
    page.get_by_role("combobox", name="Find").fill("melton")
    page.get_by_role("option").first.wait_for()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Key", exact=True).wait_for()
    assert axe_violations(page) == []
