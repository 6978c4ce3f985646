"""The costs noun: endpoints and their schemas."""
