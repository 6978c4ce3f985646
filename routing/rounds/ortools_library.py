"""OR-Tools' routing library, loaded so that highspy, with which zones are drawn, works in the same process.

Both bring a ``libhighs.so.1`` of their own, and a process holds one. highspy calls its own, so it goes first; routing
never calls it, so OR-Tools may be bound to highspy's, as long as names it does not use are not looked up on loading.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

with suppress(ImportError):
    import highspy  # noqa: F401

if hasattr(sys, "setdlopenflags"):
    _flags = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_LAZY)
    try:
        from ortools.constraint_solver import pywrapcp, routing_enums_pb2
    finally:
        sys.setdlopenflags(_flags)
else:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

__all__ = ["pywrapcp", "routing_enums_pb2"]
