"""The rates noun: endpoints and their schemas."""
