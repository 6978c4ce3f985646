"""Providers' open-book returns from the command line: template, import, decisions and statistics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.desk import table
from app.cli.output import AsJson, fail, give, uploaded
from app.cli.rates_at_hand import ACTOR, rates_at_hand, write_file
from app.storage.returns import COUNTED, EXCLUDED, returns_listed
from app.usecases.returns.answers import summary_of, view_of
from app.usecases.returns.keep import decide, import_returns, return_of, statistics
from pricing.return_template import return_template

Number = Annotated[int, typer.Argument(metavar="RETURN", help="Number of the return.")]
Reason = Annotated[str, typer.Option(help="Why; it stays on record.")]
Year = Annotated[str, typer.Option("--year", help="Financial year, such as 2026-27.")]

returns = typer.Typer(no_args_is_help=True, help="Providers' open-book returns: template, import, and what they say.")


@returns.command()
def template(
    year: Year = "2026-27",
    out: Annotated[Path | None, typer.Option(help="File to write; open-book-return-YEAR.xlsx if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the one page a provider fills in."""
    file = out or Path(f"open-book-return-{year}.xlsx")
    with rates_at_hand():
        body = return_template(year)
    write_file(file, body, as_json=as_json)


@returns.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Filled templates, or CSV.")],
    as_json: AsJson = False,
) -> None:
    """Keep providers' returns, all of the files or none; what is usually wrong is named by file and field."""
    with rates_at_hand() as (settings, database), database.write() as session:
        given = [(file.name, uploaded(file, settings)) for file in files]
        found = import_returns(session, settings.council, given, ACTOR).model_dump(mode="json")
    said = [f"Kept {found['files']} returns: {found['counted']} counted, {found['excluded']} excluded."]
    for item in found["items"]:
        said.append(f"{item['id']:>5}  {item['provider']}, {item['financial_year']}: {item['state']}")
        said += [
            f"         {each['label']}: found {each['found']}, expected {each['expected']}" for each in item["findings"]
        ]
    give(found, as_json=as_json, text="\n".join(said))


@returns.command("list")
def list_(
    year: Annotated[str | None, typer.Option(help="Financial year; all if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """List returns, newest first, with why some do not count."""
    with rates_at_hand() as (settings, database), database.read() as session:
        rows = returns_listed(session, settings.council, 1000, None, financial_year=year)[:1000]
        found = [summary_of(row).model_dump(mode="json") for row in rows]
    lines = [
        [one["id"], one["financial_year"], one["provider"], one["state"], _money(one), one["reason"]] for one in found
    ]
    head = ["return", "year", "provider", "state", "£ an hour", "why"]
    give({"items": found}, as_json=as_json, text=table(lines, head))


@returns.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Show a return line by line."""
    with rates_at_hand() as (settings, database), database.read() as session:
        found = view_of(return_of(session, settings.council, number)).model_dump(mode="json")
    said = [f"Return {number}: {found['provider']}, {found['financial_year']}, {found['state']}. {found['reason']}"]
    said += [f"  {line['label']:<46}{_per_hour(line['pounds_per_contact_hour']):>10}" for line in found["lines"]]
    said.append(f"  {'Total for a contact hour':<46}{_money(found):>10}")
    give(found, as_json=as_json, text="\n".join(said))


@returns.command()
def exclude(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Leave a return out of the statistics."""
    _decide(number, EXCLUDED, reason, as_json=as_json)


@returns.command()
def count(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Count a return in spite of what was found in it."""
    _decide(number, COUNTED, reason, as_json=as_json)


@returns.command("statistics")
def statistics_(year: Year, as_json: AsJson = False) -> None:
    """Quartiles by volume, the model provider, and what each return does to the answer."""
    with rates_at_hand() as (settings, database), database.read() as session:
        found = statistics(session, settings.council, year).model_dump(mode="json")
    give(found, as_json=as_json, text=_statistics_text(found))


def _statistics_text(found: dict[str, Any]) -> str:
    said, stats = [], found["statistics"]
    said.append(f"{stats['returns']} complete returns of {found['financial_year']}. {stats['method']}")
    said += ["", f"{'£ a contact hour':<28}{'lower':>9}{'median':>9}{'upper':>9}"]
    for line in [*stats["lines"], stats["total"], *stats["drivers"]]:
        figures = (line["lower_quartile"], line["median"], line["upper_quartile"])
        said.append(f"{line['name']:<28}" + "".join(f"{figure:>9.2f}" for figure in figures))
    said += ["", f"Model provider: £{stats['model']['unrounded']:.2f} an hour"]
    said += [
        f"  {visit['minutes']:g} minutes: £{visit['rounded_pounds_per_visit']:.2f} a visit"
        for visit in stats["model"]["by_visit_length"]
    ]
    said += ["", "Without one return, the model provider's price changes by:"]
    for each in stats["influence"]:
        name = found["providers"].get(each["number"]) or found["providers"].get(str(each["number"]), "")
        mark = ", an outlier" if each["outlier"] else ""
        said.append(f"  {each['model_change']:>+8.2f}  return {each['number']}, {name}{mark}")
    said += ["", f"Left out: {len(found['excluded'])}. {found['outlier_rule']}"]
    return "\n".join(said)


def _decide(number: int, state: str, reason: str, *, as_json: bool) -> None:
    if len(reason.strip()) < len("yes"):
        raise fail(f"--reason: found {reason!r}, expected why, in a few words.", code=2)
    with rates_at_hand() as (settings, database), database.write() as session:
        found = decide(session, settings.council, number, state, reason.strip(), ACTOR).model_dump(mode="json")
    give(found, as_json=as_json, text=f"Return {number} of {found['provider']} is {found['state']}: {reason}")


def _money(found: dict[str, Any]) -> str:
    return _per_hour(found["total_pounds_per_contact_hour"])


def _per_hour(value: float | None) -> str:
    return "empty" if value is None else f"£{value:.2f}"
