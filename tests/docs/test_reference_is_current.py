"""The reference pages say what the code says."""

from __future__ import annotations

import subprocess
import sys

from app.problems import CATALOGUE
from app.security.roles import Permission, Role
from app.settings import Settings
from tests.docs.blocks import ROOT

REFERENCE = ROOT / "docs" / "reference"


def test_pages_made_from_the_code_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/make_reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nRun: python scripts/make_reference.py"


def test_every_setting_is_described_in_words() -> None:
    page = (REFERENCE / "settings.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        assert f"`PATCHWORK_{name.upper()}`" in page
        assert len(field.description or "") > 15, name


def test_every_role_permission_and_problem_is_listed() -> None:
    roles = (REFERENCE / "roles.md").read_text("utf-8")
    assert all(role in roles.splitlines()[6] for role in Role)
    assert all(roles.count(f"| `{permission.value}` |") == 2 for permission in Permission)
    problems = (REFERENCE / "problems.md").read_text("utf-8")
    assert all(f"| `{name}` |" in problems for name in CATALOGUE)
