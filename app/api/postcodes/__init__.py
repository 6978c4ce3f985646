"""The postcodes noun: endpoints and their schemas."""
