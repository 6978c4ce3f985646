"""Placing simulated before a rule is set: made-up or replayed requests under rule sets, and what comes of them."""

from brokerage.simulation.engine import simulate
from brokerage.simulation.model import Assumptions, County, Outcome, SimProvider, SimRequest

__all__ = ["Assumptions", "County", "Outcome", "SimProvider", "SimRequest", "simulate"]
