"""The container files do what they say, without a container engine: linted, and their steps run one by one."""

from __future__ import annotations

import fnmatch
import importlib.util
import json
import os
import re
import shlex
import shutil
import site
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.databases import demo_installation
from tests.docs.blocks import ROOT
from tests.services import running_service

pytestmark = pytest.mark.xdist_group("container files")


class Instruction(NamedTuple):
    """One instruction of a Dockerfile."""

    stage: int
    word: str
    rest: str


def _instructions() -> list[Instruction]:
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    stage, found = -1, []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, _, rest = line.strip().partition(" ")
        stage += word == "FROM"
        found.append(Instruction(stage, word, " ".join(rest.split())))
    return found


INSTRUCTIONS = _instructions()
LAST = max(item.stage for item in INSTRUCTIONS)


def _said(word: str, stage: int | None = None) -> list[str]:
    return [item.rest for item in INSTRUCTIONS if item.word == word and stage in {None, item.stage}]


def _copied(stage: int | None = None) -> list[tuple[list[str], str, str | None]]:
    """Sources, destination and the stage copied from, of every COPY."""
    found = []
    for rest in _said("COPY", stage):
        words = shlex.split(rest)
        source = next((w.removeprefix("--from=") for w in words if w.startswith("--from=")), None)
        paths = [w for w in words if not w.startswith("--")]
        found.append((paths[:-1], paths[-1], source))
    return found


def test_stages_are_pinned_named_and_left_behind() -> None:
    images = [rest.split() for rest in _said("FROM")]
    assert len(images) >= 2
    for words in images:
        name, _, tag = words[0].partition(":")
        assert tag, f"{name} has no tag"
        assert tag != "latest"
    names = {words[2] for words in images if "AS" in words}
    assert {source for _, _, source in _copied() if source} <= names
    assert "AS" not in images[-1]
    assert "slim" in images[-1][0]


def test_what_runs_is_not_root_and_stops_when_asked() -> None:
    user = _said("USER", LAST)[-1]
    assert user.isdigit(), "a number, so that an orchestrator can check it is not root"
    assert int(user) > 999
    assert any(f"--uid {user}" in rest for rest in _said("RUN", LAST))
    order = [item.word for item in INSTRUCTIONS if item.stage == LAST]
    assert order.index("USER") < order.index("ENTRYPOINT")
    assert _said("STOPSIGNAL") == ["SIGTERM"]
    assert json.loads(_said("ENTRYPOINT")[-1]) == ["patchwork"]
    assert json.loads(_said("CMD")[-1]) == ["serve"]


def test_no_secret_is_written_into_the_image() -> None:
    said = [f"{item.word} {item.rest}" for item in INSTRUCTIONS if item.word in {"ENV", "ARG", "RUN", "LABEL"}]
    assert not [line for line in said if re.search(r"(?i)(password|secret|token|bootstrap|_key)\s*=", line)]
    assert not [rest for rest in _said("COPY") if ".env" in rest.split()]


def test_dependencies_are_installed_by_hash_only() -> None:
    installs = [rest for rest in _said("RUN") if "pip install" in rest]
    assert installs
    assert all("--no-deps" in rest for rest in installs)
    assert all("--require-hashes" in rest for rest in installs if "-r requirements" in rest)
    assert all("--no-cache-dir" in rest for rest in installs)
    assert "npm ci" in " ".join(_said("RUN"))


def _let_through(path: str) -> bool:
    """Whether .dockerignore sends a path to the builder: the last pattern that matches it or a folder above decides."""
    sent = True
    parts = path.split("/")
    above = ["/".join(parts[: i + 1]) for i in range(len(parts))]
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.strip().rstrip("/")
        if not pattern or pattern.startswith("#"):
            continue
        wanted = pattern.startswith("!")
        bare = pattern.removeprefix("!")
        shapes = [bare, bare.removeprefix("**/")] if bare.startswith("**/") else [bare]
        names = [*above, *parts] if bare.startswith("**/") else above
        if any(fnmatch.fnmatchcase(name, shape) for name in names for shape in shapes):
            sent = wanted
    return sent


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("the files of the project are listed with git, and this is no git checkout")
    return [path for path in listed.stdout.splitlines() if (ROOT / path).exists()]


