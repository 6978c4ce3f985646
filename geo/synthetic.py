"""The demonstration county's demand: made up, seeded, on real postcodes, adding up to the published totals.

Nobody's data is in it. Every frame says so: a column `synthetic` that is true, references that begin with `SYN-`,
providers named `Synthetic Provider nn`, and `SYNTHETIC_NOTE` in its `attrs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.demand import tidy
from geo.synthetic_allocation import fit_maintenance, share_out
from geo.synthetic_plans import draw_plans
from geo.synthetic_report import ReportTables, SyntheticAssumptions, report_tables, synthetic_assumptions
from geo.synthetic_zones import ReferenceZones, pieces, reference_zones

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.demand import AreaLabels

__all__ = [
    "SYNTHETIC_NOTE",
    "ReferenceZones",
    "ReportTables",
    "pieces",
    "reference_zones",
    "report_tables",
    "synthetic_packages",
]

SYNTHETIC_NOTE: Final = (
    "Synthetic: made-up packages on real postcodes, drawn from a seed to meet the published totals; no person's data."
)
_FIRST_DAY: Final = np.datetime64("2016-11-01", "D")  # the published analysis begins with November 2016
_ONE_PACKAGE: Final = 14  # quarter-hours: half an hour a day
_PRIMES: Final = 2  # a zone has at least two prime providers (paragraphs 25 to 28)
_PRIME_SHARE: Final = 0.7
_PROVIDERS_A_ZONE: Final = 5


def synthetic_packages(
    postcodes: pd.DataFrame,
    bands: AreaLabels,
    zones: AreaLabels,
    *,
    seed: int = 0,
    tables: ReportTables | None = None,
    assumptions: SyntheticAssumptions | None = None,
    area_weights: AreaLabels | None = None,
) -> pd.DataFrame:
    """Draw a county's packages in force on the report's snapshot day, those that wait included.

    Hours of all services meet each zone's total, and maintenance hours each band's total, to the quarter-hour. All of
    it is in force: `geo.demand.in_force(frame, tables.snapshot)` keeps every row.

    Args:
        postcodes: live postcodes, columns `postcode` and `area_id`.
        bands: area id to band, overrides applied.
        zones: area id to the zone of the tables, such as `reference_zones` gives.
        seed: same inputs and seed, same frame.
        tables: totals to meet; the published ones where None.
        assumptions: how packages look; those of `synthetic_plans.toml` where None.
        area_weights: area id to relative demand of one of its postcodes (people aged 75 and over a postcode, say); the
            older-people factor of the band multiplies it; 1 where None.

    Returns:
        A demand frame with the columns of `geo.demand.COLUMNS`, `visits_15` to `visits_60`, and `synthetic`.

    Raises:
        ValueError: an area has no band or zone, a label is unknown, or the totals cannot be met (says which and why).
    """
    given, like = tables or report_tables(), assumptions or synthetic_assumptions()
    rng = np.random.default_rng(seed)
    zone_names, band_names = [zone.name for zone in given.zones], list(given.band_hours)
    zone_of = _codes(postcodes, zones, zone_names, "zone")
    band_of = _codes(postcodes, bands, band_names, "band")
    weight = np.array([like.older_factor[name] for name in band_names])[band_of]
    if area_weights is not None:
        weight = weight * postcodes["area_id"].map(pd.Series(area_weights)).fillna(0.0).to_numpy(dtype=np.float64)
    cell = zone_of * len(band_names) + band_of
    mass = np.bincount(cell, weights=weight, minlength=len(zone_names) * len(band_names)).astype(np.float64)
    mass = mass.reshape(-1, len(band_names))
    rows: list[dict[str, Any]] = []
    places: list[NDArray[np.intp]] = []
    for (z, b, service), quarters in _cells(mass, given, like, zone_names, band_names).items():
        inside = np.flatnonzero((zone_of == z) & (band_of == b))
        drawn = draw_plans(quarters, service, like.plans, rng)
        rows += [row | {"service_type": service, "_zone": z, "_band": b} for row in drawn]
        places.append(rng.choice(inside, size=len(drawn), p=weight[inside] / weight[inside].sum()))
    frame = pd.DataFrame(rows).fillna(0.0)
    where = np.concatenate(places)
    frame["postcode"] = postcodes["postcode"].to_numpy()[where]
    frame["area_id"] = postcodes["area_id"].to_numpy()[where]
    frame = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
    frame["reference"] = [f"SYN-{number:06d}" for number in range(1, len(frame) + 1)]
    waits = rng.random(len(frame)) < np.array([like.waiting[name] for name in band_names])[frame["_band"]]
    _dates(frame, waits, np.datetime64(given.snapshot, "D"), rng)
    _providers(frame, waits, rng)
    out = tidy(frame)
    out["synthetic"] = True
    out.attrs["note"] = SYNTHETIC_NOTE
    return out


def _codes(postcodes: pd.DataFrame, labels: AreaLabels, names: list[str], what: str) -> NDArray[np.intp]:
    found = postcodes["area_id"].map(pd.Series(labels))
    codes = pd.Index(names).get_indexer(pd.Index(found))
    if (codes < 0).any():
        first = int(np.flatnonzero(codes < 0)[0])
        area, label = postcodes["area_id"].iloc[first], found.iloc[first]
        raise ValueError(f"area {area}: found {what} {label!r}, expected one of {', '.join(names)}")
    return codes


def _cells(
    mass: NDArray[np.float64], tables: ReportTables, like: SyntheticAssumptions, zones: list[str], bands: list[str]
) -> dict[tuple[int, int, str], int]:
    """Quarter-hours of each zone, band and service that has any."""
    zone_hours = np.array([zone.hours_per_week for zone in tables.zones], dtype=np.float64)
    band_hours = np.array([tables.band_hours[name] for name in bands], dtype=np.float64)
    maintenance = fit_maintenance(mass, zone_hours, band_hours, zones, bands)
    services = list(like.services)
    cells: dict[tuple[int, int, str], int] = {}
    for z in range(len(zones)):
        rest = round(4 * zone_hours[z]) - int(maintenance[z].sum())
        shares = np.outer(mass[z], [like.services[name] for name in services])
        other = _gather(share_out(shares.ravel(), rest).reshape(shares.shape))
        for b in range(len(bands)):
            own = {"maintenance": int(maintenance[z, b])}
            own |= {name: int(other[b, s]) for s, name in enumerate(services)}
            cells |= {(z, b, name): quarters for name, quarters in own.items() if quarters}
    return cells


def _gather(quarters: NDArray[np.int64]) -> NDArray[np.int64]:
    """Move what is too little for one package to the zone's main band; only the zone total binds these services."""
    out = quarters.copy()
    main = int(out.sum(axis=1).argmax())
    small = (out < _ONE_PACKAGE) & (np.arange(len(out)) != main)[:, None]
    out[main] += np.where(small, out, 0).sum(axis=0)
    out[small] = 0
    return out


