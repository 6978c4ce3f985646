"""Rules of allocation as data: what a rule set holds, the ones that ship, and how each reads in words."""
