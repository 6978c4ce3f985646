"""The service itself: health, overview, checks and erasure."""
