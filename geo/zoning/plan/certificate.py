"""The proof of a bound as plain data, which code that shares nothing with the engine can check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Leaf:
    """Prices that prove the bound of one case.

    Attributes:
        prices: (n,) price of serving each unit, in the problem's cost times hours.
    """

    prices: npt.NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Split:
    """Two cases that cover everything: of the bases of `zones`, at most `number` are among `units`, or more are.

    Attributes:
        zones: Zones whose bases are counted; the same rules hold for all of them.
        units: Units that count.
        number: Largest number in the first case.
        few: Proof of the first case.
        more: Proof of the second.
    """

    zones: tuple[int, ...]
    units: npt.NDArray[np.int64] = field(repr=False)
    number: int
    few: Leaf | Split
    more: Leaf | Split


@dataclass(frozen=True, eq=False)
class ZonePrices:
    """Prices that hold against every contiguous zone within its hours, not only against what a knapsack may split.

    Attributes:
        prices: (n,) price of having each unit in a zone, in the problem's cost times hours.
        triples: (t, 3) units; of the zones with two or more of three, one at most is in a plan.
        fines: (t,) what a zone pays for having two or more.
    """

    prices: npt.NDArray[np.float64] = field(repr=False)
    triples: npt.NDArray[np.int64] = field(repr=False)
    fines: npt.NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True, eq=False)
class ListCase:
    """One case of a list: which pairs of units share a zone (True) and which do not, and prices for it."""

    pairs: tuple[tuple[int, int, bool], ...]
    prices: ZonePrices


@dataclass(frozen=True, eq=False)
class ZoneList:
    """A proof by listing the zones that a plan cheaper than `bound` can have.

    Attributes:
        prices: Prices that tell which zones are on the list.
        least: (zones,) least net cost of any zone in place of each of the problem's at these prices.
        bound: What is claimed of every plan's cost.
        cases: Cases that cover all plans made of the list; none where the prices prove the bound by themselves.
    """

    prices: ZonePrices
    least: npt.NDArray[np.float64] = field(repr=False)
    bound: float
    cases: tuple[ListCase, ...] = field(repr=False)


@dataclass(frozen=True, eq=False)
class SharedBorders:
    """A proof in which units bear what borders cost: for each base, amounts sent along pairs of neighbours.

    No amount is more than half its pair's price. A zone's units together send no more out of it than half the price of
    the pairs it parts, so that a proof for the problem with units charged what they send, and no price of pairs, holds.

    Attributes:
        pairs: (e, 2) neighbours.
        sent: (n, e) what each base sends from the first unit of a pair to the second.
        shift: (n,) what is added to the cost of each unit, for all its hours, so that nothing costs less than 0.
        proof: The proof for that problem.
    """

    pairs: npt.NDArray[np.int64] = field(repr=False)
    sent: npt.NDArray[np.float32] = field(repr=False)
    shift: npt.NDArray[np.float64] = field(repr=False)
    proof: Leaf | Split


Certificate = Leaf | Split | ZoneList | SharedBorders


def leaves(certificate: Certificate) -> int:
    """Number of cases that a proof distinguishes."""
    if isinstance(certificate, Leaf):
        return 1
    if isinstance(certificate, ZoneList):
        return max(1, len(certificate.cases))
    if isinstance(certificate, SharedBorders):
        return leaves(certificate.proof)
    return leaves(certificate.few) + leaves(certificate.more)


def as_data(certificate: Certificate) -> dict[str, Any]:
    """A proof as lists and numbers that JSON can hold."""
    if isinstance(certificate, Leaf):
        return {"prices": certificate.prices.tolist()}
    if isinstance(certificate, ZoneList):
        return {
            "list": _prices_as_data(certificate.prices),
            "least": certificate.least.tolist(),
            "bound": certificate.bound,
            "cases": [
                {"pairs": [list(pair) for pair in case.pairs], **_prices_as_data(case.prices)}
                for case in certificate.cases
            ],
        }
    if isinstance(certificate, SharedBorders):
        return {
            "pairs": certificate.pairs.tolist(),
            "sent": [_sent_as_data(row) for row in certificate.sent],
            "shift": certificate.shift.tolist(),
            "proof": as_data(certificate.proof),
        }
    return {
        "zones": list(certificate.zones),
        "units": certificate.units.tolist(),
        "number": certificate.number,
        "few": as_data(certificate.few),
        "more": as_data(certificate.more),
    }


def from_data(data: dict[str, Any]) -> Certificate:
    """A proof from what `as_data` made of it."""
    if "list" in data:
        cases = tuple(
            ListCase(tuple((int(a), int(b), bool(same)) for a, b, same in case["pairs"]), _prices_from_data(case))
            for case in data["cases"]
        )
        least = np.asarray(data["least"], np.float64)
        return ZoneList(_prices_from_data(data["list"]), least, float(data["bound"]), cases)
    if "sent" in data:
        pairs = np.asarray(data["pairs"], np.int64).reshape(-1, 2)
        sent = np.zeros((len(data["sent"]), pairs.shape[0]), np.float32)
        for base, (at, amount) in enumerate(data["sent"]):
            sent[base, at] = amount
        return SharedBorders(pairs, sent, np.asarray(data["shift"], np.float64), _tree_from_data(data["proof"]))
    return _tree_from_data(data)


def _tree_from_data(data: dict[str, Any]) -> Leaf | Split:
    if "prices" in data:
        return Leaf(np.asarray(data["prices"], np.float64))
    units, sides = np.asarray(data["units"], np.int64), [_tree_from_data(data[side]) for side in ("few", "more")]
    return Split(tuple(data["zones"]), units, int(data["number"]), *sides)


def _sent_as_data(row: npt.NDArray[np.float32]) -> list[list[Any]]:
    """Where a base sends anything, and how much."""
    at = np.flatnonzero(row)
    return [at.tolist(), row[at].tolist()]


def _prices_as_data(prices: ZonePrices) -> dict[str, Any]:
    return {
        "prices": prices.prices.tolist(),
        "triples": prices.triples.tolist(),
        "fines": prices.fines.tolist(),
    }


def _prices_from_data(data: dict[str, Any]) -> ZonePrices:
    triples = np.asarray(data["triples"], np.int64).reshape(-1, 3)
    return ZonePrices(np.asarray(data["prices"], np.float64), triples, np.asarray(data["fines"], np.float64))
