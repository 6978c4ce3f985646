"""Providers' open-book returns over HTTP."""
