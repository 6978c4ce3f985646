"""Councils by name: what to call yours, and the codes it goes by."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.output import AsJson, fail, give
from app.ingest.national import councils as known_councils
from geo.councils import plain_name


def councils(
    name: Annotated[str, typer.Argument(help="Part of a name; all councils of Great Britain without.")] = "",
    as_json: AsJson = False,
) -> None:
    """List councils with the codes of their districts, today's and those of earlier years."""
    wanted = plain_name(name)
    found = [
        council
        for council in known_councils().every()
        if any(wanted in plain_name(text) for text in (council.name, *council.districts.values()))
    ]
    if not found:
        raise fail(f"No council has {name!r} in its name. `patchwork councils` lists them all.")
    lines = []
    for council in found:
        lines.append(f"{council.name} ({council.kind})")
        lines += [f"  {code}  {council.districts[code]}" for code in council.codes]
        lines += [f"  {code}  {council.districts[code]}, until it changed" for code in council.former]
    give(
        [
            {
                "name": council.name,
                "kind": council.kind,
                "codes": list(council.codes),
                "former": list(council.former),
                "districts": dict(council.districts),
            }
            for council in found
        ],
        as_json=as_json,
        text="\n".join(lines),
    )
