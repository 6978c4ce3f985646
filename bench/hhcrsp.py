"""Home health-care routing instances, solved and judged: see ``bench/routing/hhcrsp.py``.

python bench/hhcrsp.py INSTANCE.json --seconds 60 --seed 0 --out SOLUTION.json
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "routing"))

from hhcrsp import main

if __name__ == "__main__":
    main()
