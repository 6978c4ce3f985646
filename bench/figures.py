"""One measured figure beside its reference, and the table of many."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured of ours and of the reference in the same run.

    Attributes:
        name: What was measured.
        ours: Ours, in ``unit``.
        reference: The plain reference, in ``unit``; None where there is nothing to compare with.
        unit: Unit of both, such as ``requests/s`` or ``s``.
        target: The bound held to, as a sentence; empty where there is none.
        met: Whether it was held; None where there is no target.
    """

    name: str
    ours: float
    reference: float | None
    unit: str
    target: str = ""
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Ours divided by the reference."""
        return self.ours / self.reference if self.reference else None


def table(figures: list[Figure]) -> str:
    """The figures as aligned lines: name, ours, reference, ratio, unit, target."""
    width = max([len(figure.name) for figure in figures], default=4)
    lines = [f"{'name':<{width}} {'ours':>11} {'reference':>11} {'ratio':>7}  unit"]
    for figure in figures:
        reference = "" if figure.reference is None else f"{figure.reference:,.3f}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        verdict = "" if figure.met is None else f"  {figure.target}: {'held' if figure.met else 'NOT HELD'}"
        lines.append(f"{figure.name:<{width}} {figure.ours:>11,.3f} {reference:>11} {ratio:>7}  {figure.unit}{verdict}")
    return "\n".join(lines)


def asked(description: str | None) -> argparse.ArgumentParser:
    """The options every benchmark of this kind takes."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder with the demonstration county; made anew when not given")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser


def give(figures: list[Figure], to: Path | None) -> None:
    """Print the figures and write them down."""
    print(table(figures), flush=True)
    if to is not None:
        to.parent.mkdir(parents=True, exist_ok=True)
        rows = [asdict(figure) | {"ratio": figure.ratio} for figure in figures]
        to.write_text(json.dumps({"load_average": os.getloadavg()[0], "figures": rows}, indent=1) + "\n")
