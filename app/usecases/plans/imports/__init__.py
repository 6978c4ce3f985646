"""Take in a plan drawn elsewhere."""
