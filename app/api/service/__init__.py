"""Health, metrics, problem catalogue and what this installation serves."""
