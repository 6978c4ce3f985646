"""The search for cheap plans: bases, first plans, annealing and polish."""
