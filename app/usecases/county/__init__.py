"""A council's places: postcodes, small areas and facts about them."""
