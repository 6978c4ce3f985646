"""A rule set in words that a provider and a councillor can read."""

from __future__ import annotations

from brokerage.rules.model import RuleSet, Step

_MODES = {
    "in-turn": "one after the other",
    "together": "several at once; the first to accept takes the package",
    "open": "all at once in an open round; the first to accept takes the package",
}
_PARTS = {
    "priority": "the priority score",
    "share": "the share owed",
    "travel": "minutes of driving a visit adds",
    "capacity": "free hours",
}
_TIES = {**_PARTS, "lot": "a lot drawn from the request's number, the same whenever it is drawn again"}
_ORDINALS = ("First", "Then", "Then", "Then", "Then", "Then")


def in_words(rules: RuleSet) -> list[str]:
    """The rules, a sentence each."""
    said = [f"{rules.title}." if not rules.title.endswith(".") else rules.title]
    said += [_step(i, step) for i, step in enumerate(rules.steps)]
    parts = {name: getattr(rules.weights, name) for name in _PARTS}
    counted = [
        f"{_PARTS[name]} ({weight / rules.weights.total:.0%})" if weight < rules.weights.total else _PARTS[name]
        for name, weight in parts.items()
        if weight
    ]
    said.append(f"Within a step the order follows {_listed(counted)}.")
    said.append(f"Ties are settled by {_listed([_TIES[key] for key in rules.ties])}, in that order.")
    said += _shares(rules) + _caps(rules) + _review(rules)
    said.append(f"An answer can be undone for {rules.undo_minutes} minutes; after that a new offer is made.")
    return said


def _step(number: int, step: Step) -> str:
    who = _listed([f"{role.value} providers" for role in step.roles])
    many = f", up to {step.most_at_once} of them" if step.most_at_once and step.mode != "in-turn" else ""
    return (
        f"{_ORDINALS[min(number, 5)]} {who} are asked{many}, {_MODES[step.mode]}; they have "
        f"{_duration(step.answer_minutes)} to answer, {_duration(step.urgent_answer_minutes)} where it is urgent."
    )


def _shares(rules: RuleSet) -> list[str]:
    shares = rules.shares
    if shares.kind == "none":
        return ["No share is promised to anybody."]
    counted = "being asked first" if shares.counted == "turns" else "packages accepted"
    unit = "" if shares.unit == "packages" else ", by hours"
    if shares.kind == "equal":
        said = f"Providers of the same step are owed equal parts of each zone, counted by {counted}{unit}."
    else:
        parts = [f"{role.value} providers {part:.0%}" for role, part in shares.by_role.items()]
        said = f"In each zone {_listed(parts)} are owed, divided equally among them, counted by {counted}{unit}."
    return [said, f"Nobody is owed more than {shares.most_owed:g} {shares.unit}: refusing does not save up."]


def _caps(rules: RuleSet) -> list[str]:
    said = []
    if rules.caps.zones_per_provider is not None:
        said.append(f"A provider holds packages in {rules.caps.zones_per_provider} zones at the most.")
    if rules.caps.share_of_zone_hours is not None:
        said.append(f"A provider holds {rules.caps.share_of_zone_hours:.0%} of a zone's hours at the most.")
    if rules.caps.within_stated_capacity:
        said.append("Who has stated fewer free hours than the package needs is asked after everybody else.")
    if rules.quality.least_rating is not None:
        not_rated = "are asked" if rules.quality.not_rated == "allowed" else "are not asked"
        said.append(
            f"A provider must be rated {rules.quality.least_rating} or better by the regulator; "
            f"those not rated {not_rated}."
        )
    return said


def _review(rules: RuleSet) -> list[str]:
    review, said = rules.review, []
    if review.prime_below is not None:
        said.append(
            f"A prime provider whose score is below {review.prime_below:g} for {review.periods} periods running may "
            "become supplementary; a person decides, with the evidence and the provider's reply."
        )
    if review.supplementary_above is not None:
        said.append(
            f"A supplementary provider whose score is above {review.supplementary_above:g} for {review.periods} "
            "periods running may become prime; a person decides."
        )
    return said


def _duration(minutes: int) -> str:
    if minutes % 1440 == 0:
        days = minutes // 1440
        return f"{days} day{'' if days == 1 else 's'}"
    if minutes % 60 == 0:
        return f"{minutes // 60} hour{'' if minutes == 60 else 's'}"
    return f"{minutes} minutes"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
