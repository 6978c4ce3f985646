"""The tutorial works: its commands are run as a commissioner would type them, on an empty service and on a full one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import ADMIN_KEY, Installation, blank_installation, demo_installation
from tests.services import running_service

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "publish-a-rate-card.md"
MARK = "=== end of step {} ==="


def steps() -> list[tuple[str, list[str]]]:
    """Each block of commands with the lines that the tutorial shows after it."""
    blocks = re.findall(r"```(bash|text)\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
    found: list[tuple[str, list[str]]] = []
    for kind, body in blocks:
        if kind == "bash":
            found.append((body, []))
        else:
            found[-1][1].extend(body.strip().splitlines())
    return found


@pytest.mark.slow
def test_the_tutorial_ends_with_a_published_card_on_an_empty_service(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with blank_installation("sqlite", tmp_path / "data") as installation:
        follow(installation, tmp_path)


@pytest.mark.slow
def test_the_tutorial_runs_on_the_demonstration_too(tmp_path: Path, shared_folder: Path) -> None:
    """As it stands after the first tutorial: with a card in force from November 2020."""
    (tmp_path / "data").mkdir()
    with demo_installation("sqlite", tmp_path / "data", shared_folder) as installation:
        follow(installation, tmp_path)


def follow(installation: Installation, tmp_path: Path) -> None:
    """Type every command of the tutorial, and hold what is shown against what the tutorial says."""
    commands = steps()
    assert len(commands) > 9
    script = "set -e -o pipefail\n" + "".join(
        f"{body}\necho '{MARK.format(number)}'\n" for number, (body, _) in enumerate(commands)
    )
    work = tmp_path / "work"
    work.mkdir()
    with running_service(installation, worker=False) as service:
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PATCHWORK_URL": service.url,
            "PATCHWORK_KEY": ADMIN_KEY,
        }
        done = subprocess.run(
            ["bash", "-c", script], cwd=work, env=environment, capture_output=True, text=True, check=False, timeout=400
        )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    rest = done.stdout
    for number, (body, shown) in enumerate(commands):
        output, _, rest = rest.partition(MARK.format(number))
        for line in shown:
            assert line in output, f"after\n{body}\nexpected {line!r} in\n{output}"
    for name in ("price.xlsx", "card.xlsx"):
        assert (work / name).read_bytes().startswith(b"PK")
    assert "Travel time" in (work / "annex-a.csv").read_text(encoding="utf-8-sig")
