"""Change a drafted plan by hand, halve a zone, and undo."""
