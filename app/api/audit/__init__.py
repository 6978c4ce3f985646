"""The audit noun: endpoints and their schemas."""
