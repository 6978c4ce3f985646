"""Hostile numbers and texts in every field of the OpenAPI document, as many as are asked for.

    python -m bench.faults.hostile VAR_FOLDER [--requests 20000] [--skip 0] [--seed 1] [--seconds 540]
                                   [--out result.json]

VAR_FOLDER holds an installation (`patchwork demo` makes one); a copy of it is used. Which attacks are sent is drawn by
the seed from all there are. Prints counts by status and every answer that is wrong: a 5xx, one that the document does
not describe, one in Python's own words, or a forbidden value that was not refused by the name of its field.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from app.storage.database import Database
from app.storage.migrate import upgrade
from tests.api.hostile import STREAMS, attacks, known_things, sent
from tests.api.inprocess import in_process
from tests.databases import Installation, settings_for

EVERY = 1000


def main() -> None:
    """Send the attacks and report."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--requests", type=int, default=20_000)
    asked.add_argument("--skip", type=int, default=0, help="of the attacks drawn, those an earlier piece has sent")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--seconds", type=float, default=540.0, help="stop after so long, and say how many were sent")
    asked.add_argument("--out", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "var"
        shutil.copytree(given.folder, kept, symlinks=True)
        settings = settings_for(kept, None)
        upgrade(settings.resolved_database_url)
        database = Database(settings.resolved_database_url)
        found = _attack(Installation("sqlite", settings, database), given)
        database.dispose()
    print(json.dumps(found, indent=1, ensure_ascii=True))
    if given.out:
        given.out.write_text(json.dumps(found, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    sys.exit(1 if found["wrong"] else 0)


def _attack(installation: Installation, given: argparse.Namespace) -> dict[str, object]:
    rng = random.Random(given.seed)  # noqa: S311 - a sample that need not be secret
    statuses: Counter[int] = Counter()
    operations: Counter[str] = Counter()
    wrong: list[str] = []
    with in_process(installation) as county:
        drawn = [
            attack
            for attack in attacks(county.app.openapi(), known_things(county), rng, 20)
            if attack.operation_id not in STREAMS
        ]
        known = len(drawn)
        rng.shuffle(drawn)
        began = time.monotonic()
        for attack in drawn[given.skip : given.skip + given.requests]:
            if time.monotonic() - began > given.seconds:
                break
            outcome = sent(county, attack)
            statuses[outcome.status] += 1
            operations[attack.operation_id] += 1
            if outcome.fault is not None:
                wrong.append(outcome.fault)
                print(outcome.fault.encode("ascii", "backslashreplace").decode(), file=sys.stderr, flush=True)
            if statuses.total() % EVERY == 0:
                print(f"{statuses.total()} sent, {len(wrong)} wrong", file=sys.stderr, flush=True)
    return {
        "seed": given.seed,
        "attacks_known": known,
        "skipped": given.skip,
        "requests": statuses.total(),
        "operations": len(operations),
        "by_status": {str(status): count for status, count in sorted(statuses.items())},
        "server_errors": sum(count for status, count in statuses.items() if status >= 500),
        "wrong": wrong,
    }


if __name__ == "__main__":
    main()
