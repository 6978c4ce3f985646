"""Figures of people made fit to leave: the one method by which every table, file and page is protected.

`cells` withholds small cells and rounds the rest; `totals` does it to a table of demand, `amounts` to a single figure.
Why this method, and what it promises: docs/explanation/privacy.md.
"""

from __future__ import annotations

from geo.disclosure.amounts import protected_figure
from geo.disclosure.cells import (
    COUNT_STEP,
    SHIFTED,
    THRESHOLD,
    Rules,
    amount_range,
    people_range,
    protected_values,
    shown,
    step_for,
)
from geo.disclosure.records import cell_keys, record_keys, text_keys
from geo.disclosure.totals import protected_totals, rules_for

__all__ = [
    "COUNT_STEP",
    "SHIFTED",
    "THRESHOLD",
    "Rules",
    "amount_range",
    "cell_keys",
    "people_range",
    "protected_figure",
    "protected_totals",
    "protected_values",
    "record_keys",
    "rules_for",
    "shown",
    "step_for",
    "text_keys",
]
