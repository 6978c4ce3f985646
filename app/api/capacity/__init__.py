"""Free hours of providers over HTTP."""
