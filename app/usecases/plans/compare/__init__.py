"""Set plans side by side: what moves, what it costs, whom it touches, and how robust each is."""
