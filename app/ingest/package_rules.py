"""What a package must be: the checks that look at values and at values together, over whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from app.ingest.package_placing import place

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from numpy.typing import NDArray

    from app.ingest.package_columns import PackageFields
    from app.ingest.package_findings import Collector
    from app.ingest.package_limits import PackageLimits
    from app.ingest.package_mapping import PackageMapping
    from app.ingest.package_postcodes import PostcodeIndex


def check_packages(
    fields: PackageFields,
    mapping: PackageMapping,
    postcodes: PostcodeIndex,
    as_of: date,
    limits: PackageLimits,
    findings: Collector,
    mend: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """Check every package and give the frame's columns; the frame is sound only if no error was found."""
    _check_texts(fields, limits, findings)
    _check_dates(fields, as_of, limits, findings)
    carers = _check_carers(fields, limits, findings)
    minutes = _check_care(fields, mapping, carers, limits, findings)
    codes, area_ids = place(fields, postcodes, findings, mend)
    columns: dict[str, Any] = {
        "reference": fields.reference.text,
        "person": fields.person.text,
        "postcode": codes,
        "area_id": area_ids,
        "service_type": fields.service_type.data,
        "minutes_per_week": minutes,
        "carers_per_visit": carers,
        "start_date": fields.start_date.data,
        "end_date": fields.end_date.data,
        "provider": fields.provider.text,
        "waiting_since": fields.waiting_since.data,
    }
    return pd.DataFrame(columns | {f"visits_{length}": visits for length, visits in sorted(fields.visits.items())})


def _check_texts(fields: PackageFields, limits: PackageLimits, findings: Collector) -> None:
    reference, column = fields.reference, fields.columns["reference"]
    findings.add(reference.blank, column, "reference_missing", reference.text, "a pseudonymous reference")
    twice = pd.Series(reference.text).duplicated(keep=False).to_numpy() & ~reference.blank
    again = pd.Series(reference.text).duplicated().to_numpy() & twice
    findings.add(again, column, "reference_duplicate", reference.text, "a reference that stands once in the file")
    for name in ("reference", "person"):
        read, where = getattr(fields, name), fields.columns.get(name, name)
        findings.add(
            _nhs_numbers(read.text),
            where,
            f"{name}_identifies",
            lambda _: "an NHS number",
            "a pseudonym, not an NHS number",
        )
    for name in ("reference", "person"):
        read, where = getattr(fields, name), fields.columns.get(name, name)
        findings.add(
            _rounded(read.text),
            where,
            f"{name}_rounded",
            read.text,
            "a reference with all its digits: a spreadsheet has rounded this one; format its column as text",
        )
    for name in ("reference", "person", "provider"):
        read, where = getattr(fields, name), fields.columns.get(name, name)
        long = np.char.str_len(read.text.astype(str)) > limits.max_characters
        findings.add(long, where, f"{name}_too_long", read.text, f"at most {limits.max_characters} characters")
    service = fields.service_type
    missing = (service.data == "") & ~service.bad
    findings.add(
        missing, fields.columns.get("service_type", "service_type"), "service_missing", service.text, "a service"
    )


