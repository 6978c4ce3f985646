"""Rules of allocation over HTTP."""
