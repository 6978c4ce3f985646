"""Write the golden outputs anew: python -m tests.golden.record [DEMO_DATABASE]."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.golden.outputs import county, outputs

KEPT = Path(__file__).parent / "outputs.json"


def main(database: Path) -> None:
    """Write the outputs of today's engines and of a demonstration database."""
    KEPT.write_text(json.dumps({**outputs(), "county": county(database)}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "var/patchwork.sqlite"))
