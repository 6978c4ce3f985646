"""Erasing personal data that has served its purpose."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from app.cli.output import AsJson, give, open_database, problems_as_messages, quiet_settings
from app.usecases.service.erase import erase as erase_old


def erase(
    older_than_days: Annotated[
        int, typer.Option(help="Days since a snapshot was withdrawn, an import ended, or a file was kept.", min=0)
    ],
    snapshot: Annotated[
        int | None, typer.Option(help="Only this withdrawn snapshot's packages, whenever it was withdrawn.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase; without it nothing is changed, only counted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase packages of withdrawn snapshots, proofs, uploads, findings, rounds, answers and ended requests."""
    settings = quiet_settings()
    actor = f"command line ({os.environ.get('USER', 'unknown')})"
    with problems_as_messages(), open_database(settings) as database:
        found = erase_old(
            database,
            settings.council,
            older_than_days=older_than_days,
            actor=actor,
            snapshot_id=snapshot,
            do_it=yes,
        )
    numbers = ", ".join(map(str, found.snapshots)) or "none"
    lines = [
        "Erased:" if yes else "Would be erased (add --yes to do it):",
        f"  packages            {found.packages:,} (snapshots: {numbers})",
        f"  proofs of plans     {found.proofs:,}",
        f"  uploads             {found.uploads:,}",
        f"  quoted findings     {found.findings:,}",
        f"  days of rounds      {found.rounds:,}",
        f"  kept answers        {found.answers:,}",
        f"  ended requests      {found.requests:,}",
    ]
    give({"done": yes, **found.as_json()}, as_json=as_json, text="\n".join(lines))
