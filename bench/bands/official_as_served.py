"""Agreement of the bands a council is given by default with the official class in its postcode directory.

    python -m bench.bands.official_as_served --classes output_areas_2011.csv

Classes: CSV with oa11 and RUC11CD, the official 2011 class. The directory is made of the postcodes that come with the
service, each with its area's class, as a download has it; it is loaded by `patchwork import postcodes` and classified
by `patchwork classify`, and the bands stored are set beside the classes of the file. Cohen's kappa is 1 where all
agree: a smoothed, lost or mistaken class would show.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from sqlalchemy import select

from app.ingest.postcode_directory import load_county
from app.storage.database import Database
from app.storage.models import BandArea
from bench.bands.derive import kappa

COUNCIL: Final = "leicestershire"
BAND_OF: Final = {"A": "urban", "B": "urban", "C": "urban", "D": "fringe", "E": "rural", "F": "isolated"}
"""Leicestershire County Council, Adults and Communities OSC, 20 January 2020, paragraph 20."""
ORDER: Final = ["urban", "fringe", "rural", "isolated"]


def directory(classes: pd.Series[str]) -> pd.DataFrame:
    """The county's postcodes in the columns of an ONS Postcode Directory, with the class of each one's output area."""
    table = load_county(COUNCIL).postcodes
    table = table[table["oa11"].isin(classes.index)]
    return pd.DataFrame(
        {
            "pcds": table["postcode"],
            "doterm": np.where(table["status"] == "live", "", "201001"),
            "dointr": "198001",
            "lad26cd": table["district"],
            "east1m": table["easting"],
            "north1m": table["northing"],
            "oa11cd": table["oa11"],
            "lsoa11cd": table["lsoa11"],
            "ruc11ind": table["oa11"].map(classes),
        }
    )


def main() -> None:
    """Load, classify and print."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--classes", type=Path, required=True)
    given = pd.read_csv(ask.parse_args().classes, dtype=str).set_index("oa11")["RUC11CD"]
    frame = directory(given)
    patchwork = str(Path(sys.executable).with_name("patchwork"))
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PATCHWORK_DATA_DIR": folder, "PATCHWORK_COUNCIL": COUNCIL}
        file = Path(folder) / "onspd.csv"
        frame.to_csv(file, index=False)
        districts = ",".join(sorted(set(frame["lad26cd"]) - {""}))
        began = time.monotonic()
        for words in (["migrate"], ["import", "postcodes", str(file), "--districts", districts], ["classify"]):
            subprocess.run([patchwork, *words], env=environment, check=True, capture_output=True)  # noqa: S603
        seconds = time.monotonic() - began
        database = Database(f"sqlite:///{folder}/patchwork.sqlite")
        with database.read() as session:
            served = dict(session.execute(select(BandArea.area_id, BandArea.band)).all())
        database.dispose()
    areas = sorted(served)
    truth = np.array([ORDER.index(BAND_OF[given[area][0]]) for area in areas])
    found = np.array([ORDER.index(served[area]) for area in areas])
    print(f"{len(areas):,} areas, of which {int((truth == found).sum()):,} as officially classed; {seconds:.0f} s")
    print(f"kappa of the bands served against the class in the file: {kappa(truth, found):.4f}")


if __name__ == "__main__":
    main()