def test_everything_copied_exists_and_is_sent_to_the_builder() -> None:
    tracked = _tracked()
    for sources, _, stage in _copied():
        for source in sources if stage is None else []:
            inside = [
                path for path in tracked if path == source.rstrip("/") or path.startswith(source.rstrip("/") + "/")
            ]
            assert inside, f"COPY {source}: no such file in the project"
            kept = [path for path in inside if _let_through(path)]
            assert kept, f"COPY {source}: .dockerignore keeps it from the builder"
            if not source.startswith("web"):
                assert kept == inside, f"COPY {source}: .dockerignore keeps back {sorted(set(inside) - set(kept))}"


def test_nothing_private_is_sent_to_the_builder() -> None:
    for path in (
        ".env",
        "var/patchwork.sqlite",
        ".git/config",
        ".venv/bin/python",
        "tests/conftest.py",
        "app/__pycache__/x.pyc",
    ):
        assert not _let_through(path), path


def _wheel_build_needs() -> list[str]:
    """What the installation of the project itself reads beyond its packages."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    return ["README.md", "LICENSE", "NOTICE", *(["CHANGELOG.md"] if "CHANGELOG.md" in text else [])]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `environment` stage by hand: a wheel from what the Dockerfile copies, in an environment of its own.

    The dependencies are those of the environment the tests run in; installing 1 GB of them anew would show nothing
    more about these files.
    """
    place = tmp_path_factory.mktemp("container")
    source, tracked = place / "src", _tracked()
    stage = next(item.stage for item in INSTRUCTIONS if item.word == "FROM" and item.rest.endswith("AS environment"))
    for sources, destination, origin in _copied(stage):
        if origin is not None:
            page = ROOT / "app" / "web" / "static"
            if page.is_dir():
                shutil.copytree(page, source / destination)
            continue
        for name in sources:
            bare = name.rstrip("/")
            for path in [p for p in tracked if p == bare or p.startswith(bare + "/")]:
                into = (source / destination / path.removeprefix(bare + "/")) if name.endswith("/") else source / path
                if _let_through(path):
                    into.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(ROOT / path, into)
    assert all((source / name).is_file() for name in _wheel_build_needs())
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    _run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(place), str(source)], place)
    (wheel,) = place.glob("*.whl")
    _run([sys.executable, "-m", "venv", "--without-pip", str(place / "environment")], place)
    python = place / "environment" / "bin" / "python"
    library = Path(sysconfig.get_path("purelib", vars={"base": str(place / "environment")}))
    _run([*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)], place)
    borrowed = [folder for folder in site.getsitepackages() if Path(folder).is_dir()]
    (library / "borrowed.pth").write_text("\n".join(borrowed) + "\n", "utf-8")
    return place


