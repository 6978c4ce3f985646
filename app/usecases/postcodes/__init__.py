"""The postcode service: files, places, travel between postcodes and the cost of a pattern."""
