"""Offers over HTTP: with a key, and by a signed link."""
