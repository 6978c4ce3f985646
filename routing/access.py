"""What may be used by whom, and in which direction, from OpenStreetMap's tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from routing.modes import CAR

if TYPE_CHECKING:
    from routing.speeds import SpeedTable

#: Access keys by mode, the most particular first, as the map defines them.
ACCESS_KEYS = {
    CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
    "cycle": ("bicycle", "vehicle", "access"),
    "ebike": ("bicycle", "vehicle", "access"),
    "walk": ("foot", "access"),
}
#: Keys that say which way a mode may go, the most particular first.
ONEWAY_KEYS = {
    CAR: ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    "cycle": ("oneway:bicycle", "oneway:vehicle", "oneway"),
    "ebike": ("oneway:bicycle", "oneway:vehicle", "oneway"),
}
#: A ferry carries cars only where the map says so: many carry people alone and say nothing of cars.
CARRIED = frozenset({"yes", "designated", "permissive", "permit", "customers", "destination", "official"})
CLOSED = frozenset({"no", "private", "agricultural", "forestry", "emergency", "military", "delivery"})
#: Drives and car parks are nobody's way through; the way from the door to the road is charged by snapping instead.
NOT_THROUGH = frozenset({"driveway", "parking_aisle", "drive-through", "emergency_access", "alley"})
#: What stops a car where the map does not say; most of it lets walkers by, and much of it cyclists.
BLOCKING = {
    CAR: frozenset({"bollard", "block", "jersey_barrier", "log", "cycle_barrier", "kissing_gate", "stile", "chain"}),
    "cycle": frozenset({"kissing_gate", "stile"}),
    "ebike": frozenset({"kissing_gate", "stile"}),
    "walk": frozenset[str](),
}
FERRIES = frozenset({"ferry", "shuttle_train"})
ROUND = frozenset({"roundabout", "circular"})
MOTORWAYS = frozenset({"motorway", "motorway_link"})
#: Not a way to go on at all.
NO_WAY = frozenset(
    {"abandoned", "bus_guideway", "construction", "corridor", "elevator", "escalator", "no", "planned", "platform"}
    | {"proposed", "raceway", "razed", "rest_area", "services", "via_ferrata"}
)
#: A cyclist gets off here, unless the map says that cycling is allowed.
ON_FOOT = frozenset({"footway", "pedestrian", "steps", "path"})


def is_open(tags: Mapping[str, str], mode: str = CAR) -> bool:
    """Whether the access tags let a mode by: the most particular one decides."""
    for key in ACCESS_KEYS[mode]:
        if value := tags.get(key):
            return value not in CLOSED
    return True


def may_use(tags: Mapping[str, str], mode: str, table: SpeedTable) -> bool:
    """Whether a care worker may go along a way by a mode.

    Cars keep to the classes of the speed table, and off private roads, drives and car-park aisles. Cyclists keep off
    motorways, and off footways and paths that are not marked for them. Walkers keep off motorways only.
    """
    highway = tags.get("highway", "")
    if tags.get("area") == "yes" or not is_open(tags, mode):
        return False
    if is_ferry(tags):
        return mode != CAR or any(tags.get(key) in CARRIED for key in ACCESS_KEYS[CAR])
    if mode == CAR:
        return highway in table.classes and tags.get("service") not in NOT_THROUGH
    if not highway or highway in MOTORWAYS or highway in NO_WAY or tags.get("motorroad") == "yes":
        return False
    return mode == "walk" or highway not in ON_FOOT or tags.get("bicycle") in {"yes", "designated", "permissive"}


def is_ferry(tags: Mapping[str, str]) -> bool:
    """Whether a way is a crossing by ferry, or a train that carries cars, rather than a road."""
    return not tags.get("highway") and tags.get("route") in FERRIES


def way_directions(tags: Mapping[str, str], mode: str = CAR) -> tuple[bool, bool]:
    """Return whether a way may be used forwards and backwards.

    The most particular key decides: ``oneway:motor_vehicle=no`` opens a one-way street to cars. Roundabouts and
    motorways are one-way unless the map says otherwise. One-ways do not bind walkers, nor
    cyclists where the map excepts them.
    """
    if mode == "walk":
        return True, True
    if mode != CAR and tags.get("cycleway", "").startswith("opposite"):
        return True, True
    oneway = next((value for key in ONEWAY_KEYS[mode] if (value := tags.get(key))), "")
    if oneway in {"yes", "true", "1"}:
        return True, False
    if oneway in {"-1", "reverse"}:
        return False, True
    if oneway not in {"no", "false", "0"} and (
        tags.get("junction") in ROUND or tags.get("highway") in {"motorway", "motorway_link"}
    ):
        return True, False
    return True, True


def shut(tags: Mapping[str, str], mode: str = CAR) -> bool:
    """Whether a barrier stops a mode: what its access tags say, or else what kind it is."""
    if any(key in tags for key in ACCESS_KEYS[mode]):
        return not is_open(tags, mode)
    return tags.get("barrier", "") in BLOCKING[mode]
