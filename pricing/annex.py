"""A price under the headings of Annex A, and as CSV."""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from pricing.explain import COLUMNS, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pricing.rate import Rate

OTHER_OVERHEADS = "Other overheads"
_SUBTOTALS = {"careworker": "Total careworker costs", "business": "Total business costs"}


@dataclass(frozen=True, slots=True)
class AnnexARow:
    """One row: the group, the heading, and pounds per contact hour. Subtotals and the total have group ``total``."""

    group: str
    heading: str
    pounds_per_contact_hour: Decimal


@cache
def headings() -> dict[str, tuple[str, ...]]:
    """Headings by group, in the order of Annex A."""
    text = resources.files("pricing").joinpath("data/annex_a.toml").read_text(encoding="utf-8")
    return {group: tuple(names) for group, names in tomllib.loads(text).items()}


def annex_a(rate: Rate) -> list[AnnexARow]:
    """Put a price under the headings of Annex A.

    A business line under a heading that Annex A has not goes under "Other overheads". Every heading is shown, at 0
    where nothing was given. The total is the unrounded price, exactly.
    """
    rows = []
    for group, names in headings().items():
        sums = dict.fromkeys(names, Decimal(0))
        for line in rate.lines:
            if line.group == group:
                heading = line.annex_a if line.annex_a in sums else OTHER_OVERHEADS
                sums[heading] += line.pounds_per_contact_hour
        rows += [AnnexARow(group, heading, pounds) for heading, pounds in sums.items()]
        if group in _SUBTOTALS:
            rows.append(AnnexARow("total", _SUBTOTALS[group], rate.subtotal(group)))
    rows.append(AnnexARow("total", "Total", rate.unrounded))
    return rows


def annex_a_csv(rates: Mapping[str, Rate]) -> str:
    """Annex A as CSV, one column a price.

    Args:
        rates: at least one, by the name of its column, such as the band.
    """
    tables = {name: annex_a(rate) for name, rate in rates.items()}
    header = ["group", "heading", *(f"{name} pounds_per_contact_hour" for name in tables)]
    rows = (
        [row[0].group, row[0].heading, *(plain(cell.pounds_per_contact_hour) for cell in row)]
        for row in zip(*tables.values(), strict=True)
    )
    return _csv([header, *rows])


def lines_csv(rate: Rate) -> str:
    """The build-up as CSV: one row a line, with formula, inputs and source, then the totals."""
    return _csv([list(COLUMNS), *(list(row.values()) for row in table(rate))])


def _csv(rows: Iterable[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_inert(cell) for cell in row] for row in rows)
    return out.getvalue()


def _inert(cell: str) -> str:
    """Keep a spreadsheet from running a name somebody typed as a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()
