"""A city of the districting-and-routing instances: units, limits, depot, and drawn days of customers."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numba import njit
from scipy.sparse import csr_matrix
from scipy.stats import binom

from geo.zoning.partition.costs import ZoneCosts
from routing.closed_tour import closed_tour_length

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

WITHIN, PERIMETER, LINK = 0.727, 0.129, 0.99
"""Fitted on tours: of the root of area times customers, of the perimeter, and of twice the way to the nearest."""

STEPS = 96
"""Steps of radius in which the way to the nearest customer is worked out."""

GRID = 60
"""Points across a polygon with which its share within a radius is measured."""

SNAP_KM = 0.03
"""How far apart two polygons' borders may run and still count as one."""


@dataclass(frozen=True, eq=False)
class City:
    """One instance: (n,) population, area, perimeter; polygons; neighbours; km of border; limits; depot; chance."""

    name: str
    population: Ints
    area: Floats
    perimeter: Floats
    polygons: list[Any]
    border: Any
    depot: Floats
    least: int
    most: int
    districts: int
    chance: float
    floor: int

    @property
    def units(self) -> int:
        """Number of units."""
        return int(self.population.size)


def read_city(folder: Path, name: str) -> City:
    """Read the instance `name` of `folder`."""
    alone = folder / "synthetic" / f"{name.split('_', maxsplit=1)[0]}.json"
    if alone.exists():
        row = json.loads(alone.read_text())
        units, depot = row["units"], row["depot_km"]
    else:
        with (folder / "instances.csv").open(encoding="utf-8") as file:
            row = next((line for line in csv.DictReader(file) if line["instance"] == name), None)
        if row is None:
            raise SystemExit(f"{name}: found in neither {alone} nor {folder / 'instances.csv'}")
        units = json.loads((folder / "cities" / f"{row['city']}.json").read_text())["units"][: int(row["units"])]
        depot = [float(row["depot_x_km"]), float(row["depot_y_km"])]
    polygons = [_polygon(unit["polygon_km"]) for unit in units]
    return City(
        name,
        np.array([unit["population"] for unit in units]),
        np.array([unit["area_km2"] for unit in units], float),
        np.array([unit["perimeter_km"] for unit in units], float),
        polygons,
        borders([unit["adjacent"] for unit in units], polygons),
        np.array(depot, float),
        int(row["least_units"]),
        int(row["most_units"]),
        int(row["districts"]),
        float(row["demand_probability"]),
        int(row.get("least_customers_a_unit", 0)),
    )


def _polygon(ring: list[list[float]]) -> Any:
    """The polygon inside a ring; of a ring that crosses itself, all that an odd number of windings enclose."""
    sound = shapely.make_valid(shapely.Polygon(ring))
    parts = [part for part in shapely.get_parts(sound) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts)


def borders(adjacent: list[list[int]], polygons: list[Any]) -> Any:
    """Km of border of each pair of neighbours, (n, n); a pair that meets in a point has a metre."""
    n = len(polygons)
    edge = [polygon.boundary for polygon in polygons]
    wide = [polygon.buffer(SNAP_KM) for polygon in polygons]
    rows, columns, lengths = [], [], []
    for a in range(n):
        for b in adjacent[a]:
            if a < b < n:
                one, two = edge[a].intersection(wide[b]).length, edge[b].intersection(wide[a]).length
                length = max(0.001, (one + two) / 2 - 2 * SNAP_KM)
                rows += [a, b]
                columns += [b, a]
                lengths += [length, length]
    return csr_matrix((lengths, (rows, columns)), (n, n))


def whole_costs(city: City) -> ZoneCosts:
    """A tour as fitted: 0.727 Σ√(area · customers) + 0.129 perimeter + 0.99 · 2 · E[way to the nearest]."""
    mean = np.maximum(city.population * city.chance, city.floor)
    unit = WITHIN * np.sqrt(city.area * mean) + PERIMETER * city.perimeter
    # A border between two units of one district is no part of its perimeter.
    inside = np.asarray(city.border.sum(axis=1)).ravel()
    exposure, step = exposures(city)
    return ZoneCosts(city.border * (2 * PERIMETER), exposure, 2 * LINK * step, unit - PERIMETER * inside)


