"""Run each benchmark briefly in a process of its own and print one table: `make bench`.

    python bench/run.py [NAME ...]

Figures go to bench/results/, one JSON file a benchmark. Names choose some of: lookup, import, classify, pricing,
rounds, zoning. The last three print their own ratios; see README.md for how to run any of them at length.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from bench.county import make_county  # noqa: E402
from bench.figures import Figure, table  # noqa: E402

MEASURED = {
    "lookup": ["-m", "bench.service.lookup", "--rounds", "5", "--seconds", "2"],
    "import": ["-m", "bench.packages.whole_import"],
    "classify": ["-m", "bench.bands.classify_areas"],
}
TOLD = {
    "pricing": ["-m", "bench.pricing.bench_price"],
    "rounds": ["bench/routing/home_care_day.py", "--visits", "60", "--carers", "14", "--seconds", "5"],
    "zoning": ["bench/zoning/zone_plans.py", "--units", "300", "--seconds", "5", "--seeds", "0"],
}
MOST_SECONDS = 300


def run(name: str, command: list[str]) -> bool:
    """Run one benchmark; says so when it fails or takes too long."""
    begun = time.perf_counter()
    print(f"== {name}", flush=True)
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    try:
        done = subprocess.run(  # noqa: S603 - our own scripts
            [sys.executable, *command], cwd=HERE.parent, env=environment, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        print(f"{name}: stopped after {MOST_SECONDS} s", flush=True)
        return False
    print(f"   ({name}: {time.perf_counter() - begun:.0f} s, exit {done.returncode})", flush=True)
    return done.returncode == 0


def main(chosen: list[str]) -> int:
    """Run what was chosen, or everything; return 0 when all ran."""
    unknown = set(chosen) - MEASURED.keys() - TOLD.keys()
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join([*MEASURED, *TOLD])}")
        return 2
    wanted = chosen or [*MEASURED, *TOLD]
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    failed: list[str] = []
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="patchwork-bench-county-") as folder:
        if any(name in MEASURED for name in wanted):
            make_county(Path(folder))
        for name in wanted:
            file = results / f"{name}.json"
            file.unlink(missing_ok=True)
            if name in TOLD:
                well = run(name, TOLD[name])
            else:
                well = run(name, [*MEASURED[name], "--data", folder, "--json", str(file)])
            if not well:
                failed.append(name)
            elif file.exists():
                for row in json.loads(file.read_text())["figures"]:
                    row.pop("ratio")
                    figures.append(Figure(**row))
    print(f"\n{table(figures)}\n{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f} at the end")
    if failed:
        print(f"did not finish: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
