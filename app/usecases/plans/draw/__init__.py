"""Draw plans: the request, the problem it makes, the search, sweeps, and what to say when there is no plan."""
