"""Node and npm as the build of the pages finds them: on the PATH, or in the package that brings them."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

WEB = Path(__file__).parents[1] / "web"


def build_script() -> ModuleType:
    """The script that builds the pages, as a module of its own."""
    spec = importlib.util.spec_from_file_location("web_build", WEB / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def find_node() -> tuple[str, list[str]] | None:
    """Node and the command that runs npm; None where there is none that is new enough."""
    script = build_script()
    found = script.node_on_path() or script.node_in_wheel()
    return None if found is None else (str(found[0]), found[1])
