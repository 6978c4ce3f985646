"""Ways of a map with their tags, whatever file they came from, before they are made into a network for one mode.

Tags are OpenStreetMap's. A reader of another format says the same in those words (``highway``, ``oneway``,
``junction``, ``maxspeed``), so that what may be used, in which direction and how fast is decided in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that a sign forbids, or the only one it allows.

    Attributes:
        came_by: Row of the way it comes from.
        via: Node.
        leaves_by: Row of the way it leads to.
        only: Whether it is the only turn allowed from that way, rather than one forbidden.
    """

    came_by: int
    via: int
    leaves_by: int
    only: bool


@dataclass(frozen=True)
class Ways:
    """Ways as read.

    Attributes:
        east_m: (nodes,) easting in metres. ``north_m`` likewise.
        north_m: (nodes,) northing in metres.
        order: (k,) node numbers of all ways, one way after another.
        sizes: (ways,) how many nodes each way has.
        metres: (k - 1,) length from each node of ``order`` to the next; from one way to the next it is not used.
        tags_of_way: (ways,) row of ``tags``.
        tags: The different sets of tags.
        barriers: Tags of nodes that may shut the way.
        turns: Turn restrictions.
        source: What was read, its date and licence.
        notes: What a person should know about the reading, such as restrictions that were passed over.
    """

    east_m: NDArray[Any]
    north_m: NDArray[Any]
    order: NDArray[Any]
    sizes: NDArray[Any]
    metres: NDArray[Any]
    tags_of_way: NDArray[Any]
    tags: tuple[Tags, ...]
    source: str
    barriers: Mapping[int, Tags] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()
    notes: tuple[str, ...] = ()
