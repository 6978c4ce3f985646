"""What areas are called: after the built-up area they lie in, else after the named place nearest to them.

Names stay unlike: where two places of one name are meant, each is told by its district, or by the larger place nearest
to it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

REACH_METRES: Final = 2_500
"""An area is named after the nearest listed place within this distance of its centre, else "near" the nearest."""

PEOPLE_A_HECTARE: Final = 25
"""A large place reaches further than a hamlet: its distance is shortened by the radius its people would take up at so
many to the hectare, so that a town's outskirts are not named after the village next to it."""

_WITHIN_METRES: Final = 1_000
"""A listed place names a built-up area without a name of its own where an area of it lies this near."""

NEAR: Final = "near "


@dataclass(frozen=True, slots=True)
class NamedGround:
    """What the areas of a county can be named by.

    Attributes:
        points: (n, 2) centres of the areas, metres.
        weights: (n,) live postcodes of each.
        districts: (n,) name of the district of each.
        built_up: (n,) code of the built-up area of each, empty outside all.
        built_up_names: name by such a code, where known.
        place_names: (p,) names of listed places.
        place_points: (p, 2) where they are.
        place_people: (p,) their people, 0 where not known.
    """

    points: NDArray[np.float64]
    weights: NDArray[np.float64]
    districts: Sequence[str]
    built_up: Sequence[str]
    built_up_names: Mapping[str, str] = field(default_factory=dict)
    place_names: Sequence[str] = ()
    place_points: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    place_people: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @classmethod
    def of(
        cls,
        points: NDArray[np.float64],
        weights: NDArray[np.float64],
        districts: Sequence[str],
        places: pd.DataFrame,
        built_up: Sequence[str] | None = None,
        built_up_names: Mapping[str, str] | None = None,
    ) -> NamedGround:
        """The same from a table of places: name, easting, northing, population."""
        people = places["population"].to_numpy(dtype=object) if len(places) else np.empty(0)
        return cls(
            points,
            weights,
            districts,
            [""] * len(points) if built_up is None else built_up,
            built_up_names or {},
            places["name"].astype(str).tolist() if len(places) else [],
            places[["easting", "northing"]].to_numpy(np.float64) if len(places) else np.empty((0, 2)),
            np.array([float(count or 0) for count in people]),
        )


@dataclass(frozen=True, slots=True)
class _Meant:
    """A place an area is named after: what it is called, and what tells it from another of that name."""

    kind: str
    number: int


def area_names(ground: NamedGround) -> list[str | None]:
    """Name of each area; None where nothing is listed that it could be named after."""
    in_town = _towns(ground)
    towns = {name.casefold() for name in in_town.values()}
    codes = sorted(in_town)
    number_of = {code: i for i, code in enumerate(codes)}
    nearest, away = _nearest(ground)
    meant: list[_Meant | None] = []
    near: list[bool] = []
    for area, code in enumerate(ground.built_up):
        if code in number_of:
            meant.append(_Meant("town", number_of[code]))
            near.append(False)
        elif len(ground.place_names):
            place = int(nearest[area])
            beside = ground.place_names[place].casefold() in towns
            meant.append(_of_town(place, area, ground, codes, in_town) if beside else _Meant("place", place))
            near.append(beside or bool(away[area] > REACH_METRES))
        else:
            meant.append(None)
            near.append(False)
    called = _unlike(meant, {"town": [in_town[code] for code in codes], "place": list(ground.place_names)}, ground)
    return [
        None if thing is None else f"{NEAR if outside else ''}{called[thing]}"
        for thing, outside in zip(meant, near, strict=True)
    ]


def _towns(ground: NamedGround) -> dict[str, str]:
    """Name of each built-up area that has one: its own, else that of the largest listed place in it."""
    present = sorted(set(ground.built_up) - {""})
    found = {code: ground.built_up_names[code] for code in present if code in ground.built_up_names}
    without = [code for code in present if code not in found]
    if without and len(ground.place_names):
        metres, area = cKDTree(ground.points).query(ground.place_points)
        for place in np.argsort(-ground.place_people, kind="stable").tolist():
            code = ground.built_up[int(area[place])]
            if metres[place] <= _WITHIN_METRES and code in without:
                found.setdefault(code, ground.place_names[place])
    return found


def _nearest(ground: NamedGround) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(n,) place nearest to each area, and metres to it, both less what the place itself takes up."""
    if not len(ground.place_names):
        return np.zeros(len(ground.points), np.int64), np.zeros(len(ground.points))
    radius = np.sqrt(ground.place_people / PEOPLE_A_HECTARE * 10_000 / np.pi)
    nearest = np.zeros(len(ground.points), np.int64)
    away = np.zeros(len(ground.points))
    for i, at in enumerate(ground.points):
        metres = np.hypot(*(ground.place_points - at).T) - radius
        nearest[i] = int(np.argmin(metres))
        away[i] = metres[nearest[i]]
    return nearest, away


def _of_town(place: int, area: int, ground: NamedGround, codes: Sequence[str], in_town: Mapping[str, str]) -> _Meant:
    """The built-up area that a listed place of its name stands for; of several the one nearest to the area."""
    wanted = ground.place_names[place].casefold()
    alike = [i for i, code in enumerate(codes) if in_town[code].casefold() == wanted]
    held = np.asarray(ground.built_up)
    metres = [float(np.hypot(*(ground.points[held == codes[i]] - ground.points[area]).T).min()) for i in alike]
    return _Meant("town", alike[int(np.argmin(metres))])


def _unlike(
    meant: Sequence[_Meant | None], names: Mapping[str, Sequence[str]], ground: NamedGround
) -> dict[_Meant, str]:
    """What each thing meant is called, no two alike."""
    areas: dict[_Meant, list[int]] = {}
    for area, thing in enumerate(meant):
        if thing is not None:
            areas.setdefault(thing, []).append(area)
    called = {thing: names[thing.kind][thing.number] for thing in areas}
    for told_by in (_district_of, _larger_place_by):
        twice = _repeated(called)
        told = {thing: told_by(thing, areas[thing], called, ground) for thing in twice}
        called |= {thing: f"{called[thing]} ({hint})" for thing, hint in told.items() if hint}
    for thing in sorted(_repeated(called), key=lambda thing: (called[thing], thing.kind, thing.number)):
        called[thing] = f"{called[thing]} {thing.number + 1}"
    return called


def _repeated(called: Mapping[_Meant, str]) -> list[_Meant]:
    counted = Counter(name.casefold() for name in called.values())
    return [thing for thing, name in called.items() if counted[name.casefold()] > 1]


def _district_of(thing: _Meant, areas: Sequence[int], called: Mapping[_Meant, str], ground: NamedGround) -> str:
    del thing, called
    held: Counter[str] = Counter()
    for area in areas:
        held[ground.districts[area]] += int(ground.weights[area])
    return max(sorted(held), key=lambda name: held[name])


def _larger_place_by(thing: _Meant, areas: Sequence[int], called: Mapping[_Meant, str], ground: NamedGround) -> str:
    """The larger place nearest to a thing that is not called the same."""
    if not len(ground.place_names):
        return ""
    own = called[thing].split(" (")[0].casefold()
    at = np.average(ground.points[list(areas)], axis=0, weights=ground.weights[list(areas)] + 1e-9)
    metres = np.hypot(*(ground.place_points - at).T)
    others = [i for i in np.argsort(metres).tolist() if ground.place_names[i].casefold() != own]
    large = [i for i in others[:50] if ground.place_people[i] >= 1_000] or others[:1]
    return f"near {ground.place_names[large[0]]}" if large else ""
