"""Statutory and voluntary figures by financial year, each with its source, date and confidence."""

from __future__ import annotations

from pricing.statutory.figures import Confidence, Figure, StatutoryYear
from pricing.statutory.library import (
    Statutory,
    after,
    before,
    financial_year_of,
    is_financial_year,
    load_statutory,
)

__all__ = [
    "Confidence",
    "Figure",
    "Statutory",
    "StatutoryYear",
    "after",
    "before",
    "financial_year_of",
    "is_financial_year",
    "load_statutory",
]
