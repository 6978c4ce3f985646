"""Several bands from one parameter set: only getting from visit to visit differs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from pricing.assumptions import Assumptions, OnCost
from pricing.parsing import parse
from pricing.quantities import MilesPerVisit, MinutesPerVisit, PayPerHour, Strict, VisitMinutes
from pricing.rate import Rate, priced

if TYPE_CHECKING:
    from collections.abc import Mapping


class Band(Strict):
    """Travel of one band, for one carer's visit; waiting is the base's where the band has none of its own.

    The mean visit and the wage may differ too, where that is known, and with the wage its NI and pension.
    """

    name: str = Field(min_length=1, max_length=60)
    minutes_per_visit: MinutesPerVisit
    miles_per_visit: MilesPerVisit
    waiting_minutes_per_visit: MinutesPerVisit | None = None
    mean_visit_minutes: VisitMinutes | None = None
    wage_pounds_per_hour: PayPerHour | None = None
    employer_ni: OnCost | None = None
    pension: OnCost | None = None


class BandedAssumptions(Strict):
    """One parameter set and the travel of each band. The base's own travel gives only the pence per mile."""

    base: Assumptions
    bands: tuple[Band, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [band.name for band in self.bands]
        if len(set(names)) < len(names):
            raise ValueError(
                f"band given more than once: {', '.join(sorted(n for n in set(names) if names.count(n) > 1))}"
            )
        return self

    def of_band(self, name: str) -> Assumptions:
        """The assumptions of one band.

        Raises:
            KeyError: if there is no such band.
        """
        for band in self.bands:
            if band.name == name:
                return _in_band(self.base, band)
        raise KeyError(f"no band {name!r}; there are {', '.join(band.name for band in self.bands)}")


def _in_band(base: Assumptions, band: Band) -> Assumptions:
    getting_there = {"minutes_per_visit": band.minutes_per_visit, "miles_per_visit": band.miles_per_visit}
    if band.waiting_minutes_per_visit is not None:
        getting_there["waiting_minutes_per_visit"] = band.waiting_minutes_per_visit
    travel = base.travel.model_copy(update=getting_there)
    changes: dict[str, Any] = {"travel": travel, "label": f"{base.label}, {band.name}" if base.label else band.name}
    if band.mean_visit_minutes is not None:
        changes["mean_visit_minutes"] = band.mean_visit_minutes
    if band.wage_pounds_per_hour is not None:
        changes["wage_pounds_per_hour"] = band.wage_pounds_per_hour
    own = {name: rule for name in ("employer_ni", "pension") if (rule := getattr(band, name)) is not None}
    if own:
        changes["on_costs"] = base.on_costs.model_copy(update=own)
    return base.model_copy(update=changes)


def price_bands(banded: BandedAssumptions | Mapping[str, Any]) -> dict[str, Rate]:
    """Price every band of a parameter set, in the order given.

    Raises:
        PricingInputError: if a mapping does not fit, naming every field that is wrong.
    """
    given = banded if isinstance(banded, BandedAssumptions) else parse(BandedAssumptions, banded)
    # the first band is the one that others are above; see far_warnings
    return {band.name: priced(_in_band(given.base, band), far_above_too=band is given.bands[0]) for band in given.bands}


def weighted_mean_rate(pounds_per_hour: Mapping[str, Decimal], hours: Mapping[str, Decimal]) -> Decimal:
    """Mean price weighted by care hours.

    Args:
        pounds_per_hour: price by band.
        hours: hours by band; each must have a price.

    Raises:
        KeyError: if a band with hours has no price.
    """
    total = sum(hours.values(), Decimal(0))
    return sum((pounds_per_hour[band] * amount for band, amount in hours.items()), Decimal(0)) / total
