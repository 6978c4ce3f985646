"""The mapped columns of an extract as typed arrays, with a finding for every value that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from app.ingest.package_fields import Read, coded, day, minutes, read_each, visit_list, visit_minutes
from app.ingest.package_mapping import HoursColumn, VisitColumns, VisitList, VisitPair
from app.ingest.tables.numbers import decimal_comma, number
from geo.demand import SERVICE_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from app.ingest.package_findings import Collector
    from app.ingest.package_mapping import PackageMapping

_READ_AS = {"hours": "hours such as 7.5", "minutes": "minutes such as 450", "hh_mm": "hours and minutes such as 07:30"}
_NO_DAY = np.datetime64("NaT", "s")


@dataclass(frozen=True)
class PackageFields:
    """Every field of every package as the file has it; `columns` gives the file's name of a field for findings."""

    columns: dict[str, str]
    reference: Read
    person: Read
    postcode: Read
    service_type: Read
    provider: Read
    carers: Read
    start_date: Read
    end_date: Read
    waiting_since: Read
    minutes: Read | None
    """Care minutes a week as written, before the carers are counted in; None where the mapping has no hours."""
    visits: dict[int, NDArray[np.float64]]
    """Visits a week by length in minutes."""
    visits_bad: NDArray[np.bool_]


def read_columns(texts: dict[str, list[str]], mapping: PackageMapping, findings: Collector) -> PackageFields:
    """Read the mapped columns; `texts` holds each by the mapping's name for it, all of one length."""
    size = len(next(iter(texts.values())))
    blanks = frozenset(blank.casefold() for blank in mapping.blanks)
    named = mapping.columns

    def column(
        name: str | None, field: str, parse: Callable[[str], Any], empty: Any, dtype: Any, expected: str
    ) -> Read:
        if name is None:
            nothing = np.full(size, "", dtype=object)
            return Read(nothing, np.full(size, empty, dtype=dtype), np.zeros(size, dtype=np.bool_))
        out = read_each(texts[name], parse, empty, blanks, dtype)
        findings.add(out.bad, name, f"{field}_unreadable", out.text, expected)
        return out

    def text(name: str | None, field: str) -> Read:
        return column(name, field, str, "", object, "text")

    def date_of(name: str | None, field: str) -> Read:
        forms = ", ".join(["2019-07-31", *mapping.date_formats])
        return column(
            name, field, day(mapping.date_formats), _NO_DAY, "datetime64[s]", f"a date in one of the forms {forms}"
        )

    services = coded(mapping.service_types, SERVICE_TYPES)
    known = ", ".join([*mapping.service_types, *SERVICE_TYPES])
    default = mapping.default_service_type or ""
    carers = coded(mapping.carers)
    hours = mapping.hours
    comma = decimal_comma(text for name in mapping.number_columns() for text in texts[name])
    visits, visits_bad = _visits(mapping, size, column, comma=comma)
    return PackageFields(
        columns={field: name for field, name in named.model_dump().items() if name} | _columns_of_care(mapping),
        reference=text(named.reference, "reference"),
        person=text(named.person, "person"),
        postcode=text(named.postcode, "postcode"),
        provider=text(named.provider, "provider"),
        service_type=column(named.service_type, "service", services, default, object, f"a known service: {known}"),
        carers=column(
            named.carers_per_visit,
            "carers",
            lambda value: carers(value) or number(value, comma=comma),
            1.0,
            np.float64,
            f"a number of carers{''.join(f', {code}' for code in mapping.carers)}",
        ),
        start_date=date_of(named.start_date, "start_date"),
        end_date=_sooner(date_of(named.end_date, "end_date"), date_of(named.ended_by, "end_date")),
        waiting_since=date_of(named.waiting_since, "waiting_since"),
        minutes=_care_minutes(hours, column, findings, comma=comma) if hours else None,
        visits=visits,
        visits_bad=visits_bad,
    )


def _sooner(end: Read, other: Read) -> Read:
    """The end of care: the one of two dates that comes first, or that there is."""
    first = np.fmin(end.data, other.data)
    return Read(np.where(end.text == "", other.text, end.text), first, end.bad | other.bad)


