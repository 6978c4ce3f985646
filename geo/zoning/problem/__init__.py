"""What is asked of a plan, and what is wrong with the question."""
