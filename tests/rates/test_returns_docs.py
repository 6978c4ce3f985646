"""The how-to of returns names commands, addresses and findings that there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from fastapi.testclient import TestClient

from app.cli.returns import returns
from pricing.return_checks import Code
from pricing.returns import return_fields

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "open-book-returns.md").read_text(encoding="utf-8")


def test_every_command_and_address_of_the_how_to_is_there(empty: TestClient) -> None:
    commands = {command.name or command.callback.__name__ for command in returns.registered_commands}  # type: ignore[union-attr]
    assert set(re.findall(r"patchwork returns (\w+)", TEXT)) == commands
    served = empty.get("/openapi.json").json()["paths"]
    named = re.findall(r"`(GET|POST) (/v1/[^`?]*)", TEXT)
    assert len(named) == 3
    assert all(method.lower() in served[path] for method, path in named)


def test_every_finding_is_explained_and_the_cells_are_counted() -> None:
    assert set(get_args(Code)) - set(re.findall(r"`([a-z-]+)`", TEXT)) == {"outlier"}
    assert f"{len(return_fields())} cells" in TEXT
