"""Travel between places and the rounds of care workers. Pure domain, no service code."""
