"""The areas noun: endpoints and their schemas."""
