"""Payments to providers over HTTP."""
