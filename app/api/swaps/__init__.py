"""Swaps of packages over HTTP."""
