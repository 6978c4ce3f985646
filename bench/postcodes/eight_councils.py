"""Eight councils loaded from one directory of the whole United Kingdom: time, memory, area, islands, names, pieces.

    .venv/bin/python -m bench.postcodes.uk_directory uk.zip
    .venv/bin/python -m bench.postcodes.eight_councils uk.zip [NAME ...]

Unnamed counts districts, wards, built-up areas and areas without a name. For zones, the county is grown into eight
connected parts from eight far-apart areas: how many are one piece as drawn, and how many are in pieces though no water
parts them (areas that themselves are drawn in one piece each, and no bridge or ferry between them).

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
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse.csgraph import dijkstra
from sqlalchemy import select

from app.storage.areas import load_areas
from app.storage.database import Database
from app.storage.models import AreaLink
from geo.drawn import DrawnGround

ZONES: Final = 8
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


def main(directory: Path, only: Sequence[str] = ()) -> None:
    """Load each council, or those named, in a process and folder of its own and print a line for it."""
    print(
        f"{'council':<28}{'s':>6}{'MB':>7}{'areas':>7}{'km²':>9}{'true':>9}{'off':>8}{'islands':>9}{'unnamed':>9}"
        f"{'wards':>7}{'towns':>7}{'zones whole as drawn':>22}{'torn':>6}"
    )
    for name, true in COUNCILS.items():
        if only and name not in only:
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "PATCHWORK_DATA_DIR": folder, "PATCHWORK_COUNCIL": "tried"}
            patchwork = str(Path(sys.executable).with_name("patchwork"))
            subprocess.run([patchwork, "migrate"], env=environment, check=True, capture_output=True)  # noqa: S603
            command = [patchwork, "import", "postcodes", str(directory), "--council", name, "--json"]
            said = subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603
            seconds = time.monotonic() - began
            done = json.loads(said.stdout)
            whole, torn = zones_as_drawn(folder)
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{name:<28}{seconds:>6.0f}{megabytes:>7.0f}{done['areas']:>7}{done['square_kilometres']:>9.1f}{true:>9}"
            f"{done['square_kilometres'] / true - 1:>+8.1%}{len(done['islands']):>9}{unnamed(done):>9}"
            f"{done['wards']:>7}{done['built_up_areas']:>7}{whole:>20}/{ZONES}{torn:>6}",
            flush=True,
        )


def unnamed(done: dict[str, Any]) -> int:
    """Places without a name, of all kinds."""
    return sum(done[f"{kind}_without_a_name"] for kind in ("districts", "wards", "built_up_areas", "areas"))


def zones_as_drawn(folder: str) -> tuple[int, int]:
    """Of the parts grown over a loaded county: how many are drawn as one piece, and how many are torn without water."""
    database = Database(f"sqlite:///{folder}/patchwork.sqlite")
    with database.read() as session:
        areas = load_areas(session, "tried")
        bridges = session.execute(
            select(AreaLink.area_a, AreaLink.area_b).where(AreaLink.council == "tried", AreaLink.bridged)
        ).all()
    assert areas is not None
    near = areas.adjacency.copy()
    near.data[:] = 1
    seeds = [0]
    while len(seeds) < ZONES:
        steps = dijkstra(near, indices=seeds, unweighted=True).min(axis=0)
        seeds.append(int(np.argmax(np.where(np.isfinite(steps), steps, -1))))
    labels = dijkstra(near, indices=seeds, unweighted=True).argmin(axis=0)
    pieces = DrawnGround.of(areas.polygons).pieces(labels, ZONES)
    wet = {str(area) for pair in bridges for area in pair}
    wet |= {str(areas.ids[i]) for i, shape in enumerate(areas.polygons) if shape.geom_type == "MultiPolygon"}
    dry = [not (set(areas.ids[labels == zone].tolist()) & wet) for zone in range(ZONES)]
    return int((pieces == 1).sum()), int(sum(alone and count > 1 for alone, count in zip(dry, pieces, strict=True)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
