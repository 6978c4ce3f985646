"""Mutation testing, room by room: how many small faults put into the code the tests of its own find.

    make mutants                                  every room
    make mutants ROOMS="zoning"                   one of them
    make mutants ROOMS="pricing --sample 300"     300 faults drawn by a seed, where the whole takes too long

mutmut makes the faults in a copy of the tree and runs the tests of the room on each. Faults that no test finds
(survivors) are listed in tests/mutants/survivors.toml, each with the reason why it may stay; the run fails where one is
not listed. The score is printed by package, and by module with --modules; a sample says that it is one.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import random
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
KILLED = {1, 3, 24, 36, 255, 152}
"""Ends of a test run that found the fault: failed, stopped by an error, or out of time."""
NO_TESTS = 33
GENERATE_ONLY = "no fault has this name"
"""Given to mutmut in place of names: it makes the faults, times the tests, and then finds none to run."""


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


def ends_of(room: Room, folder: Path, sample: int | None, seed: int) -> tuple[dict[str, int], int]:
    """Put faults into a copy of the tree and run the tests.

    Returns:
        The end of each run by the fault's name, and how many faults there are in all.
    """
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
    _mutmut(folder, [GENERATE_ONLY], quiet=True)
    every = sorted(_known(folder))
    drawn = every if sample is None or sample >= len(every) else random.Random(seed).sample(every, sample)  # noqa: S311
    if drawn:
        _mutmut(folder, [] if drawn is every else drawn)
    ends = _known(folder)
    return {name: end for name in drawn if (end := ends[name]) is not None}, len(every)


def _mutmut(folder: Path, names: list[str], *, quiet: bool = False) -> None:
    subprocess.run([sys.executable, "-m", "mutmut", "run", *names], cwd=folder, check=False, capture_output=quiet)  # noqa: S603


def _known(folder: Path) -> dict[str, int | None]:
    """Every fault that was made, with the end of its run where it was run."""
    ends: dict[str, int | None] = {}
    for meta in (folder / "mutants").rglob("*.meta"):
        ends |= json.loads(meta.read_text("utf-8"))["exit_code_by_key"]
    return ends


def _reason(name: str, listed: dict[str, str]) -> str | None:
    """Why a survivor may stay; a listed name may hold ``*`` for the number of the fault."""
    return next((reason for fault, reason in listed.items() if fnmatch.fnmatchcase(name, fault)), None)


def _scores(ends: dict[str, int], depth: int) -> None:
    """Print the share found by package (depth 1) or module (depth 2)."""
    groups: dict[str, list[bool]] = {}
    for name, end in ends.items():
        groups.setdefault(".".join(name.split(".x")[0].split(".")[:depth]), []).append(end in KILLED)
    for group, found in sorted(groups.items()):
        print(f"  {group:<40}{sum(found):>6} of {len(found):>6} found, {sum(found) / len(found):.1%}")


def report(room: Room, ends: dict[str, int], every: int, listed: dict[str, str], *, modules: bool) -> bool:
    """Print what was found of a room; return whether each survivor has its reason."""
    survivors = sorted(name for name, end in ends.items() if end not in KILLED)
    killed = len(ends) - len(survivors)
    share = killed / len(ends) if ends else 0.0
    unlisted = [name for name in survivors if _reason(name, listed) is None]
    of = f" (a sample of {every})" if len(ends) < every else ""
    found = f"{killed:>6} of {len(ends):>6} faults found{of}, {share:.1%}"
    print(f"{room.name:<14}{found}; {len(unlisted)} survivors not listed")
    _scores(ends, 2 if modules else 1)
    for name in unlisted:
        print(f"    {name}" + (" (no test runs it)" if ends[name] == NO_TESTS else ""))
    return bool(ends) and not unlisted


def main() -> int:
    """Run the rooms that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", help="Rooms; all without.")
    parser.add_argument("--sample", type=int, help="Faults to draw of each room; all without.")
    parser.add_argument("--seed", type=int, default=0, help="Of the sample.")
    parser.add_argument("--modules", action="store_true", help="Score by module, not by package.")
    parser.add_argument("--only", default="", help="Faults of modules whose path ends so, such as guards.py.")
    parser.add_argument("--keep", type=Path, help="Folder for the copy of the tree, which is left there to look at.")
    given = parser.parse_args()
    listed = {each["fault"]: each["reason"] for each in tomllib.loads(LISTED.read_text("utf-8")).get("survivor", [])}
    strange = sorted(set(given.rooms) - {room.name for room in rooms()})
    if strange:
        print(f"found {strange[0]!r}, expected one of {', '.join(room.name for room in rooms())}")
        return 2
    held = True
    for room in rooms():
        if given.rooms and room.name not in given.rooms:
            continue
        part = Room(room.name, _chosen(room, given.only), room.tests) if given.only else room
        with tempfile.TemporaryDirectory() as folder:
            ends, every = ends_of(part, given.keep or Path(folder), given.sample, given.seed)
        held &= report(part, ends, every, listed, modules=given.modules)
    return 0 if held else 1


def _chosen(room: Room, ending: str) -> list[str]:
    paths = [path for pattern in room.code for path in ROOT.glob(pattern) if path.as_posix().endswith(ending)]
    return [path.relative_to(ROOT).as_posix() for path in sorted(paths)]


if __name__ == "__main__":
    sys.exit(main())
