"""Worked examples of a rule set, ranked: what a rule does, shown on providers made up for it."""

from __future__ import annotations

from brokerage.providers import RoleName
from brokerage.ranking import Asked, Candidate, Ranking, rank
from brokerage.rules.model import Example, RuleSet

EXAMPLE_ZONE = 1


def work(example: Example, rules: RuleSet) -> Ranking:
    """Rank the providers of an example."""
    asked = Asked(
        request_id=1,
        zone=EXAMPLE_ZONE,
        service_type="home care",
        hours_per_week=example.hours_per_week,
        urgent=example.urgent,
    )
    candidates = [
        Candidate(
            provider_id=number,
            name=given.name,
            role=RoleName(given.role),
            role_since="2026-04-01",
            priority_score=rules.priority.starting_score if given.priority is None else given.priority,
            owed=given.owed,
            free_hours=given.free_hours,
            marginal_travel_minutes=given.travel_minutes,
            rating=given.rating,
            suspended="as the example says" if given.suspended else None,
        )
        for number, given in enumerate(example.providers, start=1)
    ]
    return rank(asked, candidates, rules)


def differences(example: Example, rules: RuleSet) -> list[str]:
    """Where the ranking is not what the example says; empty where it is."""
    found = work(example, rules)
    names = {item.candidate.provider_id: item.candidate.name for item in found.items}
    order = tuple(item.candidate.name for item in found.items)
    first = tuple(names[number] for number in found.asked_first)
    left_out = tuple(one.name for one in found.left_out)
    said = []
    for what, got, expected in (
        ("order", order, example.order),
        ("asked first", first, example.asked_first),
        ("left out", left_out, example.left_out),
    ):
        if got != expected:
            said.append(f"{example.title}: {what}: found {', '.join(got)}, expected {', '.join(expected)}")
    return said
