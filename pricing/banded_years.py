"""Moving every band of a parameter set to another year, each band's own wage, NI and pension with it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.bands import Band, BandedAssumptions
from pricing.effective import effective_on_costs
from pricing.rounding import exact_arithmetic, to_line_places
from pricing.statutory import Statutory, load_statutory
from pricing.year_moves import InputMove
from pricing.years import YearTerms, in_year, mean_pay

if TYPE_CHECKING:
    from pricing.statutory import StatutoryYear

_TRAVEL = ("minutes_per_visit", "miles_per_visit", "waiting_minutes_per_visit", "mean_visit_minutes")


@dataclass(frozen=True, slots=True)
class BandsInYear:
    """Bands of a year, and what became of every input, the bands' own under ``bands.NAME.FIELD``."""

    banded: BandedAssumptions
    moves: tuple[InputMove, ...]


def bands_in_year(
    banded: BandedAssumptions, financial_year: str, terms: YearTerms, *, statutory: Statutory | None = None
) -> BandsInYear:
    """Put a year's figures into every band.

    Args:
        banded: the bands as they are.
        financial_year: such as ``2026-27``.
        terms: what the move rests on, see ``YearTerms``.
        statutory: the figures; the shipped ones where not given.

    Raises:
        UnknownYearError: for a year without figures.
        PricingInputError: if the shares of hours do not add up, or an uplift is for no sum of money.
    """
    figures = statutory or load_statutory()
    moved = in_year(banded.base, financial_year, statutory=figures, terms=terms)
    with exact_arithmetic():
        rise = moved.assumptions.wage_pounds_per_hour / banded.base.wage_pounds_per_hour
    bands, moves = [], list(moved.moves)
    for band in banded.bands:
        raised = _raised(band, rise)
        trial = BandedAssumptions(base=moved.assumptions, bands=(raised,))
        own = _own_on_costs(trial, figures.year(financial_year), terms)
        after = raised.model_copy(update=own) if own else raised
        bands.append(after)
        moves += _moves(band, after, financial_year)
    return BandsInYear(BandedAssumptions(base=moved.assumptions, bands=tuple(bands)), tuple(moves))


def _raised(band: Band, rise: Decimal) -> Band:
    if band.wage_pounds_per_hour is None:
        return band
    return band.model_copy(update={"wage_pounds_per_hour": to_line_places(band.wage_pounds_per_hour * rise)})


def _own_on_costs(trial: BandedAssumptions, year: StatutoryYear, terms: YearTerms) -> dict[str, object]:
    """NI and pension of a band whose mean pay is not the base's; none where it is, for the base's then serve."""
    given, (band,) = trial.of_band(trial.bands[0].name), trial.bands
    if not terms.hours:
        return {}
    if mean_pay(given) == mean_pay(trial.base):
        return {"employer_ni": None, "pension": None} if band.employer_ni or band.pension else {}
    shares = effective_on_costs(year, mean_pay(given), terms.hours, pension_participation=terms.pension_participation)
    rules = {"employer_ni": shares.employer_ni, "pension": shares.pension}
    return {
        name: getattr(trial.base.on_costs, name).model_copy(update={"share": to_line_places(share)})
        for name, share in rules.items()
    }


def _moves(before: Band, after: Band, year: str) -> list[InputMove]:
    found = [
        InputMove(
            field=f"bands.{before.name}.{name}",
            before=value,
            after=value,
            what="held",
            by="how care is delivered does not change with the year",
        )
        for name in _TRAVEL
        if (value := getattr(before, name)) is not None
    ]
    if before.wage_pounds_per_hour is not None and after.wage_pounds_per_hour is not None:
        found.append(
            InputMove(
                field=f"bands.{before.name}.wage_pounds_per_hour",
                before=before.wage_pounds_per_hour,
                after=after.wage_pounds_per_hour,
                what="held" if before.wage_pounds_per_hour == after.wage_pounds_per_hour else "moved",
                by="in proportion to the wage of the base",
            )
        )
    for name in ("employer_ni", "pension"):
        rule = getattr(after, name)
        if rule is not None and rule.share is not None:
            old = getattr(before, name)
            was = rule.share if old is None or old.share is None else old.share
            by = f"effective share of all pay in {year} at the band's own pay"
            found.append(
                InputMove(field=f"bands.{before.name}.{name}", before=was, after=rule.share, what="moved", by=by)
            )
    return found
