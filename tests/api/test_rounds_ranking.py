"""What is said of the agreement between the zone engine's cost and simulated rounds is true of the figures."""

from __future__ import annotations

from typing import Any

import pytest

from app.cli.rounds_plans import ranking_text
from app.usecases.rounds.ranking import agreement


def rows(model: list[float], rounds: list[float]) -> list[dict[str, Any]]:
    return [
        {
            "plan_id": i,
            "name": f"Plan {i}",
            "zones": 4,
            "model_pounds_per_year": m,
            "model_travel_and_waiting_pounds_per_year": m + 5,
            "rounds_travel_pounds_per_year": r,
            "rounds_travel_and_waiting_pounds_per_year": r + 10,
            "model_minutes_per_visit": 5.0,
            "rounds_minutes_per_visit": 6.0,
            "unserved_visits": 0,
        }
        for i, (m, r) in enumerate(zip(model, rounds, strict=True))
    ]


def test_a_model_that_is_half_everywhere_ranks_right_and_is_off_by_half() -> None:
    found = agreement(rows([50, 100, 150], [100, 200, 300]))
    assert (found["spearman"], found["kendall"], found["spearman_with_waiting"]) == (1, 1, 1)
    assert found["bias_share"] == -0.5
    assert found["error_share_once_scaled"] == found["largest_error_share_once_scaled"] == 0


def test_a_model_in_the_opposite_order_is_told_so() -> None:
    found = agreement(rows([300, 200, 100], [100, 200, 300]))
    assert found["spearman"] == -1
    assert found["largest_error_share_once_scaled"] == 2
    assert found["error_share_once_scaled"] == pytest.approx(((4 + 0 + 4 / 9) / 3) ** 0.5, abs=1e-4)


def test_plans_of_one_cost_have_no_rank() -> None:
    assert agreement(rows([100, 100], [100, 200]))["spearman"] is None


def test_the_table_lists_the_cheapest_by_rounds_first() -> None:
    plans = rows([300, 200, 100], [100, 300, 200])
    text = ranking_text({"plans": plans, **agreement(plans)}).splitlines()
    assert [line.split()[0] for line in text[1:4]] == ["0", "2", "1"]
    assert any("Spearman" in line for line in text)
