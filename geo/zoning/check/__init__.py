"""Check plans and proofs with code that shares nothing with the engine."""
