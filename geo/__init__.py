"""Places: postcodes, areas, settlements, bands, demand and zone plans. Pure domain, no service code."""
