"""Ways out of whatever file or service a council has: one reader for each, one front door."""

from routing.importers.front_door import MAPS, read_roads
from routing.importers.line_mapping import LineMapping, LineMappingError
from routing.importers.place import read_place

__all__ = ["MAPS", "LineMapping", "LineMappingError", "read_place", "read_roads"]
