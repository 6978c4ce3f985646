"""Swaps of packages between providers from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.desk import open_desk
from app.cli.output import AsJson, give


def swaps(
    limit: Annotated[int, typer.Option(min=1, max=200, help="Most to show.")] = 20, as_json: AsJson = False
) -> None:
    """Packages that providers could exchange, with miles and pounds saved and nobody worse off."""
    from app.usecases.brokerage.swaps import swaps_now

    with open_desk() as (database, desk), database.read() as session:
        items, terms = swaps_now(session, desk)
    lines = []
    for i, item in enumerate(items[:limit], start=1):
        miles, pounds = item["miles_saved_per_week"], item["pounds_saved_per_year"]
        lines.append(f"{i:>3}. {miles:,.1f} miles a week, £{pounds:,.0f} a year")
        lines += [
            f"       {move['package']} ({move['postcode']}): {move['from_provider']} to {move['to_provider']}, "
            f"{move['minutes_per_visit_before']:.1f} to {move['minutes_per_visit_after']:.1f} minutes a visit"
            for move in item["moves"]
        ]
    give({"items": items[:limit], "terms": terms}, as_json=as_json, text="\n".join(lines) or "Nothing to exchange.")
