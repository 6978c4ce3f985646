"""The bands noun: endpoints and their schemas."""