def exposures(city: City) -> tuple[Floats, Floats]:
    """(n, steps) minus log of the chance of no customer within each radius of the depot; (steps,) km of each step."""
    away = [_away(polygon, city.depot) for polygon in city.polygons]
    far = max(float(each.min()) for each in away) + 3.0
    radius = np.linspace(0.0, far, STEPS + 1)
    middle, exposure = (radius[1:] + radius[:-1]) / 2, np.zeros((city.units, STEPS))
    for unit, each in enumerate(away):
        share = np.searchsorted(np.sort(each), middle) / each.size
        people = int(city.population[unit])
        none = (1 - city.chance * share) ** people
        for few in range(city.floor):
            none += binom.pmf(few, people, city.chance) * ((1 - share) ** city.floor - (1 - share) ** few)
        exposure[unit] = -np.log(np.maximum(none, 1e-30))
    return exposure, np.diff(radius)


def _away(polygon: Any, depot: Floats) -> Floats:
    """Distance from the depot of a grid of points in a polygon."""
    x0, y0, x1, y1 = polygon.bounds
    x, y = np.meshgrid(*(low + (high - low) * (np.arange(GRID) + 0.5) / GRID for low, high in ((x0, x1), (y0, y1))))
    x, y = x.ravel(), y.ravel()
    inside = shapely.contains_xy(polygon, x, y)
    return np.hypot(x[inside] - depot[0], y[inside] - depot[1])


class Days:
    """Customers of each unit on each of some days, and the mean tours of districts through them."""

    def __init__(self, city: City, days: int, seed: int) -> None:
        self.city, self.days = city, days
        self.points: list[Floats] = []
        self.start = np.zeros((city.units, days + 1), np.int64)
        for unit, polygon in enumerate(city.polygons):
            random = np.random.default_rng([977, seed, unit])
            count = np.maximum(random.binomial(city.population[unit], city.chance, days), city.floor)
            self.points.append(_drawn(polygon, int(count.sum()), random))
            self.start[unit, 1:] = np.cumsum(count)
        offset = np.concatenate([[0], np.cumsum([each.shape[0] for each in self.points])])
        self.all = np.ascontiguousarray(np.vstack(self.points))
        self.start += offset[:-1, None]

    def tours(self, members: tuple[int, ...], kicks: float = 1, first: int = 0, last: int | None = None) -> Floats:
        """(days,) km of the tour from the depot through the customers of `members`."""
        rows = np.array(members, np.int64)
        return day_tours(self.all, self.start[rows], self.city.depot, kicks, first, self.days if last is None else last)


@njit(cache=True, nogil=True)
def day_tours(points: Floats, start: Ints, depot: Floats, kicks: float, first: int, last: int) -> Floats:
    """Length of the tour through the units' points on each day."""
    found = np.zeros(last - first)
    for day in range(first, last):
        count = 1
        for unit in range(start.shape[0]):
            count += start[unit, day + 1] - start[unit, day]
        stops = np.empty((count, 2))
        stops[0] = depot
        at = 1
        for unit in range(start.shape[0]):
            for i in range(start[unit, day], start[unit, day + 1]):
                stops[at] = points[i]
                at += 1
        found[day - first] = closed_tour_length(stops, kicks)
    return found


def _drawn(polygon: Any, count: int, random: np.random.Generator) -> Floats:
    """`count` points drawn evenly in a polygon."""
    x0, y0, x1, y1 = polygon.bounds
    found = np.empty((0, 2))
    while found.shape[0] < count:
        points = random.uniform([x0, y0], [x1, y1], (2 * count + 50, 2))
        found = np.vstack([found, points[shapely.contains_xy(polygon, points[:, 0], points[:, 1])]])
    return found[:count]
