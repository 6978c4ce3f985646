"""What a run left out, by reason, and how to get it: printed at the end of every run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

NOT_MEANT = "nothing to do: the test is not for this case"
HOW_TO_GET: dict[str, str] = {
    r"names no PostgreSQL server": "set PATCHWORK_TEST_POSTGRES_URL=postgresql://USER@HOST:PORT/postgres, "
    "a superuser of a server with PostGIS, or run .ci/run",
    r"audit cannot reach|audit's source knows nothing": "run it where PyPI and the npm registry can be reached",
    r"no Node\.js|page's packages|pages? (is|are) not built|axe-core": "make web, with Node 20 or later and npm",
    r"provider's packages": "run it where the npm registry can be reached",
    r"[Cc]hromium|playwright": "install Chromium and playwright: apt-get install chromium",
    r"soffice": "install LibreOffice Calc: apt-get install libreoffice-calc-nogui",
    r"\.\./shared": "put the reference files beside this checkout, in ../shared",
    r"make guides": "make guides",
    r"package index|uv cannot": "run it where a Python package index can be reached",
    r"OAPIF": "use a build of GDAL with the OAPIF driver",
    r"git checkout": "run it in a git checkout",
    r"a file lock|the same rows|settings of SQLite": NOT_MEANT,
}
"""Part of a reason, and what to do about it."""


def remedy(reason: str) -> str | None:
    """How to get what was skipped for a reason; None where nothing is known of it."""
    return next((text for part, text in HOW_TO_GET.items() if re.search(part, reason)), None)


def summary(reasons: Iterable[str]) -> list[str]:
    """Lines that say how many tests were skipped for each reason, most first, and how to get them."""
    counted = Counter(_plain(reason) for reason in reasons)
    lines = []
    for reason, number in counted.most_common():
        lines.append(f"{number} skipped: {reason}")
        lines.append(f"    to run {'it' if number == 1 else 'them'}: {remedy(reason) or 'see the reason'}")
    return lines


def _plain(reason: str) -> str:
    """A reason without the name of the one file or machine it was found on, so that alike ones are counted together."""
    text = reason.removeprefix("Skipped: ")
    return re.sub(r"^(open data file|case|sample) '[^']*'", r"a \1", text)
