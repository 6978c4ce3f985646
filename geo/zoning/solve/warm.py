"""Compile the kernels in a new installation: ``python -m geo.zoning.solve.warm``."""

from __future__ import annotations

from geo.zoning.solve.solve import warm_up

__all__ = ["warm_up"]

if __name__ == "__main__":
    warm_up()
