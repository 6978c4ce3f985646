"""Signing on with the council's own accounts, by OpenID Connect: the provider, its tokens, and who may do what."""
