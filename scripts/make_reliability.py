"""Write docs/reference/reliability.md from the promises and from what the runs of faults counted.

python -m scripts.make_reliability            write the page
python -m scripts.make_reliability --check    change nothing; end with 1 where the page is out of date
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FAULTS = ROOT / "bench" / "faults"
PAGE = ROOT / "docs" / "reference" / "reliability.md"
FAILURES = ("lost", "done_twice", "half_done")


def page() -> str:
    """The page as it should be."""
    data = tomllib.loads((FAULTS / "promises.toml").read_text("utf-8"))
    rounds, files = _held("rounds.json", []), _held("files.json", {"kinds": {}})
    lines = [
        "# Reliability",
        "",
        "<!-- Written by scripts/make_reliability.py from bench/faults. Run it again after a run of faults. -->",
        "",
        "What the service promises when something goes wrong, what tests it, how many cases the last recorded runs had",
        "and how many failed. Tests without a number run with every `make test`.",
        "",
        "| promise | test | cases | failures |",
        "|---|---|---|---|",
    ]
    for row in data["promise"]:
        cases, failed = _counts(row, rounds, files)
        tests = ", ".join(f"`{name.strip()}`" for name in row["test"].split(","))
        lines.append(f"| {row['says']} | {tests} | {cases} | {failed} |")
    lines += [
        "",
        *_runs(rounds),
        *_files(files),
        *_hostile(_held("hostile.json", [])),
        *_beside(data["beside"]),
        *LIMITS,
    ]
    return "\n".join(lines) + "\n"


def _held(name: str, absent: Any) -> Any:
    path = FAULTS / name
    return json.loads(path.read_text("utf-8")) if path.exists() else absent


def _counts(row: dict[str, Any], rounds: list[dict[str, Any]], files: dict[str, Any]) -> tuple[str, str]:
    if row.get("files"):
        kinds = files["kinds"].values()
        failed = sum(kind["unhandled"] + kind["unnamed"] for kind in kinds)
        return (f"{sum(kind['files'] for kind in kinds):,} files", str(failed)) if kinds else ("", "")
    kinds = [run["kinds"][name] for run in rounds for name in row.get("rounds", []) if name in run["kinds"]]
    if not kinds:
        return "", ""
    failed = sum(sum(kind[name] for name in FAILURES) + len(kind["broken"]) for kind in kinds)
    asked = sum(kind["acknowledged"] for kind in kinds)
    return f"{sum(kind['rounds'] for kind in kinds):,} rounds, {asked:,} writes", str(failed)


def _runs(rounds: list[dict[str, Any]]) -> list[str]:
    if not rounds:
        return []
    lines = [
        "## Rounds of faults",
        "",
        "Run by `bench/faults/run.py`; a seed gives the same faults again.",
        "",
        "| run on | database | seed | rounds | acknowledged | lost | done twice | half done, seen | otherwise broken |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for run in sorted(rounds, key=lambda run: (run["database"], run["seed"])):
        names = ("run_on", "database", "seed", "rounds", "acknowledged", *FAILURES, "broken")
        lines.append("| " + " | ".join(str(run[name]) for name in names) + " |")
    return [*lines, ""]


def _files(files: dict[str, Any]) -> list[str]:
    if not files["kinds"]:
        return []
    lines = [
        "## Mutated files",
        "",
        f"Run on {files['run_on']} by `bench/faults/files.py --seed {files['seed']}`. Where a reader stopped, whoever",
        "asked got an error that says so; unhandled is an error of ours, unnamed a refusal without what to do.",
        "",
        "| kind | files | read | refused | reader stopped | unhandled | unnamed |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, counts in files["kinds"].items():
        names = ("files", "read", "refused", "stopped", "unhandled", "unnamed")
        lines.append(f"| {kind} | " + " | ".join(f"{counts[name]:,}" for name in names) + " |")
    return [*lines, ""]


def _hostile(runs: list[dict[str, Any]]) -> list[str]:
    if not runs:
        return []
    lines = [
        "## Hostile values",
        "",
        "Sent by `bench/faults/hostile.py`: numbers and texts that no field may hold, and odd ones that some may, in",
        "each field of each operation. A run that was stopped by the clock sent fewer than it was asked for.",
        "",
        "| seed | passed over | asked for | sent | operations | answers of 5xx | otherwise wrong |",
        "|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        names = ("seed", "skipped", "asked", "requests", "operations", "server_errors", "otherwise_wrong")
        lines.append("| " + " | ".join(f"{run[name]:,}" for name in names) + " |")
    notes = [f"- Seed {run['seed']}, from {run['skipped']:,}: {run['note']}" for run in runs if run.get("note")]
    return [*lines, "", *notes, *([""] if notes else [])]


def _beside(rows: list[dict[str, str]]) -> list[str]:
    lines = ["## Beside others", "", "| | promises | tests | source |", "|---|---|---|---|"]
    lines += [f"| {row['who']} | {row['promises']} | {row['tests']} | <{row['source']}> |" for row in rows]
    return [*lines, ""]


LIMITS = [
    "## What may be lost",
    "",
    "A write that was answered stands on the disk: SQLite writes with `synchronous=FULL`, and PostgreSQL keeps its",
    "`fsync` and `synchronous_commit` as they come. With `synchronous_commit=off` a power cut may take the last",
    "of what was answered.",
    "",
    "The answer to a write may be. Where the process is killed after the write is kept and before it is answered, the",
    "same request sent again with its `Idempotency-Key` is refused: it is done, and its answer is lost. It is never",
    "done a second time.",
    "",
    "Not tested here: power cuts themselves, and disks that lie about what they have written.",
]


def main() -> None:
    """Write the page, or say that it is out of date."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--check", action="store_true")
    given = asked.parse_args()
    if not given.check:
        PAGE.write_text(page(), "utf-8")
    elif PAGE.read_text("utf-8") != page():
        print("reliability.md is out of date: python -m scripts.make_reliability")
        sys.exit(1)


if __name__ == "__main__":
    main()
