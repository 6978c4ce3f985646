"""The demand noun: endpoints and their schemas."""
