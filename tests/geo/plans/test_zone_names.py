"""Zones that nobody named are called after their main town."""

from __future__ import annotations

import numpy as np

from geo.plans.zone_names import named_by_town


def test_a_zone_is_called_after_the_town_with_most_weight_in_it() -> None:
    names = named_by_town(
        ["Zone 1", "Kept", "Zone 3"],
        np.array([0, 0, 0, 1, 2]),
        ["Oakham", "Oakham", "near Uppingham", "Ketton", None],
        np.array([1.0, 1.0, 5.0, 1.0, 1.0]),
        np.zeros((5, 2)),
    )
    assert names == ["Uppingham", "Kept", "Zone 3"]


def test_zones_of_one_town_say_where_they_lie_and_no_two_are_called_alike() -> None:
    points = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 1.0], [0.0, 10.0]])
    labels = np.array([0, 1, 2, 3])
    names = named_by_town([f"Zone {i}" for i in range(1, 5)], labels, ["Leeds"] * 4, np.ones(4), points)
    assert names[0] == "Leeds South West"
    assert names[3] == "Leeds North West"
    assert len(set(names)) == 4
    assert named_by_town(["Leeds", "Zone 2"], labels[:2], ["Leeds"] * 2, np.ones(2), points[:2])[1] != "Leeds"