def _rounded(texts: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a long number stands as a spreadsheet shows it once its last digits are gone: `1.23457E+14`."""
    return pd.Series(texts, dtype="str").str.fullmatch(r"\d(?:\.\d+)?[eE]\+\d{1,2}").to_numpy(dtype=np.bool_)


def _nhs_numbers(texts: NDArray[Any]) -> NDArray[np.bool_]:
    """Where ten digits pass the NHS number's check (modulus 11, NHS Data Dictionary), if they do nearly everywhere.

    One in eleven ten-digit numbers of any system passes by chance, so a column counts only where nine in ten do.
    """
    plain = pd.Series(texts, dtype="str").str.replace(r"[ -]", "", regex=True)
    ten = plain.str.fullmatch(r"\d{10}").to_numpy(dtype=np.bool_)
    passes = np.zeros(len(texts), dtype=np.bool_)
    if ten.sum() >= 5:
        digits = np.array([[int(c) for c in text] for text in plain[ten]])
        check = (11 - digits[:, :9] @ np.arange(10, 1, -1) % 11) % 11
        passes[ten] = check == digits[:, 9]
    return passes if passes.sum() >= 0.9 * max(5, int(ten.sum())) else np.zeros_like(passes)


def _check_dates(fields: PackageFields, as_of: date, limits: PackageLimits, findings: Collector) -> None:
    first = np.datetime64(limits.earliest, "s")
    last = np.datetime64(as_of.replace(year=as_of.year + limits.max_years_ahead, day=min(as_of.day, 28)), "s")
    start, end, waiting = fields.start_date, fields.end_date, fields.waiting_since
    for name in ("start_date", "end_date", "waiting_since"):
        read, column = getattr(fields, name), fields.columns.get(name, name)
        early = read.data < first
        findings.add(early, column, f"{name}_too_early", read.text, f"a day from {limits.earliest} on, or blank")
        findings.add(
            read.data > last,
            column,
            f"{name}_too_late",
            read.text,
            f"a day no more than {limits.max_years_ahead} years off, or blank",
        )
    column = fields.columns.get("end_date", "end_date")
    findings.add(
        end.data < start.data, column, "end_before_start", end.text, "a day not before the start", suggestion=None
    )
    column = fields.columns.get("waiting_since", "waiting_since")
    later = waiting.data > np.datetime64(as_of, "s")
    findings.add(later, column, "waiting_in_future", waiting.text, f"a day not after {as_of}, the day of the snapshot")
    column = fields.columns.get("start_date", "start_date")
    neither = start.blank & waiting.blank
    findings.add(neither, column, "start_missing", start.text, "a start date, or a date it has been waiting since")
    findings.add(
        ~start.blank & waiting.blank & fields.provider.blank & ("provider" in fields.columns),
        fields.columns.get("provider", "provider"),
        "provider_missing",
        fields.provider.text,
        "a provider for care that has started, or a date it has been waiting since",
        severity="warning",
    )


def _check_carers(fields: PackageFields, limits: PackageLimits, findings: Collector) -> NDArray[np.int64]:
    read, column = fields.carers, fields.columns.get("carers_per_visit", "carers_per_visit")
    wrong = ((read.data < 1) | (read.data > limits.max_carers) | (read.data % 1 != 0)) & ~read.bad
    findings.add(wrong, column, "carers_absurd", read.text, f"a whole number of carers from 1 to {limits.max_carers}")
    return np.clip(np.where(wrong, 1, read.data), 1, limits.max_carers).astype(np.int64)


def _check_care(
    fields: PackageFields,
    mapping: PackageMapping,
    carers: NDArray[np.int64],
    limits: PackageLimits,
    findings: Collector,
) -> NDArray[np.int64]:
    """Check hours and visits alone and against each other; give care minutes a week of all carers."""
    size = len(carers)
    by_length = np.zeros(size)
    count = np.zeros(size)
    column, care_column = fields.columns["visits"], fields.columns["hours"]
    shown = _visits_shown(fields)
    for length, visits in fields.visits.items():
        wild = (visits != 0) & ~(limits.min_visit_minutes <= length <= limits.max_visit_minutes)
        expected = f"visits of {limits.min_visit_minutes} to {limits.max_visit_minutes} minutes"
        findings.add(wild, column, "visit_minutes_absurd", _constant(f"{length} minutes"), expected)
        findings.add(visits < 0, column, "visits_negative", shown, "visits a week, 0 or more")
        by_length += length * np.maximum(visits, 0)
        count += np.maximum(visits, 0)
    findings.add(
        count > limits.max_visits_per_week,
        column,
        "visits_absurd",
        shown,
        f"at most {limits.max_visits_per_week} a week",
    )
    from_visits = by_length * carers
    if fields.minutes is None:
        findings.add((count == 0) & ~fields.visits_bad, column, "visits_missing", shown, "at least one visit a week")
        care, sound = from_visits, count > 0
        text: Any = shown
    else:
        hours = fields.minutes
        text = hours.text
        scale = carers if mapping.hours and mapping.hours.of == "one_carer" else 1
        written = hours.data * scale
        derived = hours.blank & (count > 0)
        findings.add(hours.blank & (count == 0), care_column, "hours_missing", text, "weekly hours")
        findings.add(
            derived, care_column, "hours_from_visits", text, "weekly hours; taken from the visits", severity="warning"
        )
        care, sound = np.where(derived, from_visits, written), ~(hours.bad | hours.blank)
        both = sound & (count > 0) & ~fields.visits_bad & (care > 0)
        allowed = np.maximum(limits.max_decimal_slip_minutes * carers, limits.max_relative_slip * care)
        findings.add(
            both & (np.abs(care - from_visits) > allowed),
            care_column,
            "hours_unlike_visits",
            text,
            "hours equal to visits x length x carers",
            suggestion=lambda i: f"{from_visits[i] / 60:g} hours of all carers",
            severity="warning",
        )
    findings.add(sound & (care <= 0), care_column, "hours_not_positive", text, "hours above 0")
    top = limits.max_hours_per_carer * 60 * carers
    per = f"at most {limits.max_hours_per_carer:g} hours a carer"
    findings.add(sound & (care > top), care_column, "hours_absurd", text, per)
    findings.add(
        sound & (care > limits.question_hours_above * 60 * carers) & (care <= top),
        care_column,
        "hours_very_high",
        text,
        f"no more than {limits.question_hours_above:g} hours a carer in home care",
        severity="warning",
    )
    return np.nan_to_num(np.clip(np.round(care), 0, 1e9)).astype(np.int64)


def _visits_shown(fields: PackageFields) -> Callable[[int], str]:
    return lambda i: "; ".join(f"{length}x{v[i]:g}" for length, v in sorted(fields.visits.items()) if v[i])


def _constant(text: str) -> Callable[[int], str]:
    return lambda _: text
