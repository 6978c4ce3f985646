"""Sustainable hourly rates, line by line, from wage and mileage inputs. Pure domain; knows nothing of places."""

from __future__ import annotations

from pricing.assumptions import Assumptions
from pricing.errors import InputProblem, NoSolutionError, PricingError, PricingInputError, UnknownYearError
from pricing.parsing import parse_assumptions
from pricing.rate import Line, Rate, VisitPrice, price

__all__ = [
    "Assumptions",
    "InputProblem",
    "Line",
    "NoSolutionError",
    "PricingError",
    "PricingInputError",
    "Rate",
    "UnknownYearError",
    "VisitPrice",
    "parse_assumptions",
    "price",
]
