"""Read sources from outside: validate every row, then commit all or nothing."""
