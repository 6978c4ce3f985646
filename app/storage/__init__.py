"""Where things are kept: SQLite by default, PostgreSQL with PostGIS by one setting, one schema for both."""