def _care_minutes(hours: HoursColumn, column: Callable[..., Read], findings: Collector, *, comma: bool) -> Read:
    """Care minutes a week as written: columns added up, each by the unit its row names."""
    parse = _decimal(comma=comma) if hours.unit_column else minutes(hours.unit, comma=comma)
    read = [
        column(name, "hours", parse, np.nan, np.float64, _READ_AS[hours.unit]) for name in (hours.column, *hours.more)
    ]
    text, data, bad = read[0].text, read[0].data, read[0].bad
    for one in read[1:]:
        some = ~np.isnan(data) | ~np.isnan(one.data)
        data = np.where(some, np.nan_to_num(data) + np.nan_to_num(one.data), np.nan)
        text, bad = np.where(text == "", one.text, text), bad | one.bad
    if hours.sign == "dropped":
        data = np.abs(data)
    if hours.unit_column:
        of_one = coded({code: float(length) for code, length in hours.unit_minutes.items()})
        known = ", ".join(hours.unit_minutes)
        each = column(hours.unit_column, "hours", str, "", object, "text")
        factor = np.array([of_one(code) or np.nan for code in each.text], dtype=np.float64)
        untold = np.isnan(factor) & (text != "") & ~bad
        findings.add(untold, hours.unit_column, "hours_not_told", each.text, f"a unit with a length: {known}")
        data = np.where(untold, np.nan, np.round(data * factor))
        bad = bad | untold
    return Read(text, data, bad)


def _decimal(*, comma: bool) -> Callable[[str], float | None]:
    return lambda text: number(text, comma=comma)


def _columns_of_care(mapping: PackageMapping) -> dict[str, str]:
    out = {"hours": mapping.hours.column} if mapping.hours else {}
    match mapping.visits:
        case VisitColumns(columns=columns):
            out["visits"] = next(iter(columns))
        case VisitList(column=name):
            out["visits"] = name
        case VisitPair(visits=name):
            out["visits"] = name
        case None:
            pass
    out.setdefault("hours", out.get("visits", "hours"))
    out.setdefault("visits", out["hours"])
    return out


def _visits(
    mapping: PackageMapping, size: int, column: Callable[..., Read], *, comma: bool
) -> tuple[dict[int, NDArray[np.float64]], NDArray[np.bool_]]:
    """Visits a week by length, and the lines where they could not be read."""
    bad = np.zeros(size, dtype=np.bool_)
    count_of, length_of = partial(number, comma=comma), partial(visit_minutes, comma=comma)
    out: dict[int, NDArray[np.float64]] = {}

    def add(length: int, visits: NDArray[np.float64]) -> None:
        out[length] = out[length] + visits if length in out else visits

    match mapping.visits:
        case VisitColumns(columns=columns):
            for name, length in columns.items():
                one = column(name, "visits", count_of, 0.0, np.float64, "visits a week such as 14")
                add(length, one.data)
                bad |= one.bad
        case VisitList(column=name, order=order):
            form = '30x14; 45x7 (minutes x visits a week) or {"30": 14}'
            form = form if order == "minutes_x_visits" else "14x30; 7x45 (visits a week x minutes)"
            one = column(name, "visits", visit_list(order), {}, object, form)
            bad |= one.bad
            for length in sorted({length for entry in _distinct(one.data) for length in entry}):
                add(length, np.array([entry.get(length, 0.0) for entry in one.data], dtype=np.float64))
        case VisitPair(visits=name, minutes=length_name):
            count = column(name, "visits", count_of, 0.0, np.float64, "visits a week such as 14")
            lengths = column(length_name, "visit_minutes", length_of, 0.0, np.float64, "a visit's minutes such as 30")
            bad |= count.bad | lengths.bad
            for length in np.unique(lengths.data[count.data != 0]):
                add(int(length), np.where(lengths.data == length, count.data, 0.0))
        case None:
            pass
    return out, bad


def _distinct(entries: NDArray[Any]) -> list[dict[int, float]]:
    return list({id(entry): entry for entry in entries}.values())
