"""Plans by the cost of whole zones: what borders cut and the way to a zone's nearest visit, not line haul to a base."""
