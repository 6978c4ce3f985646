"""The shipped rule sets: each reads in words, and does what its worked examples say."""

from __future__ import annotations

import pytest

from brokerage.examples import differences
from brokerage.rules.library import DEFAULT, shipped_rule_sets
from brokerage.rules.model import Example, RuleSet
from brokerage.rules.words import in_words

EXAMPLES = [
    pytest.param(rules, example, id=f"{name}: {example.title}")
    for name, rules in shipped_rule_sets().items()
    for example in rules.examples
]


@pytest.mark.parametrize(("rules", "example"), EXAMPLES)
def test_a_rule_set_does_what_its_example_says(rules: RuleSet, example: Example) -> None:
    assert differences(example, rules) == []


def test_an_example_that_says_otherwise_is_found_out() -> None:
    rules = shipped_rule_sets()[DEFAULT]
    wrong = rules.examples[0].model_copy(update={"order": ("Birch", "Ash", "Cedar")})
    assert differences(wrong, rules) != []


@pytest.mark.parametrize("name", ["leicestershire-2020", "weighted-round-robin", "principal-with-shares", "open-round"])
def test_every_shipped_rule_set_reads_in_words(name: str) -> None:
    rules = shipped_rule_sets()[name]
    said = in_words(rules)
    assert len(said) >= 5
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in said)
    assert len(rules.examples) >= 2
    assert rules.source


def test_a_role_in_two_steps_is_refused() -> None:
    body = shipped_rule_sets()[DEFAULT].model_dump(mode="json")
    body["steps"][1]["roles"] = ["prime"]
    with pytest.raises(ValueError, match="a role stands in one step"):
        RuleSet.model_validate(body)


def test_shares_that_do_not_make_a_whole_are_refused() -> None:
    body = shipped_rule_sets()["principal-with-shares"].model_dump(mode="json")
    body["shares"]["by_role"] = {"prime": 0.7, "supplementary": 0.2}
    with pytest.raises(ValueError, match=r"found 0\.9 in all"):
        RuleSet.model_validate(body)
