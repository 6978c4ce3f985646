"""The first page of the service: the map page with its assets, and the picture that stands in for the map."""
