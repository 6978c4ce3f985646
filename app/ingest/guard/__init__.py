"""What stands between a file somebody sent and the code that reads it, so that no file can stop the service.

Two steps, for every door that takes a file:

1. ``measure(content, limits)`` looks at the bytes without reading the file: how large it unpacks, how far its sheets
   reach, how many vertices its shapes have. It streams, so it costs little and cannot run out of memory. It raises
   `FileRefused`, which names the place, what was found, what was expected and what to do.
2. ``read_apart("package.module:function", content, …)`` calls a function in a process of its own with limits of memory
   and time, and gives back what it returns (any value that can be pickled) or raises what it raised. A crash of the
   reader, native code included, is a `FileRefused` like any other; the process that asked lives on.

Each reader has one door that does so, and nobody calls it past that door: `app.ingest.tables.door` for tables,
`app.ingest.plan_files`, `app.ingest.outlines`, `app.ingest.postcode_files`, `app.usecases.travel.roads` and
`app.exports.filled_list`. A small text file (`is_small`), which Python code alone reads, may be read where it is.
"""

from __future__ import annotations

from app.ingest.guard.apart import read_apart
from app.ingest.guard.limits import GuardLimits
from app.ingest.guard.measure import DAMAGED_ZIP, Extent, is_small, measure, measure_file
from app.ingest.guard.refusal import FileRefused

__all__ = ["DAMAGED_ZIP", "Extent", "FileRefused", "GuardLimits", "is_small", "measure", "measure_file", "read_apart"]
