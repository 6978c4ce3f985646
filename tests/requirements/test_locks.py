"""The locks are complete, and installing them takes nothing that they do not name."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.docs.blocks import ROOT

PYTHONS = ("3.11", "3.12", "3.13")
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DEPENDENCIES, EXTRAS = DECLARED["dependencies"], DECLARED["optional-dependencies"]


class Lock(NamedTuple):
    """A locked file and the requirements it was made from."""

    path: Path
    asked: list[str]


def _plain(path: Path) -> list[str]:
    lines = (line.split("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line]


BASE = Lock(ROOT / "requirements" / "base.txt", [*DEPENDENCIES, *EXTRAS["build"]])
DEV = Lock(ROOT / "requirements" / "dev.txt", [*DEPENDENCIES, *EXTRAS["build"], *EXTRAS["dev"]])
NODE = Lock(ROOT / "requirements" / "node.txt", _plain(ROOT / "requirements" / "node.in"))
PEERS = Lock(
    ROOT / "bench" / "zoning" / "peers-requirements.txt", _plain(ROOT / "bench" / "zoning" / "peers-requirements.in")
)


def linux(python: str) -> dict[str, str]:
    """The marker environment of one supported Python on Linux."""
    return {
        **{name: str(value) for name, value in default_environment().items()},
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }


def locked(path: Path, environment: dict[str, str]) -> dict[str, Version]:
    """What a lock installs in one environment."""
    found = {}
    for line in re.findall(r"^(\S[^\n]*==[^\n]*?) ?\\?$", path.read_text("utf-8"), re.MULTILINE):
        entry = Requirement(line)
        if entry.marker is None or entry.marker.evaluate(environment):
            found[canonicalize_name(entry.name)] = Version(next(iter(entry.specifier)).version)
    return found


def requirements_of(name: str, version: Version) -> list[str] | None:
    """What a package says it needs; None where that version is not installed here."""
    try:
        package = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    return list(package.requires or []) if Version(package.version) == version else None


def unsatisfied(asked: list[str], have: dict[str, Version], environment: dict[str, str]) -> Iterator[str]:
    """Every requirement, extras followed, that the lock does not meet."""
    waiting = [(Requirement(text), "", "pyproject.toml") for text in asked]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted, extra, by = waiting.pop()
        if wanted.marker and not wanted.marker.evaluate({**environment, "extra": extra}):
            continue
        name = canonicalize_name(wanted.name)
        if name not in have:
            yield f"{by} needs {wanted}; the lock does not name it"
            continue
        if not wanted.specifier.contains(have[name], prereleases=True):
            yield f"{by} needs {wanted}; the lock has {have[name]}"
        for chosen in ("", *sorted(wanted.extras)):
            if (name, chosen) not in seen:
                seen.add((name, chosen))
                needs = requirements_of(name, have[name]) or []
                by_this = f"{name}[{chosen}]" if chosen else name
                waiting += [(Requirement(text), chosen, by_this) for text in needs]


@pytest.mark.parametrize("lock", [BASE, DEV], ids=["base", "dev"])
@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_of_every_locked_package_is_in_the_lock(lock: Lock, python: str) -> None:
    environment = linux(python)
    have = locked(lock.path, environment)
    assert list(unsatisfied(lock.asked, have, environment)) == []


def test_the_running_python_can_read_what_every_locked_package_needs() -> None:
    here = linux(f"{sys.version_info.major}.{sys.version_info.minor}")
    unread = [name for name, version in locked(DEV.path, here).items() if requirements_of(name, version) is None]
    assert unread == [], "install the lock: make test does"


def test_a_lock_without_an_extra_is_found_out() -> None:
    environment = linux("3.11")
    have = {name: version for name, version in locked(DEV.path, environment).items() if name != "httptools"}
    assert any("uvicorn[standard] needs httptools" in text for text in unsatisfied(DEV.asked, have, environment))


@pytest.mark.slow
@pytest.mark.parametrize("lock", [BASE, DEV, NODE, PEERS], ids=["base", "dev", "node", "peers"])
def test_a_resolver_adds_nothing_to_a_lock(lock: Lock, uv: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked.in"
    pins = re.findall(r"^(\S[^\n]*==[^\n]*?) ?\\?$", lock.path.read_text("utf-8"), re.MULTILINE)
    asked.write_text("\n".join([*lock.asked, *pins]))
    done = subprocess.run(
        [
            uv,
            *[
                "pip",
                "compile",
                "-q",
                "--universal",
                "--python-version",
                "3.11",
                "--no-annotate",
                "--no-header",
                "--no-emit-index-url",
            ],
            asked,
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if "error sending request" in done.stderr or "network" in done.stderr.lower():
        pytest.skip(f"no package index can be reached: {done.stderr.splitlines()[0]}")
    assert done.returncode == 0, done.stderr
    assert {line.split(" ;")[0] for line in done.stdout.splitlines()} == {pin.split(" ;")[0] for pin in pins}


@pytest.fixture(scope="module")
def uv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The resolver that writes the locks, in an environment of its own."""
    folder = tmp_path_factory.mktemp("uv")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
    done = subprocess.run(
        [folder / "bin" / "pip", "install", "-q", "--retries", "0", "uv"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"uv cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
    return folder / "bin" / "uv"


def _wheel(folder: Path, name: str, version: str, *metadata: str) -> str:
    """Write a wheel with one module; return its hash."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f'VERSION = "{version}"\n',
        f"{info}/METADATA": "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata])
        + "\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for path, text in files.items()
    )
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inner, text in {**files, f"{info}/RECORD": record + f"{info}/RECORD,,\n"}.items():
            wheel.writestr(inner, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _install_command(bin_folder: Path) -> list[str]:
    """The command by which the Makefile installs a lock, with another environment in place of its own."""
    text = (ROOT / "Makefile").read_text("utf-8")
    pip, install = (re.search(rf"^{name} := (.*)$", text, re.MULTILINE) for name in ("PIP", "INSTALL"))
    assert pip is not None
    assert install is not None
    return install[1].replace("$(PIP)", pip[1]).replace("$(BIN)", str(bin_folder)).split()


def test_installing_takes_the_locked_release_where_the_index_holds_a_newer_one(tmp_path: Path) -> None:
    index = tmp_path / "index"
    index.mkdir()
    lamp = _wheel(index, "lamp", "1.0", "Provides-Extra: bulb", "Requires-Dist: glow>=1; extra == 'bulb'")
    glow = _wheel(index, "glow", "1.0")
    _wheel(index, "glow", "2.0")
    _wheel(index, "lamp", "1.1", "Provides-Extra: bulb", "Requires-Dist: glow>=2; extra == 'bulb'")
    # both spellings of a lock: with the extra named and, as a resolver that strips extras writes it, without
    for number, spelled in enumerate(["lamp", "lamp[bulb]"]):
        lock = tmp_path / f"lock-{number}.txt"
        lock.write_text(f"{spelled}==1.0 --hash=sha256:{lamp}\nglow==1.0 --hash=sha256:{glow}\n")
        home = tmp_path / f"home-{number}"
        subprocess.run([sys.executable, "-m", "venv", home], check=True, timeout=120)
        command = [*_install_command(home / "bin"), "--no-index", "--find-links", str(index), "-r", str(lock)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        said = "import glow, lamp; print(glow.VERSION, lamp.VERSION)"
        seen = subprocess.run(
            [home / "bin" / "python", "-c", said], capture_output=True, text=True, timeout=60, check=True
        )
        assert seen.stdout.split() == ["1.0", "1.0"]


def test_every_place_that_installs_a_lock_resolves_nothing() -> None:
    places = [ROOT / "Makefile", ROOT / "Dockerfile", ROOT / "compose.yaml"]
    places += [
        *ROOT.glob(".ci/*"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("bench/**/*.py"),
        *ROOT.glob("bench/**/*.md"),
    ]
    wrong = []
    for path in places:
        for line in re.sub(r"\\\n", " ", path.read_text("utf-8")).splitlines():
            if re.search(r"(pip|INSTALL\)).*-r \S*requirements", line) and "INSTALL)" not in line:
                wrong += [f"{path.name}: {line.strip()}"] * ("--no-deps" not in line or "--require-hashes" not in line)
    assert wrong == []
