"""Eight councils loaded from one directory of the whole United Kingdom: time, memory, area, islands, names, pieces.

    .venv/bin/python -m bench.postcodes.uk_directory uk.zip
    .venv/bin/python -m bench.postcodes.eight_councils uk.zip

True areas (extent of the realm without tidal water): ONS, Standard Area Measurements, December 2023, in km².
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNCILS = {
    "Rutland": 382,
    "Leeds": 552,
    "Isle of Wight": 380,
    "Cornwall, Isles of Scilly": 3563,
    "Kent": 3544,
    "Camden": 21.8,
    "Highland": 25657,
    "Powys": 5181,
}


def main(directory: Path) -> None:
    """Load each council in a process and folder of its own and print a line for it."""
    print(
        f"{'council':<28}{'s':>6}{'MB':>7}{'areas':>7}{'km²':>9}{'true':>9}{'off':>8}{'islands':>9}{'unnamed':>9}{'pieces':>8}"
    )
    for name, true in COUNCILS.items():
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "PATCHWORK_DATA_DIR": folder, "PATCHWORK_COUNCIL": "tried"}
            patchwork = str(Path(sys.executable).with_name("patchwork"))
            subprocess.run([patchwork, "migrate"], env=environment, check=True, capture_output=True)  # noqa: S603
            command = [patchwork, "import", "postcodes", str(directory), "--council", name, "--json"]
            said = subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603
            done = json.loads(said.stdout)
        seconds = time.monotonic() - began
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{name:<28}{seconds:>6.0f}{megabytes:>7.0f}{done['areas']:>7}{done['square_kilometres']:>9.1f}{true:>9}"
            f"{done['square_kilometres'] / true - 1:>+8.1%}{len(done['islands']):>9}{done['areas_without_a_name']:>9}"
            f"{len(done['areas_in_pieces']):>8}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
