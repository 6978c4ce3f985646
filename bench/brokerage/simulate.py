"""Rule sets beside weighted round robin, turns against what is owed, and exchanges from a scattered county.

    python bench/brokerage/simulate.py [--seeds 5] [--json FILE]

Prints for every shipped rule set the mean days to the first visit beside weighted round robin on the same counties,
the 95th percentile of turns against owed, and for the scattered county the mean wait without and with exchanges and
near-first ranking.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from brokerage.rules.library import shipped_rule_sets
from brokerage.simulation import simulate
from brokerage.simulation.compare import compare, figure
from brokerage.simulation.made_up import CountyShape, made_up_county
from brokerage.simulation.scattered import SHAPE, WITH, WITHOUT, near_first, scattered_county

PEER = "weighted-round-robin"


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    seeds = list(range(1, given.seeds + 1))
    rules = shipped_rule_sets()
    found = {one.rule_set: one for one in compare(rules.values(), partial(made_up_county, CountyShape()), seeds)}
    rows = {}
    for name, one in found.items():
        pairs = [
            a.mean_days_to_first_visit / b.mean_days_to_first_visit - 1
            for a, b in zip(one.runs, found[PEER].runs, strict=True)
        ]
        wait, stray = one.of("mean_days_to_first_visit"), one.of("stray_p95")
        slower = figure(pairs)
        rows[name] = {
            "days_to_first_visit": round(wait.mean, 3) if wait else None,
            "slower_than_round_robin": [round(x, 4) for x in (slower.mean, slower.low, slower.high)],
            "stray_p95_packages": round(stray.mean, 3) if stray else None,
            "minutes_per_visit": round(sum(run.minutes_per_visit for run in one.runs) / len(seeds), 2),
        }
        print(name, rows[name], flush=True)
    scattered = {}
    for name, chosen, assumed in (
        ("scattered, round robin", rules[PEER], WITHOUT),
        ("exchanges, round robin", rules[PEER], WITH),
        ("exchanges, near first", near_first(rules["open-round"]), WITH),
    ):
        waits = figure([simulate(scattered_county(seed), chosen, seed, assumed).mean_days for seed in seeds])
        scattered[name] = [round(x, 2) for x in (waits.mean, waits.low, waits.high)]
        print(name, scattered[name], "days, with 95% interval;", SHAPE, flush=True)
    if given.json:
        given.json.write_text(json.dumps({"rule_sets": rows, "scattered": scattered}, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
