"""The command line: ``patchwork``."""


def main() -> None:
    """Run the command line."""
    from app.cli.main import main as run

    run()


__all__ = ["main"]
