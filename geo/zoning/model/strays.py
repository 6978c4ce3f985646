"""What hangs together among a few atoms, and what is cut off from the atom that it should hang together with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.zoning.model.arrays import Model


def neighbours(model: Model, atom: int) -> list[int]:
    """Neighbours of an atom."""
    found: list[int] = model.item[model.start[atom] : model.start[atom + 1]].tolist()
    return found


def reached(model: Model, first: int, inside: set[int]) -> set[int]:
    """`first`, and the atoms `inside` that can be reached from it without leaving them."""
    found, waiting = {first}, [first]
    while waiting:
        for other in neighbours(model, waiting.pop()):
            if other in inside and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def stray_parts(model: Model, members: set[int], home: int) -> list[set[int]]:
    """Connected parts of `members` that do not hold `home`, each from its least atom on."""
    rest, parts = members - reached(model, home, members), []
    while rest:
        parts.append(reached(model, min(rest), rest))
        rest -= parts[-1]
    return parts


def ring_round(model: Model, part: set[int]) -> set[int]:
    """The atoms next to a part."""
    return {other for atom in part for other in neighbours(model, atom)} - part
