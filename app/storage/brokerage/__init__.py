"""The brokerage kept: providers and their roles, rule sets, requests, offers and the record of every move."""
