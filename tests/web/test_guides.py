"""The guides as pages: rendered from Markdown, linked among themselves, and nothing outside their folder is served."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.web.guides import DOCS, guide_address, read_guide
from app.web.pages import docs_folder, router, static_folder


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    built = tmp_path / "static"
    built.mkdir()
    (built / "guide.html").write_text("<title>%%title%%</title><main>%%body%%</main>")
    (built / "index.html").write_text("<title>The page</title>")
    (built / "manifest.json").write_text(json.dumps({}))
    docs = tmp_path / "docs"
    (docs / "how-to").mkdir(parents=True)
    (docs / "index.md").write_text("# All guides\n\n[Bands](how-to/set-bands.md#the-rule)\n")
    (docs / "how-to" / "set-bands.md").write_text(
        "# Set <bands> & rates\n\n## The rule\n\n<script>alert(1)</script>\n\n"
        "| a | b |\n|---|--:|\n| 1 | 2 |\n\n[Home](../index.md) [Out](https://example.org) [Read me](../../README.md)\n"
        "![Map](map.png)\n"
    )
    (docs / "how-to" / "map.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret.md").write_text("# Secret")
    app = FastAPI()
    app.include_router(router)
    app.dependency_overrides[static_folder] = lambda: built
    app.dependency_overrides[docs_folder] = lambda: docs
    with TestClient(app) as client:
        yield client


def test_the_first_guide_lists_the_others(client: TestClient) -> None:
    answer = client.get("/guides")
    assert "<title>All guides</title>" in answer.text
    assert 'href="/guides/how-to/set-bands#the-rule"' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_guide_is_rendered_without_markup_of_its_own(client: TestClient) -> None:
    text = client.get("/guides/how-to/set-bands").text
    assert "<title>Set &lt;bands&gt; &amp; rates</title>" in text
    assert '<h2 id="the-rule">' in text
    assert "<script>" not in text
    assert "style=" not in text
    assert 'class="right-column"' in text
    assert 'href="/guides/index"' in text
    assert 'href="https://example.org"' in text
    assert client.get("/guides/how-to/set-bands.md").text == text


def test_pictures_of_guides_are_served(client: TestClient) -> None:
    answer = client.get("/guides/how-to/map.png")
    assert answer.content == b"\x89PNG"
    assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    "name", ["nothing", "..%2Fsecret", "../secret", "how-to", "how-to/../../secret", "%2e%2e/secret"]
)
def test_only_guides_are_served(client: TestClient, name: str) -> None:
    answer = client.get(f"/guides/{name}")
    assert answer.status_code == 404
    assert "Secret" not in answer.text


@pytest.mark.parametrize("path", ["/rates", "/rates/cards/7", "/desk/requests/1", "/plans", "/data/snapshots/2"])
def test_every_view_of_the_desks_has_an_address_of_its_own(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert "The page" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


def test_an_address_of_no_desk_is_not_found(client: TestClient) -> None:
    assert client.get("/wp-login.php").status_code == 404


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("zoning.md", "/guides/explanation/zoning"),
        ("../how-to/set-rates.md#lines", "/guides/how-to/set-rates#lines"),
        ("../../README.md", "../../README.md"),
        ("#here", "#here"),
        ("/v1/meta", "/v1/meta"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_links_lead_to_pages(target: str, found: str) -> None:
    assert guide_address(target, "explanation/bands") == found


def test_every_guide_renders_and_its_links_to_guides_lead_somewhere() -> None:
    names = sorted(str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.md"))
    assert len(names) > 30
    bodies = {name: read_guide(DOCS, name) for name in names}
    assert all(bodies.values())
    links = {
        (name, link)
        for name, found in bodies.items()
        if found
        for link in re.findall(r'href="/guides/([^"#]+)', found.body)
    }
    broken = {(name, link) for name, link in links if link not in bodies and not (DOCS / link).is_file()}
    assert broken == set()
