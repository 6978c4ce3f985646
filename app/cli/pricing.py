"""The price of an hour of care from the command line: no database, no service, only the figures given."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.output import AsJson, fail, give, quiet_settings
from app.usecases.rates.benchmarks import benchmark_sentences, priced_hour
from app.usecases.rates.pricing_questions import YearQuestion, held_in_pounds, price_in_year
from pricing import (
    Assumptions,
    InputProblem,
    PricingError,
    PricingInputError,
    YearApplied,
    annex_a_csv,
    calibration,
    parse_assumptions,
    rate_workbook,
)
from pricing import price as price_of
from pricing.parsing import parse
from pricing.year_moves import move_notes, move_sources

WRONG_INPUT = 2


def price(
    file: Annotated[
        str | None, typer.Option("--input", help="JSON file of assumptions, or - for standard input.")
    ] = None,
    year: Annotated[
        str | None,
        typer.Option(
            help="Put in the wage, mileage, NI and pension of a financial year, such as 2026-27; without --input, into "
            "the Leicestershire calibration."
        ),
    ] = None,
    wage: Annotated[
        str | None,
        typer.Option(help="With --year: national-living, real-living or real-living-london; else the wage as given."),
    ] = None,
    own_figures: Annotated[
        Path | None,
        typer.Option("--own-figures", exists=True, dir_okay=False, help="TOML of your own statutory figures."),
    ] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write a workbook with live formulas.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the price under the headings of Annex A.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of the input.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print an input to start from.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print the price as sentences with formula and source, not as a table.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Build a price line by line from wage and mileage.

    A wrong input is named with its value and the allowed range, and ends with exit code 2.
    """
    if schema:
        give(Assumptions.model_json_schema(by_alias=True), as_json=True, text="")
        return
    if example:
        given = calibration().banded.base.model_copy(update={"label": "An example to change"})
        give(given.model_dump(mode="json", by_alias=True, exclude_defaults=True), as_json=True, text="")
        return
    try:
        assumptions = None if file is None else parse_assumptions(_read_json(file))
        moved = _moved(assumptions, year, wage, own_figures)
        rate = price_of(moved.assumptions)
    except PricingInputError as error:
        raise fail(_wrong(error, given_as=file or "the input"), code=WRONG_INPUT) from error
    except PricingError as error:
        raise fail(f"{error}.", code=WRONG_INPUT) from error
    if xlsx is not None:
        _write(xlsx, rate_workbook(moved.assumptions, move_notes(moved.moves), move_sources(moved.moves, year or "")))
    if csv is not None:
        _write(csv, _annex_a(moved.assumptions))
    applied = [{"field": item.field, "value": float(item.value), "source": item.source} for item in moved.applied]
    held = list(held_in_pounds(moved)) if year else []
    moves = [move.model_dump(mode="json") for move in moved.moves]
    result = priced_hour(rate, quiet_settings().council).model_dump(mode="json", by_alias=True) | {
        "financial_year": year,
        "applied": applied,
        "held": held,
    }
    result["moves"] = moves
    lines = [f"{item['field']} = {item['value']:g}: {item['source']}." for item in applied]
    lines += [move.sentence() for move in moved.moves if move.what == "asked"]
    text = rate.explain() if explain else _table(result)
    text += "\n".join(["", "", "Beside benchmarks:", *benchmark_sentences(result["benchmarks"])])
    text += "".join(f"\nWarning: {warning.sentence}" for warning in rate.warnings)
    if explain and as_json:
        result["explanation"] = rate.explain().splitlines()
    give(result, as_json=as_json, text="\n".join([text, *(["", f"Set for {year}:", *lines] if lines else [])]))


def _read_json(file: str) -> Any:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        return json.loads(text, parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise fail(f"{file}: {error}", code=WRONG_INPUT) from error


def _moved(
    assumptions: Assumptions | None, year: str | None, wage: str | None, own_figures: Path | None
) -> YearApplied:
    if year is None:
        for name, value in (("--wage", wage), ("--own-figures", own_figures)):
            if value is not None:
                raise fail(f"{name}: goes with --year, the financial year to take it from.", code=WRONG_INPUT)
        if assumptions is None:
            said = "--input: name a JSON file of assumptions; --schema shows its form, --example prints one to start "
            raise fail(said + "from. Or give --year for the Leicestershire calibration in that year.", code=WRONG_INPUT)
        return YearApplied(assumptions, ())
    question = {
        "financial_year": year,
        "wage": wage,
        "assumptions": assumptions,
        "own_figures_toml": own_figures.read_text(encoding="utf-8") if own_figures else None,
    }
    return price_in_year(parse(YearQuestion, question))


def _wrong(error: PricingInputError, given_as: str) -> str:
    return "\n".join([f"{given_as} cannot be priced:", *(f"  {_one(problem)}" for problem in error.problems)])


def _one(problem: InputProblem) -> str:
    found = problem.found
    if isinstance(found, dict | list | tuple):
        # a rule over several fields: its sentence says what was found
        return f"{problem.field or 'the input'}: {problem.expected}"
    shown = "nothing" if found is None else found
    return f"{problem.field}: found {shown}, expected {problem.expected}"


def _annex_a(assumptions: Assumptions) -> bytes:
    return annex_a_csv({assumptions.label or "price": price_of(assumptions)}).encode("utf-8-sig")


def _write(out: Path, body: bytes) -> None:
    try:
        out.write_bytes(body)
    except OSError as error:
        raise fail(f"{out}: {error.strerror}", code=1) from error
    typer.echo(f"Wrote {out} ({len(body):,} bytes).", err=True)


def _table(rate: dict[str, Any]) -> str:
    """The lines and the visit prices in columns, for people."""
    rows = [f"{line['name']:<34}{line['pounds_per_contact_hour']:>10.4f}" for line in rate["lines"]]
    rows += ["-" * 44, f"{'Total, unrounded':<34}{rate['unrounded']:>10.4f}"]
    rows += [f"{'Price of an hour, ' + rate['conventions']['rounding']:<34}{rate['total']:>10.2f}", ""]
    rows += [
        f"{visit['minutes']:g} minutes: £{visit['rounded_pounds_per_visit']:.2f} a visit, "
        f"£{visit['rounded_pounds_per_hour']:.2f} an hour"
        for visit in rate["by_visit_length"]
    ]
    label = rate["assumptions"].get("label", "")
    return "\n".join([*([label, ""] if label else []), *rows])
