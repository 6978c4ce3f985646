"""What readers of maps raise for a file that is none, or a damaged one."""

from __future__ import annotations

from typing import Final

import pyogrio
import pyproj
import shapely

UNREADABLE_MAP: Final = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyogrio.errors.CRSError,
    pyproj.exceptions.CRSError,
    shapely.GEOSException,
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    OSError,
    RuntimeError,
)
"""GDAL's own errors as its reader passes them on, and what follows where a damaged value got past it."""
