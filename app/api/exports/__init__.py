"""The exports noun: endpoints and their schemas."""
