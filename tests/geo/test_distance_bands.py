"""Distance from named centres: the nearest, the miles, and the band at its very limit."""

from __future__ import annotations

import numpy as np
import pytest

from geo.distance_bands import METRES_PER_MILE, Centre, band_positions, nearest_centre, straight_miles

TOWN, VILLAGE = Centre("Town", 450_000, 300_000), Centre("Village", 460_000, 300_000)


def test_the_nearest_centre_and_its_miles() -> None:
    found = nearest_centre([(450_000 + 3 * METRES_PER_MILE, 300_000), (459_000, 300_000)], [TOWN, VILLAGE])
    assert found.centre.tolist() == [0, 1]
    assert found.miles.tolist() == pytest.approx([3, 1000 / METRES_PER_MILE])


def test_a_place_at_the_limit_is_in_the_nearer_band() -> None:
    assert band_positions([0, 3, 3.0001, 6, 6.1, np.inf], [3, 6]).tolist() == [0, 0, 1, 1, 2, 2]
    assert band_positions([0, 99], []).tolist() == [0, 0]
    for wrong in ([6, 3], [3, 3], [0, 3]):
        with pytest.raises(ValueError, match="miles above 0 that rise"):
            band_positions([1], wrong)


def test_a_travel_model_may_measure_instead() -> None:
    class Winding:
        def miles(self, origins: object, destinations: object) -> np.ndarray:
            return straight_miles(origins, destinations) * np.array([[3.0], [1.0]])  # type: ignore[arg-type]

    place = [(454_000, 300_000)]
    assert nearest_centre(place, [TOWN, VILLAGE]).centre.tolist() == [0]
    assert nearest_centre(place, [TOWN, VILLAGE], Winding()).centre.tolist() == [1]


def test_centres_have_names_of_their_own() -> None:
    for wrong in ([], [TOWN, TOWN]):
        with pytest.raises(ValueError, match="each name once"):
            nearest_centre([(0, 0)], wrong)
