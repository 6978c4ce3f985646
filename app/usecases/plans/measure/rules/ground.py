"""What zones hang together by: neighbours, barriers between some of them, and crossings between others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from scipy.sparse import csr_matrix

from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.places import Places, contradiction, unit_names
from app.usecases.plans.measure.rules.rule import (
    Broken,
    Ground,
    Labelled,
    Rule,
    RuleOption,
    Verdict,
    Words,
    counted,
    couples,
)
from geo.zoning.problem.islands import piece_of_each

PIECES_SHOWN = 5
Pair = tuple[str, str]


class GroundFields(BaseModel):
    """Fields of a request that say which areas are neighbours."""

    barriers: list[Pair] = Field(
        default=[],
        max_length=5000,
        description="Neighbouring areas that a river or motorway parts: no zone crosses there.",
    )
    crossings: list[Pair] = Field(
        default=[], max_length=5000, description="Areas that a bridge or ferry joins although they do not touch."
    )


class Contiguity(Rule[GroundFields]):
    """Every zone hangs together."""

    name = "contiguity"
    words = Words(
        "Every zone hangs together.",
        "Some zones are in pieces.",
        "Give the areas that are cut off to a zone beside them.",
    )

    def check(self, asked: GroundFields, plan: Labelled) -> Iterator[Verdict]:
        pieces = pieces_of_zones(asked, plan)
        broken = []
        for zone, parts in zip(plan.zones, pieces, strict=True):
            if len(parts) > 1:
                cut_off = [area for part in parts[1:] for area in plan.ids(part)]
                shown = ", ".join(cut_off[:PIECES_SHOWN]) + (" and others" if len(cut_off) > PIECES_SHOWN else "")
                detail = f"{zone.name} is in {len(parts)} pieces; {len(cut_off)} areas are cut off: {shown}."
                broken.append(Broken(zone.number, detail, cut_off))
        most = max(len(parts) for parts in pieces)
        yield Verdict(self.name, "pieces of a zone", 1, most, not broken, self.words, broken)


class Barriers(Rule[GroundFields]):
    """No zone hangs together across a barrier."""

    name = "barriers"
    words = Words(
        "No zone crosses a barrier.",
        "Some zones cross a barrier.",
        "Give one side to another zone, or add a crossing.",
    )
    options = (
        RuleOption("--barrier", "AREA,AREA: neighbours parted by a river or motorway.", "barriers", read=couples),
    )

    def join(self, asked: GroundFields, inputs: PlanInputs) -> PlanInputs:
        return _with(inputs, neighbours(inputs, asked.barriers, ())) if asked.barriers else inputs

    def limit(self, asked: GroundFields, ground: Ground) -> None:
        """Let no zone use the links that the engine makes between the two sides of a barrier."""
        if asked.barriers:
            whole = piece_of_each(_unparted(asked, ground.inputs, ground.places))
            ground.apart += [(a, b) for a, b in ground.links() if whole[a] == whole[b]]

    def check(self, asked: GroundFields, plan: Labelled) -> Iterator[Verdict]:
        open_again = {frozenset(pair) for pair in asked.crossings}
        shut = [pair for pair in asked.barriers if frozenset(pair) not in open_again]
        if not shut:
            return
        piece = _piece_of_zone(plan, plan.inputs.areas.adjacency)
        broken = []
        for i, pair in enumerate(shut):
            a, b = (plan.places.unit(area_id, f"barriers[{i}]") for area_id in pair)
            if plan.plan.labels[a] == plan.plan.labels[b] and piece[a] != piece[b]:
                zone = plan.zones[plan.plan.labels[a]]
                detail = f"{zone.name} crosses the barrier between {plan.names[a]} and {plan.names[b]}."
                broken.append(Broken(zone.number, detail, plan.ids([a, b])))
        yield counted(self, len(shut), broken, of="pairs")

    def held_to(self, asked: GroundFields) -> str:
        return f"{len(asked.barriers)} barriers" if asked.barriers else ""


class Crossings(Rule[GroundFields]):
    """Areas that a crossing joins count as neighbours."""

    name = "crossings"
    words = Words(
        "Areas that a crossing joins count as neighbours.",
        "Some areas that a crossing should join do not count as neighbours.",
        "Draw the plan again with the crossing.",
    )
    options = (RuleOption("--crossing", "AREA,AREA: joined by a bridge or ferry.", "crossings", read=couples),)

    def join(self, asked: GroundFields, inputs: PlanInputs) -> PlanInputs:
        return _with(inputs, neighbours(inputs, (), asked.crossings)) if asked.crossings else inputs

    def check(self, asked: GroundFields, plan: Labelled) -> Iterator[Verdict]:
        if not asked.crossings:
            return
        broken = []
        for i, pair in enumerate(asked.crossings):
            a, b = (plan.places.unit(area_id, f"crossings[{i}]") for area_id in pair)
            if not plan.plan.problem.adjacency[a, b]:
                detail = f"{plan.names[a]} and {plan.names[b]} do not count as neighbours, and a crossing joins them."
                broken.append(Broken(None, detail, plan.ids([a, b])))
        yield counted(self, len(asked.crossings), broken, of="pairs")

    def held_to(self, asked: GroundFields) -> str:
        return f"{len(asked.crossings)} crossings" if asked.crossings else ""


def pieces_of_zones(asked: GroundFields, plan: Labelled) -> list[list[list[int]]]:
    """For each zone the units of each connected piece of it, the largest first.

    Gaps of the map itself, such as between an island and the rest, are linked; those that barriers make are not.
    """
    piece = _piece_of_zone(plan, _hangs_by(asked, plan))
    found: list[list[list[int]]] = [[] for _ in plan.zones]
    # pieces are numbered from the largest of all, so each zone's come in order of size too
    by_piece = np.split(np.argsort(piece, kind="stable"), np.cumsum(np.bincount(piece))[:-1])
    for units in by_piece:
        found[int(plan.plan.labels[units[0]])].append(units.tolist())
    return found


def _hangs_by(asked: GroundFields, plan: Labelled) -> Any:
    adjacency, links = plan.inputs.areas.adjacency, plan.plan.problem.links
    if not links:
        return adjacency
    whole = piece_of_each(_unparted(asked, plan.inputs, plan.places) if asked.barriers else adjacency)
    return _joined(adjacency, [(a, b) for a, b in links if whole[a] != whole[b]])


def _unparted(asked: GroundFields, inputs: PlanInputs, places: Places) -> Any:
    """The neighbours with those that barriers part put back."""
    pairs = [tuple(places.unit(area_id, f"barriers[{i}]") for area_id in p) for i, p in enumerate(asked.barriers)]
    return _joined(inputs.areas.adjacency, [(a, b) for a, b in pairs])


def _joined(adjacency: Any, pairs: Sequence[tuple[int, int]]) -> Any:
    if not pairs:
        return adjacency
    rows, columns = [a for a, _ in pairs] + [b for _, b in pairs], [b for _, b in pairs] + [a for a, _ in pairs]
    return csr_matrix(adjacency + csr_matrix((np.ones(len(rows)), (rows, columns)), adjacency.shape))


def _piece_of_zone(plan: Labelled, adjacency: Any) -> NDArray[np.int64]:
    """(n,) the connected piece of its zone that each unit is in."""
    pairs = adjacency.tocoo()
    same = plan.plan.labels[pairs.row] == plan.plan.labels[pairs.col]
    inside = csr_matrix((np.ones(int(same.sum())), (pairs.row[same], pairs.col[same])), adjacency.shape)
    return piece_of_each(inside)


def _with(inputs: PlanInputs, adjacency: Any) -> PlanInputs:
    return replace(inputs, areas=replace(inputs.areas, adjacency=adjacency))


def neighbours(inputs: PlanInputs, barriers: Sequence[Pair], crossings: Sequence[Pair]) -> Any:
    """(n, n) sparse: which areas are neighbours once rivers part some and bridges join others.

    Raises:
        JobProblem: an area is not known, or a barrier lies between areas that do not touch.
    """
    names, places = unit_names(inputs), Places(inputs)
    changed = inputs.areas.adjacency.tolil(copy=True)
    for i, pair in enumerate(barriers):
        a, b = (places.unit(area_id, f"barriers[{i}]") for area_id in pair)
        if not changed[a, b]:
            raise contradiction(f"barriers: {names[a]} and {names[b]} are not neighbours, so nothing parts them.")
        changed[a, b] = changed[b, a] = 0
    for i, pair in enumerate(crossings):
        a, b = (places.unit(area_id, f"crossings[{i}]") for area_id in pair)
        if a == b:
            raise contradiction(f"crossings: {names[a]} is joined with itself, expected two areas.")
        changed[a, b] = changed[b, a] = 1.0
    return changed.tocsr()
