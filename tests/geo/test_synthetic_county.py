"""The synthetic county: published totals met exactly, believable packages, zones rebuilt from their settlements."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array
from scipy.spatial import Delaunay

import app.data
from geo.demand import in_force, mean_visit_minutes, totals
from geo.synthetic import pieces, reference_zones, report_tables, synthetic_packages
from geo.synthetic_allocation import fit_maintenance, share_out
from geo.synthetic_plans import draw_plans
from geo.synthetic_report import synthetic_assumptions
from tests.open_data import open_data

CLASSES = {"C1": "urban", "D1": "fringe", "E1": "rural", "F1": "isolated"}
TABLES = report_tables()


def test_the_tables_are_those_of_the_report():
    assert sum(zone.hours_per_week for zone in TABLES.zones) == 23_150
    assert dict(TABLES.band_hours) == {"urban": 11_737, "fringe": 4_648, "rural": 1_301, "isolated": 314}
    assert sum(TABLES.band_hours.values()) == 18_000
    assert len(TABLES.zones) == 14
    mean = sum(float(TABLES.band_rates[b]) * h for b, h in TABLES.band_hours.items()) / 18_000
    assert mean == pytest.approx(19.564, abs=0.0005)
    assert all("20 January 2020" in source for source in TABLES.sources)


class County:
    def __init__(self) -> None:
        folder = Path(next(iter(app.data.__path__)))
        found = pd.read_csv(folder / "leicestershire_postcodes.csv.gz")
        inside = found["district"].isin([f"E0700{n:04d}" for n in range(129, 136)]) & (found["status"] == "live")
        self.postcodes = found[inside].rename(columns={"oa11": "area_id"}).reset_index(drop=True)
        self.areas = self.postcodes.groupby("area_id").agg(
            e=("easting", "mean"), n=("northing", "mean"), postcodes=("postcode", "size")
        )
        official = pd.read_csv(open_data("output_areas_2011.csv")).set_index("oa11")["RUC11CD"].map(CLASSES)
        self.bands = official.reindex(self.areas.index).fillna("urban")
        self.adjacency = neighbours(self.areas[["e", "n"]].to_numpy())
        settlements = pd.read_csv(folder / "leicestershire_settlements.csv")
        e, n, mass = (self.areas[c].to_numpy(dtype=float) for c in ("e", "n", "postcodes"))
        self.reference = reference_zones(e, n, self.adjacency, settlements, TABLES, mass)
        self.zones = pd.Series(self.reference.zone, self.areas.index)


def neighbours(points: np.ndarray) -> csr_array:
    corners = Delaunay(points).simplices
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    pairs = pairs[np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T) < 8_000]
    one = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points)))
    return csr_array(one + one.T)


@pytest.fixture(scope="module")
def county() -> County:
    return County()


@pytest.fixture(scope="module")
def packages(county: County) -> pd.DataFrame:
    return synthetic_packages(county.postcodes, county.bands, county.zones, seed=1)


def test_every_zone_is_one_piece_holds_its_settlements_and_has_about_its_share(county: County):
    assert county.reference.notes == ()
    assert pieces(county.reference.zone, county.adjacency) == {zone.name: 1 for zone in TABLES.zones}
    share = county.areas["postcodes"].groupby(county.zones).sum() / county.areas["postcodes"].sum()
    for zone in TABLES.zones:
        assert 0.6 < share[zone.name] / (zone.hours_per_week / 23_150) < 2.5, zone.name
    points = county.areas[["e", "n"]].to_numpy()
    for name, zone, at in [
        ("Loughborough", "Charnwood North", (454_076, 319_086)),
        ("Market Harborough", "Market Harborough", (473_413, 287_178)),
        ("Medbourne", "Harborough Rural Free Zone", (479_965, 293_056)),
        ("Bottesford", "Bottesford", (480_699, 338_886)),
    ]:
        nearest = np.hypot(*(points - at).T).argmin()
        assert county.reference.zone[nearest] == zone, name


def test_hours_meet_every_published_total_to_the_quarter_hour(county: County, packages: pd.DataFrame):
    zones = totals(packages, ["zone"], zones=county.zones).set_index("zone")["hours_per_week"]
    assert zones.to_dict() == {zone.name: zone.hours_per_week for zone in TABLES.zones}
    long_term = packages[packages["service_type"] == "maintenance"]
    bands = totals(long_term, ["band"], bands=county.bands).set_index("band")["hours_per_week"]
    assert bands.to_dict() == dict(TABLES.band_hours)
    assert len(in_force(packages, TABLES.snapshot)) == len(packages)


def test_packages_look_like_home_care(county: County, packages: pd.DataFrame):
    assert 36 <= mean_visit_minutes(packages) <= 40
    double = packages["carers_per_visit"] == 2
    assert 0.03 < double.mean() < 0.08
    assert packages.loc[double, "hours_per_week"].mean() > 2 * packages.loc[~double, "hours_per_week"].mean()
    assert packages["hours_per_week"].between(1.5, 60).all()
    assert packages["minutes_per_week"].mod(15).eq(0).all()
    visits = sum(packages[f"visits_{m}"] * m for m in (15, 30, 45, 60)) * packages["carers_per_visit"]
    assert (visits == packages["minutes_per_week"]).all()
    by = totals(packages, ["band"], bands=county.bands, on=TABLES.snapshot).set_index("band")
    waiting = by["waiting_packages"] / by["packages"]
    assert waiting["isolated"] > waiting["fringe"]
    assert waiting["rural"] > waiting["urban"]
    assert by.loc["rural", "waiting_packages"] > 0


def test_everything_says_that_it_is_synthetic(county: County, packages: pd.DataFrame):
    assert packages["synthetic"].all()
    assert packages["reference"].str.fullmatch(r"SYN-\d{6}").all()
    assert packages["reference"].is_unique
    assert packages["provider"].str.fullmatch(r"|Synthetic Provider \d\d").all()
    assert "no person's data" in packages.attrs["note"]
    assert packages["postcode"].isin(county.postcodes["postcode"]).all()
    taken = packages[packages["provider"] != ""]
    assert taken.groupby(taken["area_id"].map(county.zones))["provider"].nunique().min() >= 2
    dates = packages["start_date"].dropna()
    assert dates.between(pd.Timestamp(2016, 11, 1), pd.Timestamp(2019, 7, 31)).all()


def test_the_seed_alone_decides(county: County, packages: pd.DataFrame):
    pd.testing.assert_frame_equal(synthetic_packages(county.postcodes, county.bands, county.zones, seed=1), packages)
    other = synthetic_packages(county.postcodes, county.bands, county.zones, seed=2)
    assert not other["postcode"].head(500).equals(packages["postcode"].head(500))


def test_what_cannot_be_met_says_which_and_why(county: County):
    with pytest.raises(ValueError, match="band isolated: no area has it"):
        synthetic_packages(county.postcodes, county.bands.replace("isolated", "rural"), county.zones)
    with pytest.raises(ValueError, match="zone Bottesford: no area lies in it"):
        synthetic_packages(county.postcodes, county.bands, county.zones.replace("Bottesford", "Melton"))
    with pytest.raises(ValueError, match="found zone 'Rutland', expected one of Coalville"):
        synthetic_packages(county.postcodes, county.bands, county.zones.replace("Bottesford", "Rutland"))
    only = county.bands.mask(county.zones != "Bottesford", "urban").where(county.zones != "Bottesford", "fringe")
    only[county.zones == "Melton"] = "rural"
    only.iloc[0] = "isolated"
    with pytest.raises(ValueError, match=r"band fringe: 4648 hours, but its zones \(Bottesford\) can hold 97"):
        synthetic_packages(county.postcodes, only, county.zones)
    lost = dataclasses.replace(TABLES, positions={}, also_known_as={})
    nowhere = pd.DataFrame({"name": ["Nowhere"], "easting": [0.0], "northing": [0.0]})
    with pytest.raises(ValueError, match="zone Coalville and Ashby: none of its main settlements"):
        reference_zones(np.zeros(2), np.zeros(2), np.ones((2, 2)), nowhere, lost)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 400), st.sampled_from(["maintenance", "reablement", "health_funded", "childrens"]), st.integers(0, 9)
)
def test_plans_add_up_to_any_number_of_quarter_hours(quarters: int, service: str, seed: int):
    drawn = pd.DataFrame(draw_plans(quarters, service, synthetic_assumptions().plans, np.random.default_rng(seed)))
    assert drawn["minutes_per_week"].sum() == 15 * quarters
    lengths = [c for c in drawn if c.startswith("visits_")]
    care = sum(drawn[c].fillna(0) * int(c.removeprefix("visits_")) for c in lengths) * drawn["carers_per_visit"]
    assert (care == drawn["minutes_per_week"]).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=30).filter(lambda parts: sum(parts) > 1e-3), st.integers(0, 10_000)
)
def test_sharing_out_is_whole_exact_and_fair_to_one(parts: list[float], total: int):
    shares = share_out(np.array(parts), total)
    assert shares.sum() == total
    assert np.abs(shares - np.array(parts) / sum(parts) * total).max() < 1 + 1e-6


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 8), st.integers(2, 4))
def test_fitting_meets_the_bands_and_stays_inside_the_zones(seed: int, zones: int, bands: int):
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, 400, (zones, bands)).astype(float)
    zone_hours = np.ceil(truth.sum(axis=1) * 1.3)
    mass = rng.random((zones, bands)) + 0.05
    fitted = fit_maintenance(mass, zone_hours, truth.sum(axis=0), [f"z{i}" for i in range(zones)], ["a", "b", "c", "d"])
    assert (fitted.sum(axis=0) == 4 * truth.sum(axis=0)).all()
    assert (fitted.sum(axis=1) <= 4 * zone_hours).all()
    assert (fitted >= 0).all()
