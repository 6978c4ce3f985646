"""What a kilometre of border between zones costs the rounds that may not cross it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    import numpy.typing as npt

FULL_ROUND_STOPS = 10.0
"""Stops of a round from which a border costs it in full; fewer stops follow the border less closely."""


@cache
def border_assumptions() -> dict[str, Any]:
    """What ``borders.toml`` holds: the coefficients, where each is from, and where they were held to."""
    return tomllib.loads(files("geo").joinpath("plans/borders.toml").read_text("utf-8"))


def border_pounds_per_km(rounds_per_year: float, pounds_per_km: float, stops_per_round: float) -> float:
    """Pounds a year that a kilometre of border costs, for the rounds of both zones beside it.

    A tour is longer by 0.129 km for each km of the perimeter of where it may go, and a border is part of two
    perimeters. It is paid once for each round that may roam a zone, and less where a round has few stops.

    Args:
        rounds_per_year: Rounds a year that roam the zone on one side.
        pounds_per_km: What a kilometre on the road costs, wages included.
        stops_per_round: Stops of a round.

    Raises:
        ValueError: A figure is below 0.
    """
    for name, value in (
        ("rounds_per_year", rounds_per_year),
        ("pounds_per_km", pounds_per_km),
        ("stops_per_round", stops_per_round),
    ):
        if not value >= 0:
            raise ValueError(f"{name}: found {value}, expected 0 or more")
    perimeter = float(border_assumptions()["tour"]["perimeter_share"])
    return 2 * perimeter * rounds_per_year * pounds_per_km * min(1.0, stops_per_round / FULL_ROUND_STOPS)


def pair_prices(adjacency: Any, border_m: Any, pounds_per_pair: float, pounds_per_km: float) -> csr_matrix:
    """(n, n) price of parting each pair of neighbours: so much for the pair, and so much for each km between them.

    Args:
        adjacency: (n, n) sparse; stored entries make neighbours.
        border_m: (n, n) sparse, metres of border; a pair of neighbours without any, as across a bridge, has none.
        pounds_per_pair: Pounds a year for every pair.
        pounds_per_km: Pounds a year for every km of border.
    """
    pairs = csr_matrix(adjacency != 0, dtype=float)
    along: csr_matrix = pairs.multiply(csr_matrix(border_m)) * (pounds_per_km / 1000)
    return csr_matrix(pairs * pounds_per_pair + along)


def tour_km(within_km: npt.ArrayLike, perimeter_km: npt.ArrayLike, nearest_km: npt.ArrayLike) -> Any:
    """Expected km of a tour from a depot through a zone's customers.

    Args:
        within_km: Sum over units of the root of area (km2) times customers.
        perimeter_km: Perimeter of the zone.
        nearest_km: Expected way from the depot to the nearest customer.
    """
    tour = border_assumptions()["tour"]
    return (
        tour["within_share"] * np.asarray(within_km)
        + tour["perimeter_share"] * np.asarray(perimeter_km)
        + tour["link_share"] * 2 * np.asarray(nearest_km)
    )
