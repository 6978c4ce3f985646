"""Travel: minutes and miles between places, one journey, and reach."""
