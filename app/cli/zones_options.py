"""The options that the commands of ``patchwork zones`` share."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.output import fail
from app.usecases.plans.measure.costs import Priorities

ACTOR = "command line"
BORDER_POUNDS = Priorities().border_pounds_per_year
PlanName = Annotated[str, typer.Option("--name", help="What to call the plan.")]
Count = Annotated[int, typer.Option("--zones", help="How many zones of equal hours.", min=2, max=60)]
Counts = Annotated[
    str, typer.Option("--zones", help="How many zones of equal hours: 12, or 8-12 for the cheapest number of those.")
]
ViableHours = Annotated[
    float | None,
    typer.Option("--viable-hours", help="Least hours a week of each of a zone's two prime providers.", min=0.1),
]
Like = Annotated[int | None, typer.Option("--like", help="Zones with the names, tiers and hours of this plan's.")]
Tolerance = Annotated[float, typer.Option("--tolerance", help="Largest deviation from a target, as a share.")]
Seconds = Annotated[float, typer.Option("--seconds", help="How long to search.", min=1)]
Starts = Annotated[int | None, typer.Option("--starts", help="Stop after so many starts: repeatable.", min=1)]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the search.", min=0)]
BorderLength = Annotated[
    float, typer.Option("--border-pounds-per-km", help="Price a year of each km of border between zones.", min=0)
]
Border = Annotated[float, typer.Option("--border-pounds", help="Price a year of each parted pair of areas.", min=0)]
Natural = Annotated[
    float, typer.Option("--town-pounds", help="Price a year of each further zone a town or village is cut into.", min=0)
]
Against = Annotated[int | None, typer.Option("--against", help="Plan whose zones packages should stay in.")]
Disruption = Annotated[float, typer.Option("--move-pounds", help="Price of each package that changes zone.", min=0)]
PublishIt = Annotated[bool, typer.Option("--publish", help="Put the plan in force, if it keeps its rules.")]
DespiteBrokenRules = Annotated[
    bool, typer.Option("--despite-broken-rules", help="Publish a plan that breaks its rules; the history names them.")
]
PlanId = Annotated[int, typer.Argument(help="Number of the plan.")]


def counts_of(text: str) -> list[int]:
    """The numbers of `8-20` or `8,10,12`."""
    try:
        if "-" in text:
            first, _, last = text.partition("-")
            found = list(range(int(first), int(last) + 1))
        else:
            found = [int(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found:
        raise fail(f"--zones: found {text!r}, expected 8-20, or 8,10,12.", code=2)
    return found


def pair_of(text: str, option: str, expected: str, *, bare: bool = False) -> tuple[str, str]:
    """The two sides of `LEFT=RIGHT`; with ``bare`` the right may be empty."""
    left, sign, right = text.partition("=")
    if not left or not (right or (bare and sign)):
        raise fail(f"{option}: found {text!r}, expected {expected}.", code=2)
    return left.strip(), right.strip()


def given_options(context: typer.Context, *, but: Collection[str] = ()) -> list[str]:
    """The options somebody wrote, as they are called, but those of the parameters named."""
    written = []
    for parameter in context.command.params:
        source = context.get_parameter_source(str(parameter.name))
        if parameter.name not in but and source is not None and source.name == "COMMANDLINE":
            written.append(parameter.opts[0])
    return written


def one_of(context: typer.Context, *options: str) -> None:
    """Refuse options that say the same thing in different ways: one would be passed over in silence."""
    given = [option for option in given_options(context) if option in options]
    if len(given) > 1:
        raise fail(f"{' and '.join(given)}: found both, expected one of {', '.join(options)}.", code=2)


def json_file(file: Path, option: str) -> Any:
    """What a JSON file holds."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise fail(f"{option}: {file} is not JSON: {error}", code=2) from error
