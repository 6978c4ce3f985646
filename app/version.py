"""The version of the running code, as every stored result and every answer states it."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version


@lru_cache(maxsize=1)
def code_version() -> str:
    """Return the installed version of ``patchwork-care``, or ``"0+unknown"`` when run from loose files."""
    try:
        return version("patchwork-care")
    except PackageNotFoundError:
        return "0+unknown"
