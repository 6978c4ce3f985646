"""What makes two requests the same job."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> str:
    """One text for equal values: sorted keys, no blanks, no NaN.

    Raises:
        ValueError: When a number is not finite.
        TypeError: When a value is not plain JSON data.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def fingerprint(council: str, kind: str, request: dict[str, Any]) -> str:
    """32 hexadecimal digits (128 bits of SHA-256) that stand for a council, a kind and a request."""
    text = canonical_json({"council": council, "kind": kind, "request": request})
    return hashlib.sha256(text.encode()).hexdigest()[:32]
