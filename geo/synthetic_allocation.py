"""Hours of every zone and band that meet both published totals: proportional fitting, then whole quarter-hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MOST_MAINTENANCE: Final = 0.97  # of a zone's hours, so that every zone keeps some of the other services
_ROUNDS: Final = 2_000


def fit_maintenance(
    mass: NDArray[np.float64],
    zone_hours: NDArray[np.float64],
    band_hours: NDArray[np.float64],
    zones: Sequence[str],
    bands: Sequence[str],
) -> NDArray[np.int64]:
    """Maintenance quarter-hours by zone and band: columns meet the bands exactly, rows stay within zones.

    Iterative proportional fitting (Deming and Stephan 1940) of the mass to the band totals and to each zone's share of
    its planned hours; where a zone's bands cannot carry its share, rows turn into upper limits and bands still hold.

    Args:
        mass: (zones, bands) where demand is likely, 0 where a zone has no area of a band.
        zone_hours: (zones,) hours a week of all services.
        band_hours: (bands,) maintenance hours a week, each a whole number of quarter-hours.
        zones: names, for errors.
        bands: names, for errors.

    Raises:
        ValueError: no areas have a band that must have hours, or the zones with a band have too few hours for it.
    """
    for empty in np.flatnonzero((mass.sum(axis=0) == 0) & (band_hours > 0)).tolist():
        raise ValueError(f"band {bands[empty]}: no area has it, so its {band_hours[empty]:g} hours have no place")
    for empty in np.flatnonzero((mass.sum(axis=1) == 0) & (zone_hours > 0)).tolist():
        raise ValueError(f"zone {zones[empty]}: no area lies in it, so its {zone_hours[empty]:g} hours have no place")
    for b in np.flatnonzero(band_hours > 0).tolist():
        room = float(zone_hours[mass[:, b] > 0].sum()) * _MOST_MAINTENANCE
        if room < band_hours[b]:
            names = ", ".join(zones[z] for z in np.flatnonzero(mass[:, b] > 0).tolist())
            raise ValueError(f"band {bands[b]}: {band_hours[b]:g} hours, but its zones ({names}) can hold {room:g}")
    hours = mass / np.maximum(mass.sum(axis=0), 1e-12) * band_hours
    share = zone_hours * band_hours.sum() / zone_hours.sum()
    for turn in range(_ROUNDS):
        held = hours.sum(axis=1)
        wanted = share if turn < _ROUNDS // 10 else np.minimum(held, zone_hours * _MOST_MAINTENANCE)
        hours *= np.where(held > 0, wanted / np.maximum(held, 1e-12), 0.0)[:, None]
        hours *= band_hours / np.maximum(hours.sum(axis=0), 1e-12)
    over = hours.sum(axis=1) - zone_hours
    if over.max() > 0:
        z = int(over.argmax())
        raise ValueError(f"zone {zones[z]}: its bands need {over[z]:.1f} maintenance hours more than its planned hours")
    return np.column_stack(
        [share_out(4 * column, round(4 * float(b))) for column, b in zip(hours.T, band_hours, strict=True)]
    )


def share_out(parts: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Whole numbers in the proportions of `parts` that add up to `total` (largest remainder; first wins a tie)."""
    if total == 0 or parts.sum() <= 0:
        return np.zeros(len(parts), dtype=np.int64)
    exact = parts / parts.sum() * total
    whole = np.floor(exact + 1e-9).astype(np.int64)
    most = np.argsort(-(exact - whole), kind="stable")[: total - int(whole.sum())]
    whole[most] += 1
    return np.asarray(whole, dtype=np.int64)
