"""A mapping proposed from the file itself: which column is which, and why, by its name and by its values."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from app.ingest.package_fields import clock_minutes, day, plain_code, visit_list
from app.ingest.package_limits import package_limits
from app.ingest.package_mapping import PackageMapping, match_template, template_text
from app.ingest.package_postcodes import canonical, looks_valid
from app.ingest.tables import TableError, find_columns, plain_header, read_table
from app.ingest.tables.numbers import decimal_comma, number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "reference": ("package ref", "reference", "package id", "provision id", "cpli", "order ref", "event reference",
                  "element id", "agreement id", "line item", "service id", "ref", "id"),
    "person": ("person pseudonym", "client key", "person id", "client id", "service user", "person unique",
               "social care id",
               "ssref", "client", "person", "pseudonym"),
    "postcode": ("postcode", "post code", "delivery postcode", "pcds"),
    "service_type": ("service type", "service element", "service code", "element type", "service", "care type",
                     "funding"),
    "start_date": ("start date", "provision start", "start", "from", "commenced", "begin"),
    "end_date": ("end date", "provision end", "end", "to", "ceased", "finish"),
    "waiting_since": ("waiting since", "waiting from", "brokerage request", "request date", "referral date", "waiting"),
    "provider": ("provider name", "provider", "agency", "supplier"),
    "carers_per_visit": ("carers per visit", "number of carers", "carers", "handed", "staff ratio", "ratio"),
    "hours": ("weekly hours", "hours per week", "planned hours", "hrs", "hours", "units per week", "planned units"),
    "visits_list": ("visits", "calls", "visit pattern"),
    "visits": ("visits per week", "calls per week", "visits", "calls", "frequency", "no of visits"),
    "minutes": ("visit length", "visit minutes", "call length", "minutes", "duration", "length", "mins"),
}  # fmt: skip
"""Words in the names that case systems and councils give a column, the plainest first."""
_SHORT: Final = {
    "svc": "service", "serv": "service", "srv": "service", "pcode": "postcode", "pc": "postcode", "zip": "postcode",
    "prov": "provider", "prvdr": "provider", "supp": "supplier", "strt": "start", "st": "start", "fin": "finish",
    "dt": "date", "wk": "week", "wkly": "weekly", "hr": "hours", "min": "minutes", "dur": "duration",
    "freq": "frequency", "no": "number", "num": "number", "pers": "person", "cl": "client", "typ": "type",
}  # fmt: skip
"""How column names are cut short where a field of a case system holds only a few characters."""
_DATES: Final = (
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d-%b-%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d %B %Y",
    "%d/%m/%y",
)
_SERVICES: Final = (
    ("reablement", r"reable|intermediate|\bhart\b|st-?max|enablement"),
    ("childrens", r"child|young"),
    ("health_funded", r"\bchc\b|health|\bnhs\b|continuing"),
    ("maintenance", r"home ?care|home support|domicil|maintenance|personal care|long.?term|live-?in"),
)
_CARERS: Final = {"single": 1, "double": 2, "double up": 2, "double handed": 2, "1:1": 1, "2:1": 2, "one": 1, "two": 2}
_LENGTH_COLUMN: Final = re.compile(r"(\d{2,3})\s*-?\s*min", re.IGNORECASE)
_LOOKED_AT: Final = 2_000
_MOST_CODES: Final = 40
_NULLS: Final = frozenset({"", "-", "n/a", "na", "none", "null", "nil"})


@dataclass(frozen=True)
class Placed:
    """A column taken for a field of a package, and why."""

    field: str
    column: str
    why: str
    sure: float


@dataclass(frozen=True)
class Suggestion:
    """A mapping proposed for a file.

    Attributes:
        mapping: The mapping; None where columns it cannot do without were not found.
        toml: It as TOML, with the reasons as comments, to be kept and changed.
        template: The shipped template that fits the file as it stands, if one does.
        placed: Each column taken, with its reason.
        unused: Columns that are not read.
        missing: What a mapping needs and no column seems to hold.
        notes: What a person must look at.
    """

    mapping: PackageMapping | None
    toml: str
    template: str | None
    placed: tuple[Placed, ...]
    unused: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


def suggest_mapping(content: bytes, name: str = "ours", sheet: str | None = None) -> Suggestion:
    """Propose a mapping for an extract.

    Raises:
        TableError: the file cannot be read as a table.
    """
    table = read_table(content, _any_header, limits=package_limits().file, sheet=sheet, what="a table of care packages")
    texts = {header: values[:_LOOKED_AT] for header, values in table.columns.items()}
    headers = list(texts)
    template = match_template(headers)
    if template is not None:
        return _of_template(template, headers, table.notes)
    placed = _place(texts)
    at = {item.field: item.column for item in placed}
    notes = list(table.notes)
    body, missing = _body(name, at, texts, table.sheet, table.header_row, notes)
    try:
        mapping = None if missing else PackageMapping.model_validate(body)
    except ValidationError as error:
        mapping, missing = None, [*missing, str(error.errors()[0]["msg"])]
    unused = tuple(header for header in headers if header not in at.values())
    return Suggestion(
        mapping=mapping,
        toml=_toml(body, placed, missing, notes),
        template=None,
        placed=tuple(placed),
        unused=unused,
        missing=tuple(missing),
        notes=tuple(notes),
    )


def _of_template(template: PackageMapping, headers: Sequence[str], notes: Sequence[str]) -> Suggestion:
    """The shipped template that reads the file as it stands."""
    found = find_columns(headers, template.required_columns())
    fields = {column: name for name, column in template.columns.model_dump().items() if column}
    why = f"the shipped template {template.name} reads it so"
    placed = tuple(
        Placed(fields.get(column, "hours or visits, or a filter"), header, why, 1.0) for column, header in found.items()
    )
    return Suggestion(
        mapping=template,
        toml=template_text(template.name),
        template=template.name,
        placed=placed,
        unused=tuple(header for header in headers if header not in found.values()),
        missing=(),
        notes=(*notes, f"The shipped template {template.name} fits the file: no mapping of your own is needed."),
    )


def _any_header(headers: list[str]) -> dict[str, str]:
    """Every column whose name is there once, of a line that looks like names: three or more, none of them a value."""
    named = [header for header in headers if header]
    values = [h for h in named if number(h) is not None or looks_valid(canonical(h)) or day(_DATES)(h) is not None]
    if len(named) < 3 or len(values) > len(named) / 4:
        raise TableError("header_missing", "no line of column names", "three or more column names in a line")
    times = Counter(map(plain_header, named))
    return {header: header for header in named if times[plain_header(header)] == 1}


def _place(texts: dict[str, list[str]]) -> list[Placed]:
    offers = [
        offer
        for wanted in _NAMES
        for column, values in texts.items()
        if (offer := _offer(wanted, column, [v for v in values if plain_code(v) not in _NULLS])) is not None
    ]
    out: list[Placed] = []
    for offer in sorted(offers, key=lambda item: -item.sure):
        if all(offer.field != item.field and offer.column != item.column for item in out):
            out.append(offer)
    return out


def _offer(wanted: str, column: str, values: Sequence[str]) -> Placed | None:
    """What speaks for a column being a field; None where its name or its values speak against it."""
    name = plain_header(column)
    hint = max(_named(wanted, name), _named(wanted, " ".join(_SHORT.get(word, word) for word in name.split())))
    if hint == 0 and wanted != "postcode":  # postcodes alone are known by their values, so no other need be looked at
        return None
    looks, said = _looks(wanted, values)
    if looks < 0.5 or (hint == 0 and looks < 0.9):
        return None
    why = (f"its name says {wanted.replace('_', ' ')}" if hint else "its name says nothing") + f"; {said}"
    return Placed(wanted, column, why, round(0.6 * hint + 0.4 * looks, 3))


def _named(wanted: str, name: str) -> float:
    """How surely a column's name says which field it is, from 0 to 1."""
    hint = 0.0
    for rank, words in enumerate(_NAMES[wanted]):
        if name == words:
            hint = max(hint, 1.0 - rank / 100)
        elif re.search(rf"\b{re.escape(words)}\b", name):
            hint = max(hint, 0.7 - rank / 100)
    return hint


