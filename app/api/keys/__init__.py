"""The keys noun: endpoints and their schemas."""
