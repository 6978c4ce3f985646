"""Signing in to the pages in the browser, and who is signed in."""
