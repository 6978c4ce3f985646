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
    few: Certificate
    more: Certificate


Certificate = Leaf | Split


def leaves(certificate: Certificate) -> int:
    """Number of cases that a proof distinguishes."""
    if isinstance(certificate, Leaf):
        return 1
    return leaves(certificate.few) + leaves(certificate.more)


def as_data(certificate: Certificate) -> dict[str, Any]:
    """A proof as lists and numbers that JSON can hold."""
    if isinstance(certificate, Leaf):
        return {"prices": certificate.prices.tolist()}
    return {
        "zones": list(certificate.zones),
        "units": certificate.units.tolist(),
        "number": certificate.number,
        "few": as_data(certificate.few),
        "more": as_data(certificate.more),
    }


def from_data(data: dict[str, Any]) -> Certificate:
    """A proof from what `as_data` made of it."""
    if "prices" in data:
        return Leaf(np.asarray(data["prices"], np.float64))
    units = np.asarray(data["units"], np.int64)
    return Split(tuple(data["zones"]), units, int(data["number"]), from_data(data["few"]), from_data(data["more"]))
