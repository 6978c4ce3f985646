"""British speed limits and driven speeds from the tags of the map."""

from __future__ import annotations

import pytest

from routing.speeds import speed_table

TABLE = speed_table()


@pytest.mark.parametrize(
    ("tags", "mph"),
    [
        ({"highway": "residential"}, 30),
        ({"highway": "unclassified"}, 60),
        ({"highway": "motorway"}, 70),
        ({"highway": "primary", "maxspeed": "40 mph"}, 40),
        ({"highway": "primary", "maxspeed": "national"}, 60),
        ({"highway": "trunk", "maxspeed": "GB:nsl_dual"}, 70),
        ({"highway": "trunk", "maxspeed:type": "GB_nsl:single"}, 60),
        ({"highway": "secondary", "maxspeed": "gb:nsl_restricted"}, 30),
        ({"highway": "secondary", "maxspeed": "80"}, 80 / 1.609344),
        ({"highway": "secondary", "maxspeed": "30 mph;40 mph"}, 30),
        ({"highway": "secondary", "maxspeed": "0"}, 60),
        ({"highway": "secondary", "maxspeed": "variable", "maxspeed:type": "GB:zone20"}, 20),
    ],
)
def test_the_limit_is_posted_named_or_implied(tags: dict[str, str], mph: float) -> None:
    assert TABLE.limit_mph(tags) == pytest.approx(mph)


def test_a_posted_limit_slows_but_never_hurries() -> None:
    free = TABLE.driven_kmh({"highway": "tertiary"})
    assert TABLE.driven_kmh({"highway": "tertiary", "maxspeed": "20 mph"}) < 20 * 1.609344 < free
    assert TABLE.driven_kmh({"highway": "tertiary", "maxspeed": "70 mph"}) == free


def test_nobody_is_driven_above_the_limit_of_the_class() -> None:
    for name, road in TABLE.classes.items():
        assert TABLE.driven_kmh({"highway": name}) <= road.limit_mph * 1.609344
