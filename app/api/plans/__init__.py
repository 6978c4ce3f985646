"""The plans noun: endpoints and their schemas."""
