"""A look for every zone: fourteen colours, so that fourteen zones have one each, and neighbours differ most.

No fourteen colours are told apart by everybody. So neighbours get colours that are far apart for people with full and
with each common form of deficient colour vision, a pattern unlike every neighbour's, and their names stand on the map.
All colours are light enough that borders and names in dark ink stand out from them by 3 to 1 and more (WCAG 2.2,
success criterion 1.4.11), and the legend names each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

#: Paul Tol's "light" scheme, made for areas under dark text, and seven more of the same lightness between its hues.
PALETTE = (
    "#77aadd", "#ee8866", "#eedd88", "#ffaabb", "#99ddff", "#44bb99", "#bbcc33",
    "#aaaa00", "#dddddd", "#c9a0e8", "#d9a066", "#e573c4", "#9ccfc0", "#a8a8b8",
)  # fmt: skip
PATTERNS = ("none", "dots", "lines", "cross", "back", "across", "upright")

#: Simulated full loss of one kind of cone, on linear RGB: protan, deutan, tritan (Machado, Oliveira and Fernandes,
#: "A physiologically-based model for simulation of color vision deficiency", IEEE TVCG 15(6), 2009, severity 1.0).
_VISION = (
    np.eye(3),
    np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
)
#: Linear RGB to the cone responses of Oklab, and their cube roots to lightness and two axes of hue (Ottosson, 2020).
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a zone is drawn."""

    colour: str
    pattern: str


def linear_rgb(colour: str) -> NDArray[np.float64]:
    """``#rrggbb`` as linear light, 0 to 1 (IEC 61966-2-1)."""
    coded = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((float(linear_rgb(c) @ (0.2126, 0.7152, 0.0722)) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=1024)
def apart(one: str, other: str) -> float:
    """How far apart two colours look to those who tell them apart worst: Oklab distance, about 0.02 being just seen."""
    return min(float(np.linalg.norm(_oklab(one, sight) - _oklab(other, sight))) for sight in range(len(_VISION)))


def _oklab(colour: str, sight: int) -> NDArray[np.float64]:
    seen = np.clip(_VISION[sight] @ linear_rgb(colour), 0, 1)
    lab: NDArray[np.float64] = _LAB @ np.cbrt(_CONES @ seen)
    return lab


def touching_zones(numbers: Sequence[int], shapes: Sequence[BaseGeometry]) -> dict[int, set[int]]:
    """The zones beside each zone. Shapes are in metres; one metre of reach, as borders may be simplified one by one."""
    touching: dict[int, set[int]] = {number: set() for number in numbers}
    left, right = shapely.STRtree(shapes).query(shapely.buffer(np.array(shapes), 1.0), predicate="intersects")
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        if i != j:
            touching[numbers[i]].add(numbers[j])
            touching[numbers[j]].add(numbers[i])
    return touching


def zone_looks(touching: Mapping[int, Set[int]]) -> dict[int, Look]:
    """Give every zone a colour and a pattern, the same for the same map.

    Each colour is used once as long as there are enough. Zones with most neighbours choose first, each the colour that
    lies furthest from its nearest neighbour's; then two zones change colours for as long as that brings the closest
    pair of neighbours further apart.

    Args:
        touching: The zones beside each zone, by number.
    """
    order = sorted(touching, key=lambda zone: (-len(touching[zone]), zone))
    colours: dict[int, str] = {}
    patterns: dict[int, str] = {}
    for at, zone in enumerate(order):
        used = list(colours.values())
        beside = [colours[other] for other in touching[zone] if other in colours]
        pool = [colour for colour in PALETTE if colour not in beside] or list(PALETTE)
        least = min(used.count(colour) for colour in pool)
        free = [colour for colour in pool if used.count(colour) == least]
        colours[zone] = max(free, key=lambda colour: min((apart(colour, other) for other in beside), default=1.0))
        taken = [patterns.get(other) for other in touching[zone]]
        rotated = PATTERNS[at % len(PATTERNS) :] + PATTERNS[: at % len(PATTERNS)]
        patterns[zone] = min(rotated, key=taken.count)
    _exchange(colours, touching)
    return {zone: Look(colours[zone], patterns[zone]) for zone in sorted(colours)}


def _exchange(colours: dict[int, str], touching: Mapping[int, Set[int]]) -> None:
    zones = sorted(colours)
    position = {zone: i for i, zone in enumerate(zones)}
    pairs = [(position[a], position[b]) for a in zones for b in touching[a] if a < b]
    if not pairs or len(zones) > 2 * len(PALETTE):
        return
    left, right = np.array(pairs).T
    distances = np.array([[apart(a, b) for b in PALETTE] for a in PALETTE])
    held = np.array([PALETTE.index(colours[zone]) for zone in zones])

    def closest() -> list[float]:
        return [float(found) for found in np.sort(distances[held[left], held[right]])[:3]]

    best, improved = closest(), True
    while improved:
        improved = False
        for i in range(len(zones)):
            for j in range(i + 1, len(zones)):
                held[[i, j]] = held[[j, i]]
                found = closest()
                if found > best:
                    best, improved = found, True
                else:
                    held[[i, j]] = held[[j, i]]
    colours.update({zone: PALETTE[held[i]] for i, zone in enumerate(zones)})
