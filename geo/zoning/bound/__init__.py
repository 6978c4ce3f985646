"""The least any plan can cost: a Lagrangian bound, its ascent and its cases."""
