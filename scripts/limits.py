"""Measure the code against the limits of the house, and print what is larger with its reason.

    python -m scripts.limits

Ends with 1 where something is larger than its limit and not listed in scripts/limits.toml, or listed and not larger.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import networkx as nx

from scripts.openapi_document import current, untyped

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("app", "brokerage", "geo", "pricing", "routing")
FOLDERS = (*PACKAGES, "bench", "scripts")
MOST_MODULE_LINES = 400
MOST_FUNCTION_LINES = 60
"""Lines of work: without signature and docstring, long where a command or an endpoint describes its options."""
MOST_COMPLEXITY = 15


def files() -> Iterator[tuple[str, str]]:
    """Path and text of every module."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), file.read_text("utf-8")


def large_modules() -> dict[str, int]:
    """Modules over the limit, with their lines."""
    return {path: lines for path, text in files() if (lines := text.count("\n")) > MOST_MODULE_LINES}


def large_functions() -> dict[str, str]:
    """Functions over a limit, with what is measured of them."""
    found = {}
    for path, text in files():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - _work(node).lineno + 1
                if lines > MOST_FUNCTION_LINES:
                    found[f"{path}:{node.name}"] = f"{lines} lines"
    for name, complexity in _complex():
        found[name] = ", ".join(filter(None, [found.get(name), f"complexity {complexity}"]))
    return found


def _work(function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.stmt:
    """The first statement after the docstring."""
    first, *rest = function.body
    return rest[0] if ast.get_docstring(function) is not None and rest else first


def _complex() -> Iterator[tuple[str, str]]:
    command = [sys.executable, "-m", "ruff", "check", "--ignore-noqa", "--select", "C901", "--output-format", "concise"]
    command += ["--no-cache", "--config", f"lint.mccabe.max-complexity={MOST_COMPLEXITY}", *FOLDERS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    for line in done.stdout.splitlines():
        if " C901 " in line:
            path = line.split(":", 1)[0]
            yield f"{path}:{line.split('`')[1]}", line.rpartition("(")[2].split(" >")[0]


def import_circles() -> list[list[str]]:
    """Groups of modules that import each other in a circle."""
    graph = grimp.build_graph(*PACKAGES)
    found: nx.DiGraph[str] = nx.DiGraph()
    found.add_edges_from(
        (module, other) for module in graph.modules for other in graph.find_modules_directly_imported_by(module)
    )
    return [sorted(group) for group in nx.strongly_connected_components(found) if len(group) > 1]


def unlisted(measured: dict[str, str], listed: dict[str, str]) -> list[str]:
    """What is larger and has no reason, and what has one and needs none."""
    return [f"{name}: {measured[name]}, no reason is listed" for name in sorted(set(measured) - set(listed))] + [
        f"{name}: listed, but it is within the limit" for name in sorted(set(listed) - set(measured))
    ]


def main() -> int:
    """Measure and print."""
    listed = tomllib.loads((ROOT / "scripts" / "limits.toml").read_text("utf-8"))
    modules = {path: f"{lines} lines" for path, lines in large_modules().items()}
    functions = large_functions()
    wrong = unlisted(modules, listed["modules"]) + unlisted(functions, listed["functions"])
    circles, objects = import_circles(), list(untyped(current()))
    print(f"Import circles: {len(circles)}", *circles, sep="\n  ")
    print(f"Untyped objects in the OpenAPI document: {len(objects)}", *objects, sep="\n  ")
    limits = f"{MOST_FUNCTION_LINES} lines of work or complexity {MOST_COMPLEXITY}"
    for name, measured, reasons in (
        (f"Modules over {MOST_MODULE_LINES} lines", modules, listed["modules"]),
        (f"Functions over {limits}", functions, listed["functions"]),
    ):
        print(f"{name}: {len(measured)}")
        for place in sorted(measured):
            print(f"  {place}: {measured[place]}. {reasons.get(place, 'NO REASON')}")
    print(*wrong, sep="\n")
    return int(bool(wrong or circles or objects))


if __name__ == "__main__":
    sys.exit(main())
