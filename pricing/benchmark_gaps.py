"""A price beside the benchmarks nearest to its year: the gap, and where it comes from line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.benchmarks import HOME_NATION, KINDS, LIVING_WAGE, Benchmark, Kind, benchmarks
from pricing.price_warnings import Warned
from pricing.quantities import Exact, Strict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pricing.lines import Line

FAR = Decimal("0.15")
"""A price this much below or above the minimum price of its own year is far from it; the line is ours."""
MOST_SHOWN = 3
OUR_ROUNDING = "Our rounding, or a rate set by decision"
THEIR_REST = "Not in the lines they published"


class LineGap(Strict):
    """One row of the explanation: our lines, theirs, and ours less theirs. Pounds per contact hour."""

    name: str
    ours_pounds_per_hour: Exact
    theirs_pounds_per_hour: Exact
    difference_pounds_per_hour: Exact


class BesideBenchmark(Strict):
    """One benchmark beside a price.

    Attributes:
        same_year: whether it is of the price's own year; null where the price does not say its year.
        gap_pounds_per_hour: the price less the benchmark.
        gap_share: the gap as a share of the benchmark.
        far: whether it is far from it, by the one rule; only a minimum price of the same year counts.
        lines: where the gap comes from, summing to it exactly; empty where no build-up was published.
        sentence: the gap in words, with the year where it is another.
    """

    benchmark: Benchmark
    same_year: bool | None
    gap_pounds_per_hour: Exact
    gap_share: Exact
    far: bool
    sentence: str
    lines: tuple[LineGap, ...] = ()


def far_share(pounds_per_hour: Decimal, benchmark: Benchmark) -> Decimal | None:
    """The gap to a minimum price as a share of it where that is far; None where it is not. The one rule."""
    gap = pounds_per_hour / benchmark.pounds_per_hour - 1
    return gap if abs(gap) > FAR and benchmark.kind == "minimum-price" else None


def far_warnings(
    pounds_per_hour: Decimal, financial_year: str | None, *, band: str = "", above_too: bool = True
) -> list[Warned]:
    """Warn of a price far from the minimum price of its own year.

    Args:
        pounds_per_hour: the price.
        financial_year: its year; without one, and for a year that none is held of, nothing is said.
        band: named in the warning.
        above_too: whether a price far above counts: a sparse band may well cost more than a mean.
    """
    known = minimum_price_of(financial_year)
    gap = None if known is None else far_share(pounds_per_hour, known)
    if known is None or gap is None or (gap > 0 and not above_too):
        return []
    said = f"The rate of £{pounds_per_hour:.2f}{f' in {band}' if band else ''} is {abs(gap):.0%} "
    said += f"{'above' if gap > 0 else 'below'} the {known.publisher}'s minimum price of {financial_year}, "
    said += f"£{known.pounds_per_hour:.2f}."
    return [Warned(code="far-from-benchmark", field="pounds_per_hour", band=band, sentence=said)]


def minimum_price_of(financial_year: str | None) -> Benchmark | None:
    """England's minimum price at the National Living Wage for a year, which guards hold a price against."""
    return next((each for each in _minimum_prices(HOME_NATION) if each.financial_year == financial_year), None)


def beside(
    pounds_per_hour: Decimal,
    financial_year: str | None,
    lines: Sequence[Line] = (),
    *,
    band: str = "",
    nation: str = HOME_NATION,
    neighbours: Iterable[str] = (),
) -> tuple[BesideBenchmark, ...]:
    """The benchmarks nearest to a price.

    Of each kind those of the price's year; where there are none, those of the last year before it, or of the first
    after it. Of the minimum price also the nearest whose build-up is published whole, to explain the gap by.

    Args:
        pounds_per_hour: the price, as it is to be paid.
        financial_year: whose money it is in; the newest benchmarks stand beside it where that is not known.
        lines: its build-up.
        band: its place; a council's rate for a place of that name goes before its others.
        nation: for the minimum price.
        neighbours: names of councils whose figures go before others'.
    """
    near = set(neighbours)
    found: list[Benchmark] = list(nearest(_minimum_prices(nation), financial_year)[:1])
    built = [each for each in _minimum_prices(nation) if len(each.line) > len(_IN_TWO)]
    found += [each for each in nearest(built, financial_year)[:1] if each not in found]
    for kind in KINDS[1:]:
        of_kind = nearest([each for each in benchmarks() if each.kind == kind], financial_year)
        if kind == "rate-paid":
            of_kind = _of_band(of_kind, band)
        if near and any(each.council in near for each in of_kind):
            of_kind = [each for each in of_kind if each.council in near]
        by_gap = sorted(of_kind, key=lambda each: abs(each.pounds_per_hour - pounds_per_hour))
        found += by_gap[:MOST_SHOWN]
    return tuple(_beside(pounds_per_hour, financial_year, lines, each) for each in found)