def _dates(frame: pd.DataFrame, waits: NDArray[np.bool_], day: Any, rng: np.random.Generator) -> None:
    """Start, end and waiting dates that hold on the snapshot day: reablement runs six weeks, the rest is open."""
    size = len(frame)
    brief = (frame["service_type"] == "reablement").to_numpy()
    longest = int((day - _FIRST_DAY).astype(int))
    since = np.where(brief, rng.integers(0, 42, size), np.minimum(rng.exponential(420, size).astype(int), longest))
    start = day - since.astype("timedelta64[D]")
    nothing = np.datetime64("NaT", "D")
    frame["start_date"] = np.where(waits, nothing, start).astype("datetime64[s]")
    frame["end_date"] = np.where(brief & ~waits, start + np.timedelta64(42, "D"), nothing).astype("datetime64[s]")
    begun = day - rng.integers(1, 70, size).astype("timedelta64[D]")
    frame["waiting_since"] = np.where(waits, begun, nothing).astype("datetime64[s]")


def _providers(frame: pd.DataFrame, waits: NDArray[np.bool_], rng: np.random.Generator) -> None:
    """Two primes a zone take most of it, three others the rest; a provider works in up to three zones."""
    zone = frame["_zone"].to_numpy()
    prime = rng.random(len(frame)) < _PRIME_SHARE
    place = np.where(prime, rng.integers(0, _PRIMES, len(frame)), rng.integers(_PRIMES, _PROVIDERS_A_ZONE, len(frame)))
    pool = int(zone.max() + 1) * 2
    number = (zone * _PRIMES + place) % pool + 1
    frame["provider"] = np.where(waits, "", np.char.add("Synthetic Provider ", np.char.zfill(number.astype(str), 2)))
