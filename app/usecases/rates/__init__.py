"""Rate cards, and the questions asked of a price."""
