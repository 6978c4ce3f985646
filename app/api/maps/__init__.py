"""The maps noun: endpoints and their schemas."""
