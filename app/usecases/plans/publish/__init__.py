"""Put a plan in force or retire it, with what it must keep and the proof behind it."""
