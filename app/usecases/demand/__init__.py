"""Care packages: import them, total them, and withhold small numbers."""
