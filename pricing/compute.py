"""The build-up run on ``Decimal``, one case at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pricing.buildup import build_up

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from pricing.structure import Structure


def compute(structure: Structure, inputs: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Every step and line by name, ``price`` among them, unrounded; in the caller's decimal context."""
    computed: dict[str, Decimal] = {}

    def keep(name: str, value: Decimal) -> Decimal:
        computed[name] = value
        return value

    build_up(structure, inputs, keep)
    return computed
