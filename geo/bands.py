"""The price band of every area, with its reasons.

Three steps, each reported: the rules of a scheme give every area a band, and a recorded decision for a settlement
another; smoothing, where asked for, lets an area that stands alone go with its neighbours; decisions for single areas
and postcodes have the last word.

    bands = classify(areas, postcodes)
    bands.band                              # one name an area
    bands.explain("E00130801").read_aloud()
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.banding.care_features import care_features, demand_is_assumed
from geo.banding.explain import Explanation, changes_of, read_condition, title_and_what, values_of
from geo.banding.features import settlement_features
from geo.banding.inputs import AreaTable, known_built_up, own_postcodes, positions, read_areas
from geo.banding.neighbours import Smoothing, check_adjacency, nearest_areas, smooth
from geo.banding.overrides import Applied, Override, apply_overrides
from geo.banding.reach import check_travel
from geo.banding.rules import Scheme
from geo.banding.scheme_files import load_scheme
from geo.banding.withheld import fit_to_show
from geo.disclosure import THRESHOLD
from geo.postcodes import clean
from geo.settlements import Settlements, find_settlements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geo.banding.reach import Minutes

__all__ = ["Bands", "Override", "Scheme", "Smoothing", "classify", "load_scheme"]


@dataclass(frozen=True)
class Bands:
    """The band of every area and what it rests on.

    Attributes:
        areas: what was classified.
        scheme: the rules used.
        band: (n,) name of the band of each area, after smoothing and overrides.
        rule: (n,) name of the rule that fired.
        band_by_rule: (n,) band that the rule gave.
        features: by name, (n,) values; the rules test some of them.
        settlements: what was found around.
        smoothed: rows that smoothing changed; empty where it was off.
        smoothing: what it was done with; None where it was off.
        overrides: what each override did, in the order applied.
        adjacency: (n, n) which areas touch, as given; None where the nearest areas stand in.
        demand_assumed: whether features of care rest on an assumed demand per live postcode.
        postcode_area: area id by postcode, where the postcodes came with both.
        shown: by name, (n,) values that explanations speak of in place of `features`; see `fit_to_show`.
    """

    areas: AreaTable
    scheme: Scheme
    band: NDArray[np.str_]
    rule: NDArray[np.str_]
    band_by_rule: NDArray[np.str_]
    features: Mapping[str, NDArray[Any]]
    settlements: Settlements
    smoothed: NDArray[np.int64]
    smoothing: Smoothing | None
    overrides: tuple[Applied, ...]
    adjacency: csr_array | None
    demand_assumed: bool
    postcode_area: Mapping[str, str]
    shown: Mapping[str, NDArray[Any]] | None = None

    @property
    def told(self) -> Mapping[str, NDArray[Any]]:
        """By name, (n,) values that explanations speak of."""
        return self.features if self.shown is None else self.shown

    @property
    def ids(self) -> NDArray[np.str_]:
        """(n,) ids of the areas, in the order given."""
        return self.areas.ids

    @cached_property
    def beside(self) -> csr_array:
        """(n, n) which areas count as neighbours; found when first asked for, since a country has millions of areas."""
        if self.adjacency is not None:
            return self.adjacency
        near = self.smoothing or Smoothing()
        return nearest_areas(self.areas.xy, near.neighbours, near.reach_metres)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {str(area): row for row, area in enumerate(self.ids)}

    def frame(self) -> pd.DataFrame:
        """One row an area: `area_id`, `band`, `rule`, `band_by_rule`, then every feature."""
        start = {"area_id": self.ids, "band": self.band, "rule": self.rule, "band_by_rule": self.band_by_rule}
        return pd.DataFrame({**start, **self.features})

    def band_of_postcode(self, postcode: str) -> str:
        """Band of a postcode: its own override if there is one, else that of its area.

        Raises:
            KeyError: when the postcode has no override and came with no area.
        """
        wanted = clean(postcode)
        for applied in reversed(self.overrides):
            if applied.override.kind == "postcode" and clean(applied.override.name) == wanted:
                return applied.override.band
        if wanted not in self.postcode_area:
            raise KeyError(f"postcode {postcode!r} came with no area; give postcodes the columns postcode and area_id")
        return str(self.band[self._rows[self.postcode_area[wanted]]])

    def fit_to_show(self, threshold: int = THRESHOLD) -> Bands:
        """The same bands, explained without small numbers of packages and without exact hours; see `banding.withheld`.

        Args:
            threshold: packages below which what rests on them is withheld.
        """
        return replace(self, shown=fit_to_show(self.features, threshold))

    def explain(self, area: str) -> Explanation:
        """Say why an area has its band.

        Raises:
            KeyError: when no area has this id.
        """
        if str(area) not in self._rows:
            raise KeyError(f"area {area!r} was not classified; {len(self.ids):,} areas were")
        row = self._rows[str(area)]
        rule = next(r for r in self.scheme.rules if r.name == self.rule[row])
        band = str(self.band[row])
        title, what = title_and_what(band)
        deciding = [a.override for a in self.overrides if row in a.areas]
        override = deciding[-1] if deciding else None
        shown = self.told
        changes = changes_of(self.scheme, self.features, row, shown)
        beside = self.beside.indices[self.beside.indptr[row] : self.beside.indptr[row + 1]]
        decided_by = "override" if override else "smoothing" if row in self.smoothed else "rule"
        return Explanation(
            area_id=str(area),
            band=band,
            band_title=title,
            what_it_is=what,
            decided_by=decided_by,
            rule=rule.name,
            rule_says=rule.says,
            conditions=tuple(read_condition(c, shown[c.feature][row].item()) for c in rule.when),
            band_by_rule=str(self.band_by_rule[row]),
            features=values_of(shown, row),
            changes=changes,
            margin=changes[0].margin if changes else None,
            neighbours={str(self.ids[i]): str(self.band[i]) for i in sorted(beside)},
            override=None if override is None else {k: str(v) for k, v in vars(override).items() if v is not None},
            scheme=self.scheme.name,
            scheme_version=self.scheme.version,
            scheme_source=self.scheme.source,
        )


def classify(
    areas: pd.DataFrame | Mapping[str, Any],
    postcodes: pd.DataFrame | Mapping[str, Any],
    *,
    scheme: str | Path | Scheme = "settlement",
    overrides: Iterable[Override] = (),
    smoothing: Smoothing | None = None,
    adjacency: csr_array | None = None,
    travel: Minutes | None = None,
) -> Bands:
    """Give every area its price band.

    Args:
        areas: table with `area_id`, `easting`, `northing` (metres, British National Grid), and where known
            `official_class`, `hours_per_week`, `visits_per_week`, `people`, `people_75_plus`, `packages`,
            `waiting_packages`.
        postcodes: table with `easting`, `northing` of the live postcodes in and around the areas, at least 10 km beyond
            them; where known `postcode` and `area_id`. Where known, `built_up` is the code of the built-up area that
            each lies in, empty outside all, and `built_up_postcodes` the live postcodes of it wherever they lie: these
            are then the towns, and none is found beside them.
        scheme: name of a shipped scheme (settlement, official, care), path of a council's own, or a `Scheme`.
        overrides: recorded decisions, which have the last word.
        smoothing: how areas give way to their neighbours; None leaves the rules' bands.
        adjacency: (n, n) symmetric matrix of which areas touch, in the order of `areas`; the nearest areas stand in
            where it is not known.
        travel: driving minutes from (n, 2) to (m, 2) positions in metres, (n, m), as a travel model's `minutes` gives
            them: they then decide what lies within 5, 10 and 15 minutes and how far the towns are. A straight line at
            the scheme's speed where not given; the thresholds of the shipped `care` scheme were chosen with that.

    Raises:
        ValueError: naming the row, the field, what was found and what was expected.
    """
    chosen = load_scheme(scheme)
    table = read_areas(areas)
    check_travel(travel, len(table))
    frame = postcodes if isinstance(postcodes, pd.DataFrame) else pd.DataFrame(dict(postcodes))
    found = find_settlements(positions(frame, "postcodes"), chosen.settlements, known_built_up(frame))
    parameters = chosen.parameters
    features = settlement_features(table, found, parameters, travel) | care_features(table, found, parameters, travel)
    fired = chosen.fired(features, len(table))
    by_rule = np.array([rule.band for rule in chosen.rules])[fired]
    checked = None if adjacency is None else check_adjacency(adjacency, len(table))
    smoothed = np.zeros(0, dtype=np.int64)
    overrides = tuple(overrides)
    towns = [override for override in overrides if override.kind == "settlement"]
    # A decision for a whole settlement comes before smoothing, or an odd area within it would be priced apart again:
    # as its neighbours were before the decision. One for an area or a postcode has the last word.
    band, applied = apply_overrides(towns, table, found, by_rule)
    if smoothing is not None:
        beside = nearest_areas(table.xy, smoothing.neighbours, smoothing.reach_metres) if checked is None else checked
        decided = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(done.areas for done in applied)]))
        evened, changed = smooth(band, beside, smoothing)
        smoothed = np.setdiff1d(changed, decided)
        band = np.where(np.isin(np.arange(len(table)), smoothed), evened, band)
    band, narrower = apply_overrides([o for o in overrides if o.kind != "settlement"], table, found, band)
    applied = (*applied, *narrower)
    return Bands(
        areas=table,
        scheme=chosen,
        band=band,
        rule=np.array([rule.name for rule in chosen.rules])[fired],
        band_by_rule=by_rule,
        features=features,
        settlements=found,
        smoothed=smoothed,
        smoothing=smoothing,
        overrides=applied,
        adjacency=checked,
        demand_assumed=demand_is_assumed(table),
        postcode_area=own_postcodes(frame, table),
    )
