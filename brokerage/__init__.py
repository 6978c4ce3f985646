"""The brokerage: who is asked to take a package of care, in which order, and why. Pure domain, no database.

A request is ranked by a rule set (:mod:`brokerage.ranking`), offered and answered by a state machine whose every move
is kept (:mod:`brokerage.moves`), priced by the card in force (:mod:`brokerage.cost`), and reported on
(:mod:`brokerage.waiting`).
"""
