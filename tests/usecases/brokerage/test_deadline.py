"""The time to answer an offer by: near, in the future, and a refusal in words for anything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.problems import Problem
from app.usecases.brokerage.offers import deadline

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "given",
    ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00", "2026-06-01T08:59:00+00:00"],
)
def test_a_time_at_the_ends_of_the_calendar_is_refused_like_any_other(given: str) -> None:
    with pytest.raises(Problem, match="answer_by: found") as refused:
        deadline(datetime.fromisoformat(given), 30, NOW)
    assert refused.value.status == 422


def test_a_time_without_zone_is_the_councils_clock_and_none_is_what_the_rules_give() -> None:
    assert deadline(datetime(2026, 6, 1, 11), 30, NOW) == datetime(2026, 6, 1, 10, tzinfo=UTC)  # noqa: DTZ001
    assert deadline(None, 30, NOW) == NOW + timedelta(minutes=30)
