"""A sample of providers, as in a fair cost of care exercise: medians and quartiles of each line, and their warnings.

The median of a total is not the total of medians. Totals are of complete returns only, and a line left empty is not a
line of zero: several of the published exercises of 2022 read as low travel what was missing travel.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pricing.errors import InputProblem, PricingInputError
from pricing.rounding import exact_arithmetic, to_line_places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TRAVEL_TIME = "travel_time"
TOTAL = "total"
NOTICEABLE = Decimal("0.01")
SHOWN = 10
_FEW = 5


@dataclass(frozen=True, slots=True)
class LineSummary:
    """One line over the sample, in the unit of its figures. Empty answers are not counted as zero.

    Attributes:
        answers: providers that gave a figure, zero included.
        missing: providers that gave none.
        zeros: answers that are exactly 0.
    """

    line: str
    answers: int
    missing: int
    zeros: int
    lower_quartile: Decimal
    median: Decimal
    upper_quartile: Decimal


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A return without a total: its number in the sample, from 1, and the lines it leaves out."""

    provider: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """Medians and quartiles per line and of the totals, with what to beware of.

    Attributes:
        lines: in the order in which they first appear.
        totals: of the returns that answer every line; None where no return does.
        incomplete: of each other return, its number and the lines it leaves out; it has no total.
        sum_of_medians: the lines combined by their medians; not the median total.
        warnings: sentences to show beside the table.
    """

    providers: int
    lines: tuple[LineSummary, ...]
    totals: LineSummary | None
    incomplete: tuple[Incomplete, ...]
    sum_of_medians: Decimal
    warnings: tuple[str, ...]


def summarise(providers: Sequence[Mapping[str, Decimal | None]], *, travel_line: str = TRAVEL_TIME) -> SampleSummary:
    """Summarise a sample.

    Args:
        providers: pounds per contact hour by line, one mapping a provider; None or left out where there is no answer. A
            ``total`` is checked against the lines and otherwise left aside.
        travel_line: the name of the travel time line.

    Raises:
        PricingInputError: if there are no providers or no lines.
    """
    names = [name for name in dict.fromkeys(name for provider in providers for name in provider) if name != TOTAL]
    answered = [name for name in names if any(provider.get(name) is not None for provider in providers)]
    if not answered:
        raise PricingInputError([InputProblem("providers", len(providers), "at least one provider with one line")])
    with exact_arithmetic():
        lines = tuple(_line(name, [provider.get(name) for provider in providers]) for name in answered)
        incomplete = tuple(_incomplete(providers, answered))
        left_out = {item.provider for item in incomplete}
        sums = {
            number: sum((provider[name] or Decimal(0) for name in answered), Decimal(0))
            for number, provider in enumerate(providers, start=1)
            if number not in left_out
        }
        totals = _line(TOTAL, list(sums.values())) if sums else None
        of_medians = sum((line.median for line in lines), Decimal(0))
        warnings = (
            *_adding_up(of_medians, totals),
            *_without_total(incomplete, len(providers)),
            *_missing_travel(lines, travel_line),
            *_stated_totals(providers, sums),
            *_small(len(providers)),
        )
    return SampleSummary(len(providers), lines, totals, incomplete, of_medians, warnings)


def _incomplete(providers: Sequence[Mapping[str, Decimal | None]], answered: Sequence[str]) -> Iterator[Incomplete]:
    for number, provider in enumerate(providers, start=1):
        missing = tuple(name for name in answered if provider.get(name) is None)
        if missing:
            yield Incomplete(number, missing)


def quantile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    """Quantile with straight lines between the ordered values: the spreadsheets' QUARTILE.INC.

    Raises:
        PricingInputError: if there are no values.
    """
    if not values:
        raise PricingInputError([InputProblem("values", values, "at least one value")])
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return to_line_places(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


def _line(name: str, answers: Sequence[Decimal | None]) -> LineSummary:
    given = [answer for answer in answers if answer is not None]
    quartiles = (quantile(given, Decimal(quarter) / 4) for quarter in (1, 2, 3))
    return LineSummary(name, len(given), len(answers) - len(given), sum(answer == 0 for answer in given), *quartiles)


def _adding_up(of_medians: Decimal, totals: LineSummary | None) -> list[str]:
    if totals is None or abs(of_medians - totals.median) < NOTICEABLE:
        return []
    said = (
        f"The medians of the lines add up to £{of_medians:.2f} and the median of the totals is £{totals.median:.2f}: "
    )
    return [said + "medians do not add. Price from one coherent set of assumptions, not from the sum of medians."]


def _without_total(incomplete: Sequence[Incomplete], providers: int) -> list[str]:
    if not incomplete:
        return []
    shown = "; ".join(f"provider {item.provider} gives no {', '.join(item.missing)}" for item in incomplete[:SHOWN])
    more = f"; and {len(incomplete) - SHOWN} more" if len(incomplete) > SHOWN else ""
    said = f"The totals are of {providers - len(incomplete)} complete returns of {providers}: a missing line is not a "
    return [f"{said}nought ({shown}{more})."]


def _missing_travel(lines: Sequence[LineSummary], travel_line: str) -> list[str]:
    travel = next((line for line in lines if line.line == travel_line), None)
    if travel is None:
        return [f"Nobody answered {travel_line}: that is no evidence that travel costs nothing."]
    said = []
    if travel.missing:
        asked = travel.answers + travel.missing
        said.append(f"{travel.missing} of {asked} gave no {travel_line}; they are left out, not zero.")
    if travel.zeros:
        said.append(
            f"{travel.zeros} gave a {travel_line} of exactly 0: most likely travel is paid inside the contact rate "
            "or was not filled in. Ask before reading it as low travel."
        )
    return said


def _stated_totals(providers: Sequence[Mapping[str, Decimal | None]], sums: Mapping[int, Decimal]) -> list[str]:
    wrong = []
    for number, total in sums.items():
        stated = providers[number - 1].get(TOTAL)
        if stated is not None and abs(stated - total) >= NOTICEABLE:
            wrong.append(f"provider {number} states £{stated:.2f} and its lines add up to £{total:.2f}")
    return [f"Totals that are not the sum of their lines: {'; '.join(wrong)}."] if wrong else []


def _small(providers: int) -> list[str]:
    return [f"Only {providers} providers: quartiles say little, and may identify them."] if providers < _FEW else []
