"""What readers need, loaded once by the process that forks them (see `app.ingest.guard.apart`)."""

from __future__ import annotations

import geopandas
import pandas as pd
import pyarrow.csv
import pyarrow.parquet
import python_calamine

import app.ingest.tables.read

LOADED = (geopandas, pd, pyarrow.csv, pyarrow.parquet, python_calamine, app.ingest.tables.read)
