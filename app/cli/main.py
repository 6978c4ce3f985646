"""The commands of ``patchwork``, gathered."""

from __future__ import annotations

import typer

from app.cli import data, domain, operate, pricing, rounds

app = typer.Typer(
    name="patchwork",
    help="Home-care zones, travel and fair rates for a council.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
app.command("demo")(operate.demo)
app.command("serve")(operate.serve)
app.command("worker")(operate.worker)
app.command("migrate")(operate.migrate)
app.command("doctor")(operate.doctor)
app.add_typer(operate.keys, name="keys")
app.add_typer(data.imports, name="import")
app.command("export")(data.export)
app.command("classify")(domain.classify)
app.command("zones")(domain.zones)
app.command("price")(pricing.price)
app.add_typer(rounds.rounds, name="rounds")


def main() -> None:
    """Run the command line."""
    app()
