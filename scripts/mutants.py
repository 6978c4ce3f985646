"""Mutation testing, room by room: how many small faults put into the code the tests of its own find.

    make mutants                 every room
    make mutants ROOMS="zoning"  one of them

mutmut makes the faults in a copy of the tree and runs the tests of the room on each. Faults that no test finds
(survivors) are listed in tests/mutants/survivors.toml, each with the reason why it may stay; one that is not listed
fails the run, and so does a room with less than the share found that is asked for.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTED = ROOT / "tests" / "mutants" / "survivors.toml"
ROOMS = ROOT / "tests" / "mutants" / "rooms.toml"
LEAST_SHARE = 0.85
KILLED = {1, 3, 24, 36, 255, 152}
"""Ends of a test run that found the fault: failed, stopped by an error, or out of time."""
NO_TESTS = 33


@dataclass(frozen=True)
class Room:
    """Code to put faults into, and the tests that should find them."""

    name: str
    code: list[str]
    tests: list[str]


def rooms() -> list[Room]:
    """The rooms, as tests/mutants/rooms.toml lists them."""
    given = tomllib.loads(ROOMS.read_text("utf-8"))
    return [Room(name, room["code"], room["tests"]) for name, room in given.items()]


def ends_of(room: Room, folder: Path) -> dict[str, int]:
    """Put every fault into a copy of the tree and run the tests: the end of each run by the fault's name."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")  # noqa: S607
    for file in filter(None, files):
        if (ROOT / file).is_file():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, folder / file)
    packages = ["app", "brokerage", "geo", "pricing", "routing"]
    mine = sorted({path.split("/")[0] for path in room.code})
    config = {
        "source_paths": mine,
        "only_mutate": room.code,
        "also_copy": [*(name for name in packages if name not in mine), "alembic", "alembic.ini"],
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--no-header"],
        "pytest_add_cli_args_test_selection": room.tests,
    }
    lines = ["", "[tool.mutmut]", *(f"{name} = {json.dumps(value)}" for name, value in config.items()), ""]
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join(lines))
    subprocess.run([sys.executable, "-m", "mutmut", "run"], cwd=folder, check=False)
    ends: dict[str, int] = {}
    for meta in (folder / "mutants").rglob("*.meta"):
        ends |= json.loads(meta.read_text("utf-8"))["exit_code_by_key"]
    return {name: end for name, end in ends.items() if end is not None}


def report(room: Room, ends: dict[str, int], listed: dict[str, str]) -> bool:
    """Print what was found of a room; return whether it holds."""
    survivors = sorted(name for name, end in ends.items() if end not in KILLED)
    killed = len(ends) - len(survivors)
    share = killed / len(ends) if ends else 0.0
    unlisted = [name for name in survivors if name not in listed]
    print(
        f"{room.name:<14}{killed:>6} of {len(ends):>6} faults found, {share:.1%}; {len(unlisted)} survivors not listed"
    )
    for name in unlisted:
        print(f"    {name}" + (" (no test runs it)" if ends[name] == NO_TESTS else ""))
    return share >= LEAST_SHARE and not unlisted


def main() -> int:
    """Run the rooms that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="*", help="Rooms; all without.")
    asked = parser.parse_args().rooms
    listed = {each["fault"]: each["reason"] for each in tomllib.loads(LISTED.read_text("utf-8")).get("survivor", [])}
    strange = sorted(set(asked) - {room.name for room in rooms()})
    if strange:
        print(f"found {strange[0]!r}, expected one of {', '.join(room.name for room in rooms())}")
        return 2
    held = True
    for room in rooms():
        if not asked or room.name in asked:
            with tempfile.TemporaryDirectory() as folder:
                held &= report(room, ends_of(room, Path(folder)), listed)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
