"""Providers over HTTP: the register."""
