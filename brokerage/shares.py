"""What each provider is owed in a zone: deficit counters, one account a provider, zone and service.

When a package (or an hour) is given out, every provider that could have had it is owed its share of it, and the one
that got it has had it whole; so the accounts of a zone sum to nought. An account is kept between plus and minus the
most that the rules let anybody be owed, so that refusing does not save up.
"""

from __future__ import annotations

from collections.abc import Mapping

from brokerage.providers import RoleName
from brokerage.rules.model import RuleSet


def shares_due(roles: Mapping[int, RoleName], rules: RuleSet) -> dict[int, float]:
    """Each provider's share of a package, summing to 1; empty where the rules owe nothing.

    Args:
        roles: Role by provider, of those who could be given the package now.
        rules: The rule set in force.
    """
    if rules.shares.kind == "none" or not roles:
        return {}
    if rules.shares.kind == "equal":
        steps = {provider: rules.step_of(role) for provider, role in roles.items()}
        first = min((step for step in steps.values() if step is not None), default=None)
        among = [provider for provider, step in steps.items() if step == first and step is not None]
        return {provider: 1 / len(among) for provider in among}
    held = {role: [p for p, r in roles.items() if r is role] for role in rules.shares.by_role}
    there = {role: share for role, share in rules.shares.by_role.items() if held[role] and share > 0}
    total = sum(there.values())
    return {
        provider: share / total / len(held[role]) for role, share in there.items() for provider in held[role] if total
    }


def given(
    accounts: Mapping[int, float], due: Mapping[int, float], provider_id: int, amount: float, most_owed: float
) -> dict[int, float]:
    """The accounts after a provider was given an amount.

    Args:
        accounts: What each provider is owed now.
        due: Shares of those who could have had it, from :func:`shares_due`.
        provider_id: Who got it.
        amount: How much: 1 for a package, or its hours.
        most_owed: The most an account may stand at, either way.
    """
    if not due:
        return dict(accounts)
    after = dict(accounts)
    for provider, share in due.items():
        after[provider] = after.get(provider, 0.0) + share * amount
    after[provider_id] = after.get(provider_id, 0.0) - amount
    return {provider: min(most_owed, max(-most_owed, owed)) for provider, owed in after.items()}


def amount_of(hours_per_week: float, rules: RuleSet) -> float:
    """What a package counts in an account."""
    return 1.0 if rules.shares.unit == "packages" else hours_per_week
