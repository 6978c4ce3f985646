"""The how-to names addresses that the service has, and options that the command has."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest
from fastapi.testclient import TestClient

from app.cli import rates_consult, rates_evidence
from app.cli.pricing import price
from app.cli.rates_propose import propose

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "set-rates.md"


def test_every_address_in_the_how_to_is_served(empty: TestClient) -> None:
    named = re.findall(r"`(GET|POST) (/v1/[^`?]*)", HOW_TO.read_text(encoding="utf-8"))
    served = {
        (method.upper(), path)
        for path, methods in empty.get("/openapi.json").json()["paths"].items()
        for method in methods
    }
    assert len(named) > 15
    assert set(named) - served == set()


def test_every_option_of_proposing_is_the_commands() -> None:
    lines = HOW_TO.with_name("propose-rates.md").read_text(encoding="utf-8").splitlines()
    others = ("$ patchwork rates evidence", "$ patchwork rates consult")
    text = "\n".join(line for line in lines if not line.startswith(others))
    named = set(re.findall(r"--([a-z][a-z-]+)", text)) - {
        "json",
        "against",
        "accept",
        "out",
        "no-draft",
        "without-cost",
    }
    assert {"year", "wage", "uplift", "mileage", "absence-days", "input"} <= named
    assert all(
        f'"--{name}"' in inspect.getsource(propose) or f"{name}: Annotated" in inspect.getsource(propose)
        for name in named
    )


@pytest.mark.parametrize(("command", "module"), [("evidence", rates_evidence), ("consult", rates_consult)])
def test_every_option_of_the_evidence_and_of_its_log_is_the_commands(command: str, module: ModuleType) -> None:
    lines = HOW_TO.with_name("propose-rates.md").read_text(encoding="utf-8").splitlines()
    shown = [line for line in lines if line.startswith(f"$ patchwork rates {command}")]
    named = {name for line in shown for name in re.findall(r"--([a-z][a-z-]+)", line)}
    assert named
    source = inspect.getsource(module)
    assert all(f'"--{name}"' in source or f"{name}: Annotated" in source for name in named)


def test_every_option_in_the_how_to_is_the_commands() -> None:
    named = set(re.findall(r"--([a-z][a-z-]+)", HOW_TO.read_text(encoding="utf-8")))
    assert named == {"input", "year", "wage", "own-figures"}
    source = inspect.getsource(price)
    assert all(f'"--{name}"' in source or f"{name}: Annotated" in source for name in named)
