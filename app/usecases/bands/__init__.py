"""The band of every area: classify, explain, override and total."""
