"""Time the postcode directory beside plain references, in one run on one machine."""

from __future__ import annotations

import csv
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.ingest.postcode_directory import build_gazetteer, shipped_counties
from app.ingest.postcode_files import read_postcode_file
from geo.adjacency import build_adjacency
from geo.areas import build_areas
from geo.gazetteer import Gazetteer
from geo.postcode_columns import parse_column
from geo.postcodes import clean, parse, spaced

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 100_000


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and result of one call."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def line(what: str, ours: float, reference: float | None = None) -> None:
    """Print one measurement."""
    beside = f"{reference:9.3f} s   ratio {ours / reference:6.2f}" if reference else ""
    print(f"{what:52} {ours:9.3f} s {beside}")


def plain_import(path: Path) -> dict[str, tuple[int, int]]:
    """What a short script would do: no check of anything."""
    with path.open(newline="") as file:
        return {r["pcds"].replace(" ", ""): (int(r["oseast1m"]), int(r["osnrth1m"])) for r in csv.DictReader(file)}


def main() -> None:
    """Run all of it."""
    print(f"{'':52} {'ours':>11} {'reference':>11}")
    counties = shipped_counties()
    build, gazetteer = timed(lambda: build_gazetteer(counties))
    line(f"build {len(gazetteer):,} postcodes from the packages", build)
    columns = (gazetteer.keys.astype("U7").tolist(), gazetteer.easting.tolist(), gazetteer.northing.tolist())
    held = {key: (e, n) for key, e, n in zip(*columns, strict=True)}
    rng = np.random.default_rng(0)
    chosen = gazetteer.keys[rng.choice(len(gazetteer), ROWS, replace=False)]
    texts = [spaced(k.decode()).lower() for k in chosen]
    with tempfile.TemporaryDirectory() as folder:
        path, table = Path(folder) / "g.npz", Path(folder) / "directory.csv"
        gazetteer.save(path)
        line("load", timed(lambda: Gazetteer.load(path))[0])
        with table.open("w", newline="") as file:
            file.write("pcds,dointr,doterm,oslaua,oseast1m,osnrth1m\n")
            placed = gazetteer.rows(chosen)
            placed = placed[(gazetteer.easting[placed] >= 0) & (gazetteer.status[placed] > 0)]
            for row in placed:
                e = gazetteer.entry(int(row))
                file.write(f"{e.postcode},198001,,{e.district},{e.easting},{e.northing}\n")
        ours = timed(lambda: read_postcode_file(table))[0]
        line(f"import a directory file of {len(placed):,} rows", ours, timed(lambda: plain_import(table))[0])

    ours = timed(lambda: [gazetteer.row(t) for t in texts])[0]
    line(f"{ROWS:,} lookups one by one", ours, timed(lambda: [held.get(clean(t)) for t in texts])[0])
    keys = [k.decode() for k in chosen]
    line(
        f"{ROWS:,} lookups at once",
        timed(lambda: gazetteer.rows(chosen))[0],
        timed(lambda: [held.get(k) for k in keys])[0],
    )
    line(
        f"{ROWS:,} texts read as a column",
        timed(lambda: parse_column(texts))[0],
        timed(lambda: [parse(t) for t in texts])[0],
    )
    gazetteer.nearest(450_000, 310_000)
    points = rng.uniform((430_000, 280_000), (490_000, 340_000), (1_000, 2))
    line("1,000 nearest postcodes", timed(lambda: [gazetteer.nearest(e, n) for e, n in points])[0])
    for county in counties:
        live = county.postcodes[county.postcodes["status"] == "live"]
        seconds, areas = timed(
            lambda live=live, county=county: build_areas(
                live["postcode"].tolist(),
                live["easting"],
                live["northing"],
                live["oa11"].tolist(),
                outline=county.outline,
            )
        )
        line(f"{county.name}: {len(areas):,} areas and polygons", seconds)
        line(f"{county.name}: neighbours", timed(lambda areas=areas: build_adjacency(areas))[0])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory {memory:,.0f} MB; the directory's arrays {gazetteer.nbytes / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
