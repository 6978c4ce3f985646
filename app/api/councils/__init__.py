"""Councils of Great Britain by name."""