_IN_TWO = ("direct", "rest")
"""A build-up of only these two parts explains little."""


def nearest(given: Sequence[Benchmark], financial_year: str | None) -> list[Benchmark]:
    """Those of the year; else of the last year before it; else of the first after it. Newest without a year."""
    years = sorted({each.financial_year for each in given})
    before = [year for year in years if financial_year is None or year <= financial_year]
    chosen = before[-1:] or years[:1]
    return [each for each in given if each.financial_year in chosen]


def _minimum_prices(nation: str) -> list[Benchmark]:
    of_nation = [each for each in benchmarks() if each.kind == "minimum-price" and each.nation == nation]
    if nation != HOME_NATION:
        return of_nation
    return [each for each in of_nation if each.wage_basis in {LIVING_WAGE, "National Minimum Wage"}]


def _of_band(given: Sequence[Benchmark], band: str) -> list[Benchmark]:
    """Of each council its rate for the band, or all where it has none of that name."""
    named = {each.council for each in given if band and each.band == band}
    return [each for each in given if each.council not in named or each.band == band]


def _beside(
    pounds_per_hour: Decimal, financial_year: str | None, lines: Sequence[Line], benchmark: Benchmark
) -> BesideBenchmark:
    gap = pounds_per_hour - benchmark.pounds_per_hour
    same = None if financial_year is None else benchmark.financial_year == financial_year
    return BesideBenchmark(
        benchmark=benchmark,
        same_year=same,
        gap_pounds_per_hour=gap,
        gap_share=(gap / benchmark.pounds_per_hour).quantize(Decimal("0.000001")),
        far=bool(same) and far_share(pounds_per_hour, benchmark) is not None,
        sentence=_sentence(pounds_per_hour, benchmark, financial_year),
        lines=explained(pounds_per_hour, lines, benchmark),
    )


def _sentence(pounds_per_hour: Decimal, benchmark: Benchmark, financial_year: str | None) -> str:
    gap = pounds_per_hour - benchmark.pounds_per_hour
    share = abs(gap / benchmark.pounds_per_hour)
    where = f"£{abs(gap):.2f} ({share:.1%}) {'above' if gap > 0 else 'below'}" if gap else "the same as"
    said = f"£{pounds_per_hour:.2f} is {where} {benchmark.called} of {benchmark.financial_year}, "
    said += f"£{benchmark.pounds_per_hour:.2f}."
    if financial_year is None:
        return f"{said} The price does not say whose year's money it is in."
    if benchmark.financial_year != financial_year:
        return f"{said} It is in the money of {benchmark.financial_year}, not of {financial_year}."
    return said


def explained(pounds_per_hour: Decimal, lines: Sequence[Line], benchmark: Benchmark) -> tuple[LineGap, ...]:
    """Where the gap comes from, row by row, summing to it exactly; empty where either build-up is not known.

    What is in neither build-up has rows of its own: our rounding or decision, and what their printed lines leave out
    of their price, as medians do.
    """
    if not lines or not benchmark.line:
        return ()
    rows, used = [], set()
    for theirs in benchmark.line:
        mine = [line for line in lines if line.key not in used and {line.key, line.group} & set(theirs.ours)]
        used |= {line.key for line in mine}
        ours = sum((line.pounds_per_contact_hour for line in mine), Decimal(0))
        rows.append(_row(theirs.name, ours, theirs.pounds_per_hour))
    rows += [_row(line.name, line.pounds_per_contact_hour, Decimal(0)) for line in lines if line.key not in used]
    unrounded = sum((line.pounds_per_contact_hour for line in lines), Decimal(0))
    of_theirs = sum((line.pounds_per_hour for line in benchmark.line), Decimal(0))
    rest = [
        _row(OUR_ROUNDING, pounds_per_hour - unrounded, Decimal(0)),
        _row(THEIR_REST, Decimal(0), benchmark.pounds_per_hour - of_theirs),
    ]
    return tuple(row for row in [*rows, *rest] if row.ours_pounds_per_hour or row.theirs_pounds_per_hour)


def _row(name: str, ours: Decimal, theirs: Decimal) -> LineGap:
    return LineGap(
        name=name,
        ours_pounds_per_hour=ours,
        theirs_pounds_per_hour=theirs,
        difference_pounds_per_hour=ours - theirs,
    )


def kinds_held() -> dict[Kind, list[str]]:
    """The years held of each kind."""
    return {kind: sorted({each.financial_year for each in benchmarks() if each.kind == kind}) for kind in KINDS}
