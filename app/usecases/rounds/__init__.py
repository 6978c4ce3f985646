"""A day of visits: read it, plan it, plan it again, simulate it and hand it out."""