def _looks(wanted: str, values: Sequence[str]) -> tuple[float, str]:
    """Share of the values that look like a field's, and that in words."""
    if not values:
        return (0.6, "it is empty") if wanted in {"end_date", "waiting_since", "person", "provider"} else (0.0, "")
    share: Callable[[Callable[[str], Any]], float]
    share = lambda test: sum(test(value) not in {None, False} for value in values) / len(values)  # noqa: E731
    if wanted == "postcode":
        found = share(lambda v: looks_valid(canonical(v)) or None)
        return found, f"{found:.0%} of its values have a postcode's shape"
    if wanted in {"start_date", "end_date", "waiting_since"}:
        found = share(day(_DATES))
        return found, f"{found:.0%} of its values are dates"
    if wanted == "hours":
        comma = decimal_comma(values)
        found = share(lambda v: True if number(v, comma=comma) is not None or clock_minutes(v) is not None else None)
        return found, f"{found:.0%} of its values are numbers or times"
    if wanted in {"visits", "minutes"}:
        top = 168 if wanted == "visits" else 1440
        found = share(lambda v: (n := number(v)) is not None and 0 <= n <= top)
        return found, f"{found:.0%} of its values are numbers up to {top:,}"
    if wanted == "visits_list":
        reader = visit_list("minutes_x_visits")
        found = share(lambda v: True if reader(v.lower()) else None)
        return found, f"{found:.0%} of its values read as 30x14"
    if wanted == "carers_per_visit":
        found = share(lambda v: plain_code(v) in _CARERS or ((n := number(v)) is not None and 1 <= n <= 4))
        return found, f"{found:.0%} of its values are a number of carers"
    distinct = len(set(values)) / len(values)
    if wanted == "reference":
        return distinct, f"{distinct:.0%} of its values are distinct"
    if wanted == "service_type":
        few = len(set(values)) <= _MOST_CODES
        return (0.9, f"it has {len(set(values)):,} different codes") if few else (0.0, "")
    dates = share(day(_DATES))
    return (0.8 if dates < 0.1 else 0.0), f"it holds text, {len(set(values)):,} different"


