"""Rounds: days of visits planned as jobs, and travel per visit simulated over a zone plan."""
