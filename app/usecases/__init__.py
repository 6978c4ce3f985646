"""One module a job that crosses packages: load a county, classify, draw zones, set rates, compare."""
