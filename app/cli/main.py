"""The commands of ``patchwork``, gathered. A command's module is read when the command is asked for.

Reading all of them takes seconds, most of it for libraries that the command at hand does not use.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

# Name, module and attribute: a function is a command, a Typer a group of commands. In the order of --help.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("app.cli.operate", "demo"),
    "serve": ("app.cli.operate", "serve"),
    "worker": ("app.cli.operate", "worker"),
    "migrate": ("app.cli.operate", "migrate"),
    "doctor": ("app.cli.operate", "doctor"),
    "keys": ("app.cli.keys", "keys"),
    "councils": ("app.cli.councils", "councils"),
    "import": ("app.cli.data", "imports"),
    "erase": ("app.cli.erase", "erase"),
    "export": ("app.cli.data", "export"),
    "classify": ("app.cli.domain", "classify"),
    "bands": ("app.cli.bands", "bands"),
    "zones": ("app.cli.zones", "zones"),
    "price": ("app.cli.pricing", "price"),
    "rates": ("app.cli.rates", "rates"),
    "returns": ("app.cli.returns", "returns"),
    "rounds": ("app.cli.rounds", "rounds"),
    "backup": ("app.cli.archive", "backup"),
    "restore": ("app.cli.archive", "restore"),
    "travel": ("app.cli.travel", "travel"),
    "lookup": ("app.cli.lookup", "lookup"),
    "providers": ("app.cli.providers", "providers"),
    "requests": ("app.cli.requests", "requests"),
    "offers": ("app.cli.offers", "offers"),
    "waiting": ("app.cli.waiting", "waiting"),
    "payments": ("app.cli.payments", "payments"),
    "swaps": ("app.cli.swaps", "swaps"),
}


def _root() -> None:
    """Home-care zones, travel and fair rates for a council."""


class CommandsOnDemand(TyperGroup):
    """A group that reads a command's module when the command, or help on all of them, is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Every command, in the order of --help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Read and build one command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        found = getattr(import_module(module), attribute)
        parent = typer.Typer(add_completion=False)
        if isinstance(found, typer.Typer):
            parent.add_typer(found, name=cmd_name)
        else:
            parent.callback()(_root)  # keeps a parent of one command a group
            parent.command(cmd_name)(found)
        group = typer.main.get_command(parent)
        assert isinstance(group, TyperGroup)  # noqa: S101 - it has a callback or a group below
        return group.commands[cmd_name]


app = typer.Typer(
    name="patchwork",
    cls=CommandsOnDemand,
    help="Home-care zones, travel and fair rates for a council.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
app.callback()(_root)


def main() -> None:
    """Run the command line."""
    app()
