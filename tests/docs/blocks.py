"""The fenced blocks of a page, and how its commands are run as a reader would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.jobs.supervisor import settings_environment
from tests.services import Service

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "http://127.0.0.1:8000"
_FENCE = re.compile(
    r"(?P<note><!-- not run: [^>]*-->\n+)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_STAYS = re.compile(r"^\s*(\.venv/bin/)?(make (run|test)|patchwork (serve|worker))\b", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    page: str
    number: int
    kind: str
    text: str
    not_run: bool

    def __str__(self) -> str:
        return f"{self.page}, block {self.number}:\n{self.text}"

    @property
    def stays(self) -> bool:
        """Whether it starts something that does not end: a service, or the tests themselves."""
        return _STAYS.search(self.text) is not None


def blocks_of(page: Path) -> list[Block]:
    """Every fenced block of a page, in order."""
    found = _FENCE.finditer(page.read_text("utf-8"))
    name = page.relative_to(ROOT).as_posix()
    return [Block(name, i, m["kind"], m["text"], m["note"] is not None) for i, m in enumerate(found, start=1)]


class Reader:
    """Somebody who follows a page command by command, in a folder of their own."""

    def __init__(self, service: Service, folder: Path) -> None:
        """Stand in ``folder``, with the commands and the data of ``service``."""
        self._service, self._folder = service, folder
        (folder / ".venv").mkdir(exist_ok=True)
        if not (folder / ".venv" / "bin").exists():
            (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PATCHWORK_")},
            **settings_environment(service.installation.settings),
            "PATCHWORK_KEY": service.keys["admin"],
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "USER": "reader",
        }

    def run(self, block: Block) -> str:
        """Run a block; what it printed. Variables last from block to block, as they do in a terminal.

        Raises:
            AssertionError: a command of it failed.
        """
        kept = self._folder / ".variables"
        text = block.text.replace(ADDRESS, self._service.url)
        text = f"set -a\n[ ! -e {kept} ] || . {kept}\n{text}\nexport -p > {kept}\n"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=self._folder,
            env=self._environment,
            input=self._service.keys["admin"] + "\n",
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, (
            f"{block}\nended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
        return done.stdout

    def follow(self, page: Path) -> Iterator[tuple[Block, str, Any]]:
        """Run every command of a page that ends; yields each with what it printed and the JSON the page promises."""
        blocks = blocks_of(page)
        for block, after in zip(blocks, [*blocks[1:], None], strict=True):
            if block.kind == "sh" and not block.not_run and not block.stays:
                promised = json.loads(after.text) if after is not None and after.kind == "json" else None
                yield block, self.run(block), promised


def shortened(found: Any, promised: Any) -> Any:
    """``found`` cut down to the members that ``promised`` has."""
    if isinstance(promised, dict) and isinstance(found, dict):
        return {name: shortened(found.get(name), value) for name, value in promised.items()}
    return found
