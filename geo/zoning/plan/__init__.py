"""A drawn plan: its figures, report, comparison, boundaries and certificate."""
