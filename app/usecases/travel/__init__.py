"""Travel between places, and the roads it runs on."""
