"""What a plan of zones costs in a year, how it differs from another, and how it stands up to change. Pure domain."""
