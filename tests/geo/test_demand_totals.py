"""Hours and visits of care packages, and what changes between two snapshots."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.demand import (
    COLUMNS,
    CarePackage,
    from_records,
    hours_by_area,
    in_force,
    is_active,
    is_waiting,
    mean_visit_minutes,
    tidy,
    to_records,
    totals,
    visit_lengths,
    visits_by_area,
)
from geo.demand_changes import compare

AREAS = ("A1", "A2", "B1", "C1")
BANDS = {"A1": "urban", "A2": "urban", "B1": "rural", "C1": "isolated"}
ZONES = {"A1": "North", "A2": "South", "B1": "South", "C1": "South"}


def package(reference: str = "P1", **changes: object) -> CarePackage:
    given_values: dict[str, object] = {
        "reference": reference,
        "postcode": "LE67 3AB",
        "area_id": "A1",
        "service_type": "maintenance",
        "hours_per_week": Decimal(7),
        "visits_per_week": {30: 14.0},
        "start_date": date(2019, 1, 7),
        "provider": "Care A",
    }
    return CarePackage(**(given_values | changes))  # type: ignore[arg-type]


def test_a_double_handed_half_hour_is_one_care_hour_and_two_carer_visits():
    frame = from_records([package(hours_per_week=Decimal(14), carers_per_visit=2)])
    row = totals(frame).iloc[0]
    assert (row["hours_per_week"], row["visits_per_week"], row["carer_visits_per_week"]) == (14, 14, 28)
    assert row["mean_visit_minutes"] == 30


def test_mean_visit_is_hours_over_visits_not_the_median_and_ignores_packages_without_visits():
    frame = from_records(
        [
            package("P1", hours_per_week=Decimal("3.5"), visits_per_week={15: 14}),
            package("P2", hours_per_week=Decimal(1), visits_per_week={60: 1}),
            package("P3", hours_per_week=Decimal(20), visits_per_week={}),
        ]
    )
    assert mean_visit_minutes(frame) == pytest.approx(270 / 15)
    assert np.isnan(mean_visit_minutes(frame[frame["reference"] == "P3"]))


def test_records_go_through_the_frame_and_back_exactly():
    records = [
        package("P1", person="P1", hours_per_week=Decimal("1.75"), visits_per_week={15: 7.0}),
        package(
            "P2", person="P1", start_date=None, provider="", waiting_since=date(2019, 7, 1), end_date=date(2020, 1, 1)
        ),
    ]
    frame = from_records(records)
    assert to_records(frame) == records
    assert list(frame.columns[: len(COLUMNS)]) == list(COLUMNS)
    assert visit_lengths(frame) == [15, 30]
    assert totals(frame).loc[0, "people"] == 1


def test_hours_that_are_no_whole_minutes_and_unknown_services_are_named():
    with pytest.raises(ValueError, match=r"package P9, hours_per_week: found 0\.001"):
        from_records([package("P9", hours_per_week=Decimal("0.001"))])
    with pytest.raises(ValueError, match="package P9, service_type: found 'laundry'"):
        from_records([package("P9", service_type="laundry")])
    with pytest.raises(ValueError, match="area_id"):
        tidy(pd.DataFrame({"reference": ["P1"], "postcode": ["LE1 1AA"], "service_type": ["maintenance"]}))


@pytest.mark.parametrize(
    ("changes", "active", "waiting"),
    [
        ({}, True, False),
        ({"start_date": date(2019, 8, 1)}, False, False),
        ({"end_date": date(2019, 7, 31)}, True, False),
        ({"end_date": date(2019, 7, 30)}, False, False),
        ({"waiting_since": date(2019, 7, 1), "provider": "", "start_date": None}, False, True),
        ({"waiting_since": date(2019, 7, 1), "provider": "", "start_date": date(2019, 7, 2)}, False, True),
        ({"waiting_since": date(2019, 7, 1), "start_date": date(2019, 7, 20)}, True, False),
        ({"waiting_since": date(2019, 7, 1), "start_date": date(2019, 8, 20)}, False, True),
        (
            {"waiting_since": date(2019, 7, 1), "provider": "", "start_date": None, "end_date": date(2019, 7, 9)},
            False,
            False,
        ),
        ({"waiting_since": date(2019, 9, 1), "provider": "", "start_date": None}, False, False),
    ],
)
def test_who_receives_care_and_who_waits_on_a_day(changes: dict[str, object], *, active: bool, waiting: bool):
    frame = from_records([package(**changes)])
    day = date(2019, 7, 31)
    assert (bool(is_active(frame, day)[0]), bool(is_waiting(frame, day)[0])) == (active, waiting)
    assert len(in_force(frame, day)) == int(active or waiting)


def test_totals_by_band_zone_and_service_need_their_maps():
    frame = from_records([package("P1"), package("P2", area_id="C1", service_type="reablement")])
    by = totals(frame, ["zone", "band"], bands=BANDS, zones=ZONES)
    assert by[["zone", "band", "hours_per_week"]].to_numpy().tolist() == [
        ["North", "urban", 7.0],
        ["South", "isolated", 7.0],
    ]
    assert totals(frame, ["service_type"])["packages"].tolist() == [1, 1]
    with pytest.raises(ValueError, match="area id to band"):
        totals(frame, ["band"])
    with pytest.raises(ValueError, match="1 areas with packages have no zone: C1"):
        totals(frame, ["zone"], zones={"A1": "North"})
    with pytest.raises(ValueError, match="'colour'"):
        totals(frame, ["colour"])


def test_hours_by_area_keep_the_order_given_and_lose_nothing():
    frame = from_records([package("P1", area_id="C1"), package("P2", area_id="A1"), package("P3", area_id="A1")])
    assert hours_by_area(frame, AREAS).tolist() == [14.0, 0.0, 0.0, 7.0]
    assert visits_by_area(frame, AREAS).tolist() == [28.0, 0.0, 0.0, 14.0]
    with pytest.raises(ValueError, match="1 areas with packages are not among the areas given: C1"):
        hours_by_area(frame, ["A1"])


packages = st.lists(
    st.builds(
        lambda number, area, minutes, visits, carers, provider: package(
            f"P{number}",
            area_id=area,
            hours_per_week=Decimal(minutes) / 60,
            visits_per_week={30: visits},
            carers_per_visit=carers,
            provider=provider,
        ),
        st.integers(0, 30),
        st.sampled_from(AREAS),
        st.integers(1, 40).map(lambda quarter: quarter * 15),
        st.integers(0, 28).map(float),
        st.integers(1, 2),
        st.sampled_from(["Care A", "Care B"]),
    ),
    unique_by=lambda item: item.reference,
    max_size=12,
).filter(bool)


@settings(max_examples=20, deadline=None)
@given(packages)
def test_groups_add_up_to_the_whole_however_they_are_cut(records: list[CarePackage]):
    frame = from_records(records)
    whole = totals(frame).iloc[0]
    assert hours_by_area(frame, AREAS).sum() == pytest.approx(whole["hours_per_week"])
    for by in (["area_id"], ["band"], ["zone", "service_type"], ["provider", "band"]):
        parts = totals(frame, by, bands=BANDS, zones=ZONES)
        for column in ("packages", "hours_per_week", "carer_visits_per_week"):
            assert parts[column].sum() == pytest.approx(whole[column])


@settings(max_examples=20, deadline=None)
@given(packages, packages)
def test_changes_reconcile_in_every_group(before: list[CarePackage], after: list[CarePackage]):
    old, new = from_records(before), from_records(after)
    changes = compare(old, new)
    assert set(changes.added) == {p.reference for p in after} - {p.reference for p in before}
    assert set(changes.ended) == {p.reference for p in before} - {p.reference for p in after}
    for by in ([], ["band"], ["provider"]):
        out = changes.by(by, bands=BANDS, zones=ZONES)
        assert out["hours_before"].sum() == pytest.approx(totals(old)["hours_per_week"].sum())
        assert out["hours_after"].sum() == pytest.approx(totals(new)["hours_per_week"].sum())
        moved = out["moved_in_hours"] - out["moved_out_hours"]
        steps = out["added_hours"] - out["ended_hours"] + out["increased_hours"] - out["decreased_hours"] + moved
        assert np.allclose(steps, out["change_hours"])
    summary = changes.summary()
    assert summary["hours_after"] - summary["hours_before"] == pytest.approx(summary["change_hours"])


def test_a_package_that_moved_and_one_that_grew_are_told_apart():
    old = from_records([package("P1"), package("P2"), package("P3")])
    new = from_records([package("P1", area_id="B1"), package("P2", hours_per_week=Decimal(10)), package("P3")])
    changes = compare(old, new)
    changed = changes.changed.set_index("reference")
    assert changed.loc["P1", ["area_id", "minutes_per_week"]].tolist() == [True, False]
    assert changed.loc["P2", ["hours_before", "hours_after"]].tolist() == [7.0, 10.0]
    assert "P3" not in changed.index
    band = changes.by(["band"], bands=BANDS).set_index("band")
    assert band.loc["rural", "moved_in_hours"] == 7.0
    assert band.loc["urban", ["moved_out_hours", "increased_hours"]].tolist() == [7.0, 3.0]


def test_comparing_with_an_empty_snapshot_and_with_a_repeated_reference():
    frame = from_records([package("P1")])
    assert compare(frame.iloc[:0], frame).summary()["added_hours"] == 7.0
    assert compare(frame, frame.iloc[:0]).by(["area_id"])["ended_hours"].tolist() == [7.0]
    with pytest.raises(ValueError, match="reference P1 stands more than once"):
        compare(frame, pd.concat([frame, frame]))
