"""Every command the README shows does what the README says."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import demo_installation
from tests.docs.blocks import ROOT, Reader, blocks_of, shortened
from tests.services import Service, running_service

pytestmark = pytest.mark.xdist_group("readers of the documentation")
README = ROOT / "README.md"
SHORT_GUIDES = [
    "docs/tutorial/first-county.md",
    "docs/how-to/deploy-with-postgresql.md",
    "docs/how-to/manage-keys.md",
    "docs/how-to/place-a-package.md",
    "docs/how-to/uplift-forecast-and-afford.md",
    "docs/how-to/export-to-qgis-and-excel.md",
    "docs/how-to/back-up-and-upgrade.md",
    "docs/how-to/run-several-workers.md",
]
# These plan and search for minutes: `make guides` runs them.
LONG_GUIDES = [
    "docs/how-to/travel-times.md",
    "docs/how-to/plan-rounds.md",
    "docs/how-to/measure-travel.md",  # before the next one publishes another plan
    "docs/how-to/publish-a-plan.md",
    "docs/how-to/compare-plans.md",
]
GUIDES = [*SHORT_GUIDES, *LONG_GUIDES]


@pytest.fixture(scope="module")
def demo_service(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Iterator[Service]:
    """What a reader has after `make run`."""
    with (
        demo_installation("sqlite", tmp_path_factory.mktemp("reader"), shared_folder) as installation,
        running_service(installation, worker=True) as service,
    ):
        yield service


def _make(*targets: str) -> str:
    # The tests themselves may run under make, whose own variables would make this one speak otherwise.
    environment = {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    }
    command = ["make", "-n", "--always-make", *targets]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True
    ).stdout


def test_every_command_of_the_readme_does_what_the_readme_says(demo_service: Service, tmp_path: Path) -> None:
    answers = 0
    for block, printed, promised in Reader(demo_service, tmp_path).follow(README):
        if promised is not None:
            assert shortened(json.loads(printed), promised) == promised, str(block)
            answers += 1
        if "price --input" in block.text:
            assert "18.75" in printed
        if "demo --report" in block.text:
            assert "Synthetic demand" in printed
            assert "£19.56" in printed
        if "doctor" in block.text:
            assert "FAIL" not in printed.replace("FAIL  first page", "")
    assert answers == 2


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_of_the_guides_works(guide: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if guide in LONG_GUIDES and os.environ.get("PATCHWORK_TEST_GUIDES") != "all":
        pytest.skip("takes minutes: `make guides` runs it")
    demo_service: Service = request.getfixturevalue("demo_service")
    for block, printed, promised in Reader(demo_service, tmp_path).follow(ROOT / guide):
        if promised is not None:
            assert shortened(json.loads(printed), promised) == promised, str(block)


def test_the_readme_leaves_nothing_out_of_the_run() -> None:
    blocks = blocks_of(README)
    assert {block.kind for block in blocks} == {"sh", "json"}
    assert [block.text.strip() for block in blocks if block.stays] == ["make run", "make test"]
    assert not [block for block in blocks if block.not_run]
    assert sum(block.kind == "sh" for block in blocks) >= 7


def test_commands_that_stay_name_options_there_are() -> None:
    from typer.testing import CliRunner

    from app.cli.main import app

    for page in [README, *(ROOT / guide for guide in GUIDES)]:
        for words in re.findall(r"patchwork ((?:serve|worker)[^\n`]*)", "".join(b.text for b in blocks_of(page))):
            shown = CliRunner().invoke(app, [*words.split(), "--help"], catch_exceptions=False)
            assert shown.exit_code == 0, f"{page.name}: patchwork {words}"
            for option in re.findall(r"--[a-z-]+", words):
                assert option in shown.output, f"{page.name}: patchwork {words}"


def test_make_run_installs_builds_loads_and_serves_on_the_port_asked_for() -> None:
    steps = _make("run", "PORT=8123").splitlines()
    demo = next(i for i, step in enumerate(steps) if step.endswith("patchwork demo"))
    serve = next(i for i, step in enumerate(steps) if step.endswith("patchwork serve --port 8123"))
    install = next(i for i, step in enumerate(steps) if "--no-deps" in step)
    page = next(i for i, step in enumerate(steps) if "web/build.py" in step)
    assert install < page < demo < serve


def test_make_test_runs_every_check() -> None:
    steps = _make("test")
    for check in ("ruff check", "ruff format --check", "mypy", "lint-imports", "-m pytest"):
        assert check in steps


def test_make_install_makes_the_environment_and_nothing_else() -> None:
    lines = _make("install").replace("\\\n", " ").splitlines()
    steps = [line for line in lines if not re.match(r"test -n |\S*python\S* -c |.*-c 'import sys", line.strip())]
    does = [re.sub(r"^test -x \S+ \|\| ", "", step.strip()) for step in steps if step.strip()]
    assert len(does) == 5, does
    assert does[0].endswith("-m venv .venv")
    assert "pip" in does[1]
    assert "--no-deps --require-hashes -r requirements/base.txt" in does[1]
    assert does[2].endswith("-e .")
    assert "-m geo.zoning.solve.warm" in does[3]
    assert does[4] == "touch .venv/.installed"
    assert not [step for step in does if re.search(r"patchwork|npm|node|web/", step)]
