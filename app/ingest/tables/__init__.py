"""One reader of tables for every door: CSV, workbooks and Parquet as columns of text, each line with its row."""

from app.ingest.tables.door import read_table
from app.ingest.tables.errors import Fault, TableError
from app.ingest.tables.headers import find_columns, pick, plain_header
from app.ingest.tables.limits import TableLimits
from app.ingest.tables.table import TextTable

__all__ = ["Fault", "TableError", "TableLimits", "TextTable", "find_columns", "pick", "plain_header", "read_table"]
