"""What stands between a file somebody sent and the code that reads it, so that no file can stop the service.

Two steps, for every door that takes a file:

1. ``measure(content, limits)`` looks at the bytes without reading the file: how large it unpacks, how far its sheets
   reach, how many vertices its shapes have. It streams, so it costs little and cannot run out of memory. It raises
   `FileRefused`, which names the place, what was found, what was expected and what to do.
2. ``read_apart("package.module:function", content, …)`` calls a function in a process of its own with limits of memory
   and time, and gives back what it returns (any value that can be pickled) or raises what it raised. A crash of the
   reader, native code included, is a `FileRefused` like any other; the process that asked lives on.

Read in a job, not while a request waits: a process takes about a second to start. A small file (`is_small`) that was
measured, and is read by Python code alone, may be read in the process that has it.

    from app.ingest.guard import FileRefused, measure, read_apart

    measure(content)
    table = read_apart("app.ingest.package_table:read_table", content, headers, limits=held.file)
"""

from __future__ import annotations

from app.ingest.guard.apart import read_apart
from app.ingest.guard.limits import GuardLimits
from app.ingest.guard.measure import Extent, is_small, measure
from app.ingest.guard.refusal import FileRefused
from app.ingest.guard.rehearse import rehearse

__all__ = ["Extent", "FileRefused", "GuardLimits", "is_small", "measure", "read_apart", "rehearse"]
