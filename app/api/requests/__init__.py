"""Requests for care over HTTP."""
