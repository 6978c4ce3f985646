"""The brokerage desk: requests priced and ranked, offers sent and answered, what waits, and what could be swapped."""
