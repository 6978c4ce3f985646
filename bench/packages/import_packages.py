"""Seconds to read and check 100,000 care packages, as a ratio to a plain pandas read of the same file.

Run: `.venv/bin/python bench/packages/import_packages.py [rows]`. Best of three each, one process.
"""

from __future__ import annotations

import io
import sys
import time
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from app.ingest.package_postcodes import PostcodeTable
from app.ingest.package_reader import PackagesRead, PackagesRefused, read_packages

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = date(2019, 7, 31)


def best(run: Callable[[], object], times: int = 3) -> float:
    """Least seconds of several runs."""
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def made_up(rows: int, rng: np.random.Generator) -> tuple[pd.DataFrame, PostcodeTable]:
    """Rows in the plain Patchwork format on 16,000 made-up postcodes."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    live = {
        f"LE{10 + i % 60} {i // 60 % 9 + 1}{letters[i // 540 % 20]}{letters[i // 10_800]}": f"E{i % 2085:08d}"
        for i in range(16_000)
    }
    names = np.array(list(live))
    visits = rng.integers(1, 5, rows) * 7
    return pd.DataFrame(
        {
            "reference": [f"P{i:07d}" for i in range(rows)],
            "postcode": names[rng.integers(0, len(names), rows)],
            "service_type": rng.choice(["maintenance", "reablement", "health_funded"], rows),
            "start_date": (np.datetime64("2019-07-01") - rng.integers(0, 900, rows))
            .astype("datetime64[D]")
            .astype(str),
            "end_date": "",
            "waiting_since": "",
            "provider": np.char.add("Provider ", rng.integers(1, 60, rows).astype(str)),
            "carers_per_visit": rng.choice(["1", "2"], rows, p=[0.95, 0.05]),
            "hours_per_week": visits / 2,
            "visits": np.char.add("30x", visits.astype(str)),
        }
    ), PostcodeTable(live)


def main() -> None:
    """Print seconds and ratios for CSV and Parquet, and for a file in which every row is wrong."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    table, index = made_up(rows, np.random.default_rng(0))
    table.loc[table["carers_per_visit"] == "2", "hours_per_week"] *= 2
    csv = table.to_csv(index=False).encode()
    wrong = table.assign(postcode="LE99 9ZZ", hours_per_week="-1").to_csv(index=False).encode()
    out = io.BytesIO()
    table.to_parquet(out)
    parquet = out.getvalue()
    plain = best(lambda: pd.read_csv(io.BytesIO(csv), dtype=str))
    print(f"{rows:,} rows, {len(csv):,} bytes of CSV; plain pandas read {plain:.2f} s")
    for name, content, kind in (
        ("CSV", csv, PackagesRead),
        ("Parquet", parquet, PackagesRead),
        ("CSV, every row wrong", wrong, PackagesRefused),
    ):
        assert isinstance(read_packages(content, postcodes=index, as_of=DAY), kind)
        seconds = best(lambda content=content: read_packages(content, postcodes=index, as_of=DAY))  # type: ignore[misc]
        print(f"{name}: read and checked in {seconds:.2f} s, {seconds / plain:.1f} times the plain read")


if __name__ == "__main__":
    main()
