"""What brokers ask all day, answered from memory: postcode to zone, band, rate and flags."""
