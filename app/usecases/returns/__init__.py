"""Providers' open-book returns: read, checked, kept, and what they say together."""
