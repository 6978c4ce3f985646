"""One call of `solve`: its phases and how its time is shared."""
