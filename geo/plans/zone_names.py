"""Names for zones that are only counted: each after its main town, and by compass where two share one."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

COUNTED: Final = re.compile(r"Zone \d+")
"""The name of a zone that nobody has named."""

COMPASS: Final = ("East", "North East", "North", "North West", "West", "South West", "South", "South East")


def named_by_town(
    names: Sequence[str],
    labels: npt.NDArray[np.int64],
    towns: Sequence[str | None],
    weights: npt.NDArray[np.float64],
    points: npt.NDArray[np.float64],
) -> list[str]:
    """Name the zones that nobody has named after their main town.

    The main town is the settlement with most weight in the zone; a zone whose main town is another's too adds where it
    lies from the middle of all the town's zones. Names stay unlike: a zone that would still be called as another keeps
    its number behind the name.

    Args:
        names: (z,) names; those like ``Zone 3`` are replaced, others stay.
        labels: (n,) zone of each area, from 0.
        towns: (n,) settlement of each area; None where it has none.
        weights: (n,) what counts, such as live postcodes.
        points: (n, 2) centres of the areas, metres.
    """
    main = [_main_town(labels == zone, towns, weights) for zone in range(len(names))]
    shared = Counter(town for zone, town in enumerate(main) if town and COUNTED.fullmatch(names[zone]))
    taken = {name for name in names if not COUNTED.fullmatch(name)}
    found = []
    for zone, (name, town) in enumerate(zip(names, main, strict=True)):
        called = name
        if COUNTED.fullmatch(name) and town:
            alone = shared[town] == 1 and town not in taken
            called = town if alone else f"{town} {_side(zone, town, main, labels, points)}"
            called = called if called not in taken else f"{called} {zone + 1}"
        taken.add(called)
        found.append(called)
    return found


def _main_town(
    inside: npt.NDArray[np.bool_], towns: Sequence[str | None], weights: npt.NDArray[np.float64]
) -> str | None:
    held: dict[str, float] = {}
    for area in np.flatnonzero(inside).tolist():
        town = towns[area]
        if town:
            plain = town.removeprefix("near ")
            held[plain] = held.get(plain, 0.0) + float(weights[area])
    return max(sorted(held), key=lambda town: held[town], default=None)


def _side(
    zone: int,
    town: str,
    main: Sequence[str | None],
    labels: npt.NDArray[np.int64],
    points: npt.NDArray[np.float64],
) -> str:
    alike = np.isin(labels, [other for other, name in enumerate(main) if name == town])
    east, north = points[labels == zone].mean(axis=0) - points[alike].mean(axis=0)
    return COMPASS[round(float(np.degrees(np.arctan2(north, east))) / 45) % 8]
