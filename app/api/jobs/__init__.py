"""Following and cancelling long work."""
