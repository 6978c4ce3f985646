"""Roles of providers over HTTP."""
