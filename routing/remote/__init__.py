"""Travel asked of a routing server that the council runs: OSRM or Valhalla, behind the same interface."""

from routing.remote.connection import RemoteError
from routing.remote.osrm import OsrmModel
from routing.remote.valhalla import ValhallaModel

__all__ = ["OsrmModel", "RemoteError", "ValhallaModel"]