def _try(command: list[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run with nothing of this project in the environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PATCHWORK_", "PYTHON"))}
    return subprocess.run(
        command, cwd=cwd, env=clean | environment, capture_output=True, text=True, timeout=300, check=False
    )


def _run(command: list[str], cwd: Path, **environment: str) -> str:
    done = _try(command, cwd, **environment)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_the_page_stage_builds_the_page_where_the_next_stage_takes_it(tmp_path: Path) -> None:
    stage = next(item.stage for item in INSTRUCTIONS if item.word == "FROM" and item.rest.endswith("AS page"))
    folder = next(sources[0] for sources, _, origin in _copied() if origin == "page")
    bundling = [rest for rest in _said("RUN", stage) if folder in rest]
    assert bundling == [f"node build.mjs {folder}"]
    spec = importlib.util.spec_from_file_location("web_build", ROOT / "web" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    found = build.node_on_path() or build.node_in_wheel()
    if found is None or not (ROOT / "web" / "node_modules").is_dir():
        pytest.skip("no Node.js, or the page's packages are not installed: make web")
    _run([str(found[0]), *bundling[0].split()[1:-1], str(tmp_path / "static")], ROOT / "web")
    assert (tmp_path / "static" / "index.html").is_file()
    assert (tmp_path / "static" / "manifest.json").is_file()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder far from the checkout."""
    return tmp_path_factory.mktemp("elsewhere")


def test_the_wheel_holds_everything_that_is_no_code(built: Path) -> None:
    package = next((built / "environment" / "lib").glob("python*/site-packages"))
    for folder, pattern in (
        ("alembic", "versions/*.py"),
        ("app/data", "*"),
        ("app/ingest", "*.toml"),
        ("app/ingest/templates", "*.toml"),
        ("geo/schemes", "*.toml"),
        ("geo/report_2020", "*.toml"),
        ("geo", "*.toml"),
        ("pricing/statutory", "*.toml"),
        ("pricing/data", "*.toml"),
        ("routing/data", "*.toml"),
    ):
        here = "app/storage/migrations" if folder == "alembic" else folder
        wanted = {path.name for path in (ROOT / folder).glob(pattern) if path.is_file()}
        assert wanted, folder
        assert wanted <= {path.name for path in (package / here).glob(pattern)}, folder
    assert (package / "app/py.typed").is_file()
    if (ROOT / "app/web/static").is_dir():
        assert (package / "app/web/static/index.html").is_file()


def test_the_installed_service_runs_far_from_the_checkout(built: Path, elsewhere: Path) -> None:
    patchwork = str(built / "environment" / "bin" / "patchwork")
    place = {"PATCHWORK_DATA_DIR": str(elsewhere / "data")}
    python = str(built / "environment" / "bin" / "python")
    where = _run([python, "-c", "import app, geo, pricing, routing; print(app.__file__, geo.__file__)"], elsewhere)
    assert str(built) in where
    assert str(ROOT) not in where
    for command in ("serve", "worker", "migrate", "doctor"):
        assert command in _run([patchwork, "--help"], elsewhere)
    assert "newest schema" in _run([patchwork, "migrate"], elsewhere, **place)
    done = _try([patchwork, "doctor", "--json"], elsewhere, **place)
    checks = {check["check"]: check["ok"] for check in json.loads(done.stdout)["checks"]}
    assert all(checks[name] for name in ("Python", "data folder", "postcode directory", "database", "schema"))
    assert not checks["areas"], "nothing is loaded yet, and doctor says so"
    assert done.returncode == 1


def _probe() -> list[str]:
    words = re.search(r"CMD (\[.*\])", _said("HEALTHCHECK", LAST)[0])
    assert words is not None
    command: list[str] = json.loads(words[1])
    return [sys.executable if word == "python" else word for word in command]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[str]:
    """A running service."""
    with (
        demo_installation("sqlite", tmp_path_factory.mktemp("probed"), shared_folder) as installation,
        running_service(installation, worker=False) as service,
    ):
        yield service.url


def test_the_healthcheck_tells_a_service_that_is_ready_from_none(address: str) -> None:
    port = _said("EXPOSE", LAST)[0]
    well = [word.replace(f"http://127.0.0.1:{port}", address) for word in _probe()]
    assert well != _probe(), "the probe asks the port that is exposed"
    assert subprocess.run(well, timeout=30, check=False).returncode == 0
    gone = [word.replace(f"http://127.0.0.1:{port}", "http://127.0.0.1:9") for word in _probe()]
    assert subprocess.run(gone, timeout=30, check=False, stderr=subprocess.DEVNULL).returncode != 0


def test_compose_runs_postgis_first_and_asks_for_every_secret() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    services = yaml.safe_load(text)["services"]
    database = services["database"]
    assert database["image"].startswith("postgis/postgis:")
    assert not database["image"].endswith("latest")
    assert "healthcheck" in database
    assert "ports" not in database, "the database is reached by the service only"
    for name in ("POSTGRES_PASSWORD", "PATCHWORK_DB_PASSWORD"):
        for value in re.findall(rf"\$\{{{name}[^}}]*\}}", text):
            assert ":?" in value, f"{value} must refuse to start without a secret"
    assert not re.search(r"(?i)(password|_key):\s+[\"']?[a-z0-9]{4,}", text), "no secret has a default"
    for name in ("api", "worker"):
        assert services[name]["command"][0] == {"api": "serve", "worker": "worker"}[name]
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert services["demo"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert all(port.startswith("127.0.0.1:") for port in services["api"]["ports"])


def test_compose_names_settings_there_are() -> None:
    from app.settings import Settings

    text = (ROOT / "compose.yaml").read_text("utf-8") + (ROOT / "Dockerfile").read_text("utf-8")
    named = set(re.findall(r"\b(PATCHWORK_[A-Z_]+)(?=[:=])", text)) - {"PATCHWORK_DB_PASSWORD"}
    assert named
    assert named <= {f"PATCHWORK_{name.upper()}" for name in Settings.model_fields}
