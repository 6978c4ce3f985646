"""How much of a picture has a colour."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image


def share_of_colour(png: bytes, colour: str, reach: int = 10) -> float:
    """Return the share of pixels within ``reach`` of ``colour`` ("#rrggbb") in every channel."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return float((np.abs(pixels - wanted) <= reach).all(axis=2).mean())
