"""Roads of a place by name, downloaded by osmnx from OpenStreetMap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from routing.importers.osmnx_graph import ways_from_graph
from routing.modes import CAR
from routing.osm import READ_TAGS, RoadFileError

if TYPE_CHECKING:
    from routing.ways import Ways


def read_place(name: str, modes: Sequence[str] = (CAR,)) -> Ways:
    """Download the ways of a place, such as ``Rutland, England``. For a county, an extract is far quicker.

    Raises:
        RoadFileError: The place is not known, or OpenStreetMap's servers cannot be reached or have nothing there.
    """
    import osmnx  # noqa: PLC0415  heavy, and only needed where roads are imported

    kind = "drive_service" if tuple(modes) == (CAR,) else "all"
    before = osmnx.settings.useful_tags_way
    osmnx.settings.useful_tags_way = sorted({*before, *READ_TAGS})
    try:
        graph = osmnx.graph_from_place(name, network_type=kind, simplify=False, retain_all=True)
    except Exception as error:
        raise RoadFileError(f"{name}: its roads cannot be downloaded ({type(error).__name__}: {error})") from error
    finally:
        osmnx.settings.useful_tags_way = before
    day = datetime.now(tz=UTC).date().isoformat()
    return ways_from_graph(graph, f"OpenStreetMap, {name}, downloaded {day}; (c) OpenStreetMap contributors, ODbL")
