"""No code reads what somebody sent past the guard: what can is listed, and called through its door only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "brokerage", "geo", "pricing", "routing")

READING = {
    "python_calamine": {"app/ingest/tables/workbook.py", "app/ingest/libraries.py"},
    "load_workbook": {"app/exports/filled_list.py"},
    "ParquetFile": {"app/ingest/tables/parquet.py"},
    "read_parquet": set[str](),
    "read_excel": set[str](),
    "open_csv": {"app/ingest/postcode_archive.py"},
    "list_layers": {"app/ingest/plan_files.py", "app/ingest/outlines.py", "routing/importers/layers.py"},
    "read_dataframe": set[str](),
    "read_file": {"app/ingest/plan_files.py", "app/ingest/outlines.py"},
    "from_geojson": {"app/ingest/plan_files.py"},
    "load_graphml": {"routing/importers/osmnx_graph.py"},
    "FileProcessor": {"routing/osm.py"},
    "ElementTree": {"app/ingest/tables/workbook.py"},
    "expat": {"app/ingest/guard/locate.py"},
    "ZipFile": {
        "app/ingest/outlines.py",
        "app/ingest/guard/measure.py",
        "app/ingest/guard/locate.py",
        "app/ingest/tables/read.py",
        "app/ingest/tables/workbook.py",
        "app/ingest/plan_files.py",
        "app/ingest/postcode_archive.py",
        "app/ingest/postcode_names.py",
        "app/usecases/service/archive.py",
    },
}
"""What opens a file of somebody else's, and the modules that may use it. Each stands behind one of the doors below."""

DOORS = {
    "app.ingest.tables.door:read_measured": "app/ingest/tables/door.py",
    "app.ingest.plan_files:read_plan_file_here": "app/ingest/plan_files.py",
    "app.ingest.outlines:polygons_here": "app/ingest/outlines.py",
    "app.ingest.postcode_files:read_postcode_file_here": "app/ingest/postcode_files.py",
    "app.ingest.postcode_names:names_in_here": "app/ingest/postcode_names.py",
    "app.usecases.travel.roads:import_roads_here": "app/usecases/travel/roads.py",
    "app.exports.filled_list:filled_workbook": "app/exports/filled_list.py",
}
"""What is read in a process of its own, and the one module that asks for it."""

BEHIND = {
    "read_table_here": {"app/ingest/tables/door.py"},
    "read_roads": {"app/usecases/travel/roads.py", "routing/travel.py"},
    "read_mapped_lines": {"routing/importers/front_door.py"},
    "read_graphml": {"routing/importers/front_door.py"},
    "read_ways": {"routing/importers/front_door.py", "routing/osm.py"},
    "workbook_lines": {"app/ingest/tables/read.py"},
    "parquet_lines": {"app/ingest/tables/read.py"},
}
"""Readers by name, and the modules that may call them."""


CHOOSING = {"read_for", "read_table"}
"""Doors that are handed a function which picks columns; it travels to the process that reads."""
APART_ALREADY = {"app/ingest/postcode_names.py"}
"""Calls such a door from within a process that reads, so that nothing travels any further."""

WORDS = {"read_apart", *CHOOSING, *READING, *BEHIND, *(door.partition(":")[2] for door in DOORS)}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if any(word in text for word in WORDS):  # the others are not worth parsing
                yield path.relative_to(ROOT).as_posix(), ast.parse(text)


def names_used(tree: ast.Module) -> set[str]:
    """Every name, attribute and imported module or member of a source."""
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.Attribute):
            used.add(node.attr)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            used |= {part for alias in node.names for part in alias.name.split(".")}
            used |= set((getattr(node, "module", "") or "").split("."))
    return used


def calls(tree: ast.Module) -> set[str]:
    found = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {f.id if isinstance(f, ast.Name) else f.attr for f in found if isinstance(f, ast.Name | ast.Attribute)}


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return dict(sources())


@pytest.fixture(scope="module")
def used(trees: dict[str, ast.Module]) -> dict[str, set[str]]:
    return {path: names_used(tree) for path, tree in trees.items()}


@pytest.fixture(scope="module")
def called(trees: dict[str, ast.Module]) -> dict[str, set[str]]:
    return {path: calls(tree) for path, tree in trees.items()}


@pytest.mark.parametrize("reader", sorted(READING))
def test_a_library_that_opens_files_is_used_where_it_is_listed_and_nowhere_else(
    used: dict[str, set[str]], reader: str
) -> None:
    using = {path for path, names in used.items() if reader in names}
    assert using == READING[reader], f"read it behind a door of app.ingest.guard, and list the module here: {reader}"


@pytest.mark.parametrize("reader", sorted(BEHIND))
def test_a_reader_is_called_by_its_door_and_nobody_else(called: dict[str, set[str]], reader: str) -> None:
    assert {path for path, names in called.items() if reader in names} <= BEHIND[reader]


def test_every_reading_apart_is_a_door_and_nobody_calls_past_it(
    trees: dict[str, ast.Module], called: dict[str, set[str]]
) -> None:
    asked = {
        (node.args[0].value, path)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "read_apart"
        and isinstance(node.args[0], ast.Constant)
    }
    assert asked == set(DOORS.items())
    inside = {door.partition(":")[2] for door in DOORS}
    past = {(name, path) for path, names in called.items() for name in inside & names}
    assert past == set(), "what is read apart is named to the guard, not called"


def test_a_function_that_picks_columns_is_one_that_can_travel_to_the_reader(trees: dict[str, ast.Module]) -> None:
    """A small CSV is read here and would hide it; a workbook is not."""
    handed, stays = 0, []
    for path, tree in trees.items():
        if path in APART_ALREADY:
            continue
        inner = {
            one.name
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
            for one in ast.walk(function)
            if isinstance(one, ast.FunctionDef) and one is not function
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CHOOSING:
                handed += 1
                given = [part for argument in node.args for part in ast.walk(argument)]
                if any(isinstance(one, ast.Lambda) or (isinstance(one, ast.Name) and one.id in inner) for one in given):
                    stays.append(f"{path}:{node.lineno}")
    assert handed > 10
    assert stays == [], "pass a function at the top level of its module, or a partial of one"
