"""What happens to every request: ids, logs, metrics, limits, ETags and idempotent writes."""
