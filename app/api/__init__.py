"""The HTTP face: one folder a noun, endpoints and schemas only."""
