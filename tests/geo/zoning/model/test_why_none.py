"""Why no plan was found: what is said is true of the request."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix

from geo.zoning.model.nearest import why_none
from geo.zoning.problem.problem import ZoningProblem


def row_of_six() -> ZoningProblem:
    place = np.arange(6.0)
    away = np.abs(place[:, None] - place)
    return ZoningProblem(np.ones(6), csr_matrix(away == 1.0), away, 2, tolerance=0.1)


def test_locks_are_blamed_only_where_units_are_locked() -> None:
    free = row_of_six()
    assert [finding.kind for finding in why_none(free, None)] == ["no_time"]
    locked = replace(free, locked={0: 0, 5: 1})
    assert [finding.kind for finding in why_none(locked, None)] == ["locks_cross"]


def test_the_zones_that_miss_their_hours_are_named() -> None:
    finding, *_ = why_none(row_of_six(), np.array([0, 0, 0, 0, 1, 1]))
    assert finding.kind == "limits_missed"
    assert "4.0 hours, allowed 2.7 to 3.3" in finding.message
