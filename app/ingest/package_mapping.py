"""How the columns and codes of a council's own extract are read as care packages: a mapping, saved once."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.ingest.tables import plain_header

ServiceType = Literal["maintenance", "reablement", "health_funded", "childrens"]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PackageColumns(_Strict):
    """Which column of the file holds what; a field left out is not in the file."""

    reference: Name
    postcode: Name
    service_type: Name | None = None
    start_date: Name | None = None
    end_date: Name | None = None
    ended_by: Name | None = Field(None, description="Another date that ends care, such as that of a death.")
    waiting_since: Name | None = None
    provider: Name | None = None
    carers_per_visit: Name | None = None
    person: Name | None = Field(None, description="Pseudonym of the person, where one may hold several packages.")


class HoursColumn(_Strict):
    """Where the weekly hours stand and how they are written."""

    column: Name
    unit: Literal["hours", "minutes", "hh_mm"] = Field("hours", description="7.5, 450 or 07:30.")
    of: Literal["all_carers", "one_carer"] = Field(
        "all_carers", description="Whether a double-handed half hour stands as 1.0 (all carers) or 0.5 (one carer)."
    )
    more: tuple[Name, ...] = Field((), description="Further columns to add up with the first: one a weekday, say.")
    unit_column: Name | None = Field(None, description="Column that says what one of the number is, such as Hourly.")
    unit_minutes: dict[Name, Annotated[float, Field(gt=0, le=10_080)]] = Field(
        default_factory=dict, description="Code of the unit column to minutes of one: Hourly is 60."
    )
    sign: Literal["as_written", "dropped"] = Field("as_written", description="Whether -7 is an error, or 7 hours.")

    @model_validator(mode="after")
    def _units(self) -> Self:
        if (self.unit_column is None) != (not self.unit_minutes):
            raise ValueError("unit_column and unit_minutes go together: the one says which, the other how long")
        return self


class VisitColumns(_Strict):
    """One column a visit length, each holding visits a week."""

    kind: Literal["columns"] = "columns"
    columns: dict[Name, Annotated[int, Field(gt=0)]] = Field(min_length=1, description="Column to length in minutes.")


class VisitList(_Strict):
    """All visits in one column: `30x14; 45x7`, or JSON such as `{"30": 14}`."""

    kind: Literal["list"] = "list"
    column: Name
    order: Literal["minutes_x_visits", "visits_x_minutes"] = "minutes_x_visits"


class VisitPair(_Strict):
    """One length a package: a column of visits a week and a column of minutes."""

    kind: Literal["pair"] = "pair"
    visits: Name
    minutes: Name


class RowFilter(_Strict):
    """Rows to keep, or to leave out, by what one column says."""

    column: Name
    values: Annotated[tuple[str, ...], Field(min_length=1, max_length=200)]


class LinesOfPackage(_Strict):
    """Several lines of the file that are one package: alike in all columns named.

    As ``visits`` each line holds some of the package's visits, whose hours add up. As ``carers`` each line stands for
    one carer at the same visits.
    """

    are: Literal["visits", "carers"]
    alike: Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)]


class PackageMapping(_Strict):
    """A saved way to read one kind of extract.

    Header names match without regard to case and spacing, codes without regard to case. Dates in ISO form (2019-07-31)
    and true dates of a spreadsheet are always read; `date_formats` (strptime) adds what the file writes.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    title: str = ""
    note: str = ""
    sheet: str | None = Field(None, description="Worksheet of an XLSX; the first one where not given.")
    header_row: Annotated[int, Field(ge=1, le=100)] = 1
    columns: PackageColumns
    hours: HoursColumn | None = None
    visits: Annotated[VisitColumns | VisitList | VisitPair, Field(discriminator="kind")] | None = None
    date_formats: tuple[Name, ...] = ("%d/%m/%Y",)
    service_types: dict[str, ServiceType] = Field(default_factory=dict, description="Code in the file to service type.")
    default_service_type: ServiceType | None = Field(None, description="For rows without a service, or files without.")
    carers: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict, description="Code to number of carers."
    )
    keep: tuple[RowFilter, ...] = Field((), description="Only rows that every one of these fits are read.")
    leave_out: tuple[RowFilter, ...] = Field((), description="Rows that any of these fits are passed over.")
    lines: LinesOfPackage | None = None
    number_repeats: bool = Field(False, description="A reference that stands again gets -2, -3 and so on behind it.")
    blanks: tuple[str, ...] = Field(("", "-", "n/a", "na", "none", "null", "nil"), description="Read as empty.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.hours is None and self.visits is None:
            raise ValueError("a mapping needs hours, visits or both: nothing says how much care a package is")
        if self.columns.service_type is None and self.default_service_type is None:
            raise ValueError("a mapping without a service_type column needs default_service_type")
        return self

    def number_columns(self) -> list[str]:
        """The columns that hold numbers: whether they have decimal commas is asked of all of them together."""
        named = [self.columns.carers_per_visit] if self.columns.carers_per_visit else []
        if self.hours and self.hours.unit != "hh_mm":
            named += [self.hours.column, *self.hours.more]
        match self.visits:
            case VisitColumns(columns=columns):
                named += columns
            case VisitPair(visits=visits, minutes=minutes):
                named += [visits, minutes]
            case _:
                pass
        return list(dict.fromkeys(named))

    def required_columns(self) -> list[str]:
        """Every column of the file the mapping reads, in a steady order, each once."""
        named = [column for column in self.columns.model_dump().values() if column]
        if self.hours:
            named += [
                self.hours.column,
                *self.hours.more,
                *([self.hours.unit_column] if self.hours.unit_column else []),
            ]
        named += [row.column for row in (*self.keep, *self.leave_out)]
        named += self.lines.alike if self.lines else ()
        match self.visits:
            case VisitColumns(columns=columns):
                named += columns
            case VisitList(column=column):
                named.append(column)
            case VisitPair(visits=visits, minutes=minutes):
                named += [visits, minutes]
            case None:
                pass
        return list(dict.fromkeys(named))


def template_names() -> list[str]:
    """Names of the mappings that come with Patchwork, sorted."""
    folder = files("app.ingest") / "templates"
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def load_template(name: str) -> PackageMapping:
    """A mapping that comes with Patchwork.

    Raises:
        KeyError: no template has that name; lists those there are.
    """
    return parse_mapping(template_text(name))


def template_text(name: str) -> str:
    """A mapping that comes with Patchwork, as TOML.

    Raises:
        KeyError: no template has that name; lists those there are.
    """
    if name not in template_names():
        raise KeyError(f"no package template {name!r}: there are {', '.join(template_names())}")
    return (files("app.ingest") / "templates" / f"{name}.toml").read_text("utf-8")


def parse_mapping(text: str) -> PackageMapping:
    """Read a mapping from TOML text.

    Raises:
        tomllib.TOMLDecodeError: not TOML.
        pydantic.ValidationError: TOML, but no mapping; names each field.
    """
    return PackageMapping.model_validate(tomllib.loads(text))


def match_template(headers: list[str]) -> PackageMapping | None:
    """The shipped mapping whose columns all stand among the headers, the one that reads most; None where none does."""
    present = {plain_header(header) for header in headers}
    fitting = [
        mapping
        for mapping in map(load_template, template_names())
        if all(plain_header(column) in present for column in mapping.required_columns())
    ]
    return max(fitting, key=lambda mapping: len(mapping.required_columns()), default=None)
