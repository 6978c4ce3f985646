"""What readers need, loaded once by the process that forks them (see `app.ingest.guard.nursery`)."""

from __future__ import annotations

import openpyxl
import pyarrow.csv
import pyarrow.parquet
import python_calamine

import app.ingest.outlines
import app.ingest.package_reader
import app.ingest.plan_files
import app.ingest.postcode_files

LOADED = (openpyxl, pyarrow.csv, pyarrow.parquet, python_calamine, app.ingest)
