"""Waiting reports over HTTP."""