def _body(
    name: str, at: dict[str, str], texts: dict[str, list[str]], sheet: str | None, header_row: int, notes: list[str]
) -> tuple[dict[str, Any], list[str]]:
    fields = ("reference", "person", "postcode", "service_type", "start_date", "end_date", "waiting_since", "provider",
              "carers_per_visit")  # fmt: skip
    body: dict[str, Any] = {"name": name, "title": "Proposed from the file: look it over", "header_row": header_row}
    if sheet is not None:
        body["sheet"] = sheet
    body["date_formats"] = _date_formats(at, texts)
    body["columns"] = {wanted: at[wanted] for wanted in fields if wanted in at}
    if "hours" in at:
        values = [v for v in texts[at["hours"]] if v]
        clocks = sum(clock_minutes(v) is not None for v in values) > len(values) / 2
        minutes = "min" in plain_header(at["hours"])
        body["hours"] = {"column": at["hours"], "unit": "hh_mm" if clocks else "minutes" if minutes else "hours"}
        notes.append("Whether the hours are of all carers (all_carers) or of one (one_carer) is not told by the file.")
    lengths = {c: int(m[1]) for c in texts if (m := _LENGTH_COLUMN.search(c)) and c not in body["columns"].values()}
    if len(lengths) > 1:
        body["visits"] = {"kind": "columns", "columns": lengths}
    elif "visits_list" in at:
        body["visits"] = {"kind": "list", "column": at["visits_list"]}
    elif "visits" in at and "minutes" in at:
        body["visits"] = {"kind": "pair", "visits": at["visits"], "minutes": at["minutes"]}
    if "service_type" in at:
        codes = [code for code in dict.fromkeys(texts[at["service_type"]]) if code][:_MOST_CODES]
        body["service_types"] = _services(codes, notes)
    else:
        body["default_service_type"] = "maintenance"
        notes.append("No column says which service it is: all rows are taken as maintenance.")
    if "carers_per_visit" in at:
        said = {c for c in texts[at["carers_per_visit"]] if number(c) is None and plain_code(c) in _CARERS}
        body["carers"] = {code: _CARERS[plain_code(code)] for code in sorted(said)}
    missing = [wanted for wanted in ("reference", "postcode") if wanted not in at]
    if not {"hours", "visits"} & set(body):
        missing.append("hours or visits")
    return body, missing


def _date_formats(at: dict[str, str], texts: dict[str, list[str]]) -> list[str]:
    """The forms that read what ISO does not, the fewest of them."""
    columns = [at[wanted] for wanted in ("start_date", "end_date", "waiting_since") if wanted in at]
    left = {v for column in columns for v in texts[column] if plain_code(v) not in _NULLS and day(())(v) is None}
    out: list[str] = []
    while left and len(out) < len(_DATES):
        best = max(_DATES, key=lambda form: sum(day((form,))(v) is not None for v in left))
        read = {v for v in left if day((best,))(v) is not None}
        if not read:
            break
        out.append(best)
        left -= read
    return out or ["%d/%m/%Y"]


def _services(codes: Sequence[str], notes: list[str]) -> dict[str, str]:
    out = {}
    for code in codes:
        for service, words in _SERVICES:
            if re.search(words, code, re.IGNORECASE):
                out[code] = service
                break
        else:
            notes.append(f"Code {code!r} of the service is not known: say what it is, or leave its rows out.")
    return out


def _toml(body: dict[str, Any], placed: Sequence[Placed], missing: Sequence[str], notes: Sequence[str]) -> str:
    lines = [f"# {note}" for note in [*notes, *(f"Not found: {name}." for name in missing)]]
    why = {item.column: item.why for item in placed}
    tables = {key: value for key, value in body.items() if isinstance(value, dict) and value}
    lines += [f"{key} = {_value(value)}" for key, value in body.items() if key not in tables and value != {}]
    for key, table in tables.items():
        lines += ["", f"[{key}]"]
        for inner, value in table.items():
            reason = (
                f"  # {why[value]}" if isinstance(value, str) and key in {"columns", "hours"} and value in why else ""
            )
            lines.append(f"{inner if re.fullmatch(r'[A-Za-z_]+', inner) else _value(inner)} = {_value(value)}{reason}")
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_value(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
