"""The command line: ``patchwork``."""

from app.cli.main import main

__all__ = ["main"]
