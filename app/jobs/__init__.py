"""Long work as durable jobs: queued, watched, cancelled, and finished even after the process that ran it was killed."""
