"""Keys that open the API."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Annotated, Any

import typer
from sqlalchemy import select

from app.cli.output import AsJson, fail, give, open_database, say, settings_in_force
from app.security.keys import create_key, find_key, list_keys, revoke_key
from app.security.roles import Role
from app.settings import Settings
from app.storage.models import Council

keys = typer.Typer(help="Keys that open the API.", no_args_is_help=True)


@keys.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Who or what will hold it.")],
    role: Annotated[Role, typer.Option(help="What it may do.")],
    days: Annotated[int | None, typer.Option(help="Days until it expires; without, until revoked.", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. Its secret is printed once."""
    settings = settings_in_force()
    with open_database(settings) as database, database.write() as session:
        _need_council(session, settings)
        key, secret = create_key(
            session,
            council=settings.council,
            name=name,
            role=role,
            actor=f"command line ({os.environ.get('USER', 'unknown')})",
            valid_for=None if days is None else timedelta(days=days),
        )
        made = {"id": key.id, "name": name, "role": role.value, "secret": secret}
    give(made, as_json=as_json, text=f"Key {made['id']} for {name} ({role.value}), shown this once:\n\n    {secret}\n")


def _need_council(session: Any, settings: Settings) -> None:
    if session.scalar(select(Council.code).where(Council.code == settings.council)) is None:
        raise fail(f"No council {settings.council!r} here yet. Run: patchwork demo, or patchwork import postcodes")


@keys.command("list")
def listed(as_json: AsJson = False) -> None:
    """List keys without their secrets."""
    settings = settings_in_force()
    with open_database(settings) as database, database.read() as session:
        rows = [
            {
                "id": key.id,
                "name": key.name,
                "role": key.role,
                "starts_with": key.prefix,
                "expires_at": key.expires_at,
                "revoked_at": key.revoked_at,
            }
            for key in list_keys(session, settings.council, 10_000, None)
        ]
    text = "\n".join(
        f"{row['id']:>4}  {row['role']:<13} {row['starts_with']}…  {row['name']}"
        f"{'  revoked' if row['revoked_at'] else ''}"
        for row in rows
    )
    give(rows, as_json=as_json, text=text or "No keys.")


@keys.command("revoke")
def revoke(key_id: Annotated[int, typer.Argument(help="Number of the key, from `patchwork keys list`.")]) -> None:
    """Revoke a key, for good."""
    settings = settings_in_force()
    with open_database(settings) as database, database.write() as session:
        key = find_key(session, settings.council, key_id)
        if key is None:
            raise fail(f"There is no key {key_id}.")
        revoke_key(session, key, f"command line ({os.environ.get('USER', 'unknown')})")
    say(f"Key {key_id} is revoked.")
