"""Tables that leave: small numbers hidden, and an attacker with linear programming who cannot bring them back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.disclosure import Relation, is_sensitive, protect
from geo.disclosure_attack import feasible_ranges
from geo.disclosure_tables import ALL, SafeTable, safe_table


def ranges(result: SafeTable, column: str) -> dict[int, tuple[float, float]]:
    """What an attacker learns of the sensitive rows."""
    sums = [(relation.total, relation.parts) for relation in result.relations]
    shown = result.table[column].to_numpy(dtype=float)
    return feasible_ranges(shown, sums, np.flatnonzero(result.protection.sensitive))


def frame(counts: dict[tuple[str, ...] | str, int], hours_each: float = 9.5) -> pd.DataFrame:
    keys = [key if isinstance(key, tuple) else (key,) for key in counts]
    table = pd.DataFrame(keys, columns=[f"k{i}" for i in range(len(keys[0]))])
    table["people"] = list(counts.values())
    return table.assign(hours_per_week=table["people"] * hours_each, mean_visit_minutes=38.0)


def test_a_small_cell_is_hidden_and_one_more_so_that_the_total_does_not_give_it_away():
    result = safe_table(frame({"a": 3, "b": 40, "c": 12, "d": 30}), ["k0"], others=["mean_visit_minutes"])
    shown = result.table.set_index("k0")
    assert shown["suppressed"].to_dict() == {"a": True, "b": False, "c": True, "d": False, ALL: False}
    assert shown.loc["a", ["people", "hours_per_week", "mean_visit_minutes"]].isna().all()
    assert shown.loc[ALL, "people"] == 85
    low, high = ranges(result, "people")[0]
    assert (low, high) == (0, 15)


def test_two_small_cells_whose_sum_is_small_need_a_third():
    result = safe_table(frame({"a": 1, "b": 2, "c": 50, "d": 9}), ["k0"])
    assert result.table.set_index("k0")["suppressed"].to_dict() == {
        "a": True,
        "b": True,
        "c": False,
        "d": True,
        ALL: False,
    }


def test_a_table_with_nothing_small_leaves_untouched_and_zeros_are_shown():
    result = safe_table(frame({"a": 5, "b": 0, "c": 50}), ["k0"])
    assert result.hidden == 0
    assert result.table["people"].tolist() == [5, 0, 50, 55]


def test_where_nothing_else_can_hide_it_the_total_goes():
    result = safe_table(frame({"a": 2, "b": 0}), ["k0"])
    assert result.table.set_index("k0")["suppressed"].to_dict() == {"a": True, "b": False, ALL: True}


def test_a_crossed_table_hides_a_rectangle_not_a_row():
    counts = {(z, b): 20 + 3 * i + 2 * j for i, z in enumerate("NSEW") for j, b in enumerate("ufri")}
    result = safe_table(frame(counts | {("N", "i"): 2}), ["k0", "k1"])
    hidden = result.table[result.table["suppressed"]]
    assert result.hidden == 4
    assert (hidden[["k0", "k1"]] != ALL).all(axis=None)
    assert hidden["k0"].nunique() == hidden["k1"].nunique() == 2
    low, high = next(iter(ranges(result, "people").values()))
    assert high - low >= 5


def test_the_attacker_does_break_a_table_with_primary_suppression_alone():
    counts = np.array([3.0, 40.0, 12.0, 55.0])
    shown = np.where([True, False, False, False], np.nan, counts)
    assert feasible_ranges(shown, [(3, [0, 1, 2])]) == {0: (3.0, 3.0)}
    with pytest.raises(ValueError, match="contradict"):
        feasible_ranges(np.array([np.nan, 60.0, 12.0, 55.0]), [(3, [0, 1, 2])])


def test_dominance_and_the_faults_of_a_table_are_named():
    people, amount, largest = np.array([9, 9, 3]), np.array([100.0, 100.0, 9.0]), np.array([80.0, 20.0, 3.0])
    assert is_sensitive(people, amount=amount, largest=largest, dominance=0.7).tolist() == [True, False, True]
    with pytest.raises(ValueError, match="dominance rule needs"):
        is_sensitive(people, dominance=0.7)
    with pytest.raises(ValueError, match="cell 2 is 20, its parts add up to 18"):
        protect(np.array([9, 9, 20]), [Relation(2, (0, 1))])
    with pytest.raises(ValueError, match="cell 0 is -1"):
        protect(np.array([-1, 9, 8]), [Relation(2, (0, 1))])
    with pytest.raises(ValueError, match="one or two"):
        safe_table(frame({("a", "b", "c"): 9}), ["k0", "k1", "k2"])
    with pytest.raises(ValueError, match="more than one row"):
        safe_table(pd.concat([frame({"a": 9})] * 2), ["k0"])
    with pytest.raises(ValueError, match="label of a margin"):
        safe_table(frame({ALL: 9}), ["k0"])


def withstands(result: SafeTable, threshold: int = 5) -> None:
    people = ranges(result, "people")
    for cell, (low, high) in people.items():
        assert high - low >= threshold - 1e-6, (cell, low, high)
    for cell, (low, high) in ranges(result, "hours_per_week").items():
        truth = truths(result, cell)
        assert low - 1e-6 <= truth <= high + 1e-6
        assert high - low >= 0.2 * truth - 1e-6
    visible = result.table[~result.table["suppressed"]]
    assert not visible["people"].between(1, threshold - 1).any()


def truths(result: SafeTable, cell: int) -> float:
    return float(result.table.attrs["truth"][cell])


def with_truth(result: SafeTable, table: pd.DataFrame, keys: list[str]) -> SafeTable:
    open_table = safe_table(table, keys, threshold=1, nested=len(keys) > 2)
    result.table.attrs["truth"] = open_table.table["hours_per_week"].to_numpy()
    assert open_table.hidden == 0
    return result


small_counts = st.one_of(st.integers(0, 12), st.integers(0, 200))
each = st.floats(0.5, 30)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(small_counts, each), min_size=1, max_size=14))
def test_one_key_withstands_the_attack(cells: list[tuple[int, float]]):
    table = frame({f"g{i}": n for i, (n, _) in enumerate(cells)})
    table["hours_per_week"] = [n * h for n, h in cells]
    withstands(with_truth(safe_table(table, ["k0"]), table, ["k0"]))


@settings(max_examples=15, deadline=None)
@given(st.data(), st.integers(2, 6), st.integers(2, 5))
def test_crossed_keys_withstand_the_attack(data: st.DataObject, rows: int, columns: int):
    cells = data.draw(st.lists(st.tuples(small_counts, each), min_size=rows * columns, max_size=rows * columns))
    table = frame({(f"r{i // columns}", f"c{i % columns}"): n for i, (n, _) in enumerate(cells)})
    table["hours_per_week"] = [n * h for n, h in cells]
    withstands(with_truth(safe_table(table, ["k0", "k1"]), table, ["k0", "k1"]))


@settings(max_examples=15, deadline=None)
@given(st.data(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 4))
def test_a_hierarchy_withstands_the_attack(data: st.DataObject, tops: int, middles: int, leaves: int):
    size = tops * middles * leaves
    counts = data.draw(st.lists(small_counts, min_size=size, max_size=size))
    names = [
        (f"t{a}", f"t{a}m{b}", f"t{a}m{b}l{c}") for a in range(tops) for b in range(middles) for c in range(leaves)
    ]
    table = frame(dict(zip(names, counts, strict=True)))
    keys = ["k0", "k1", "k2"]
    result = with_truth(safe_table(table, keys, nested=True), table, keys)
    withstands(result)


def test_two_thousand_areas_are_safe_at_once():
    rng = np.random.default_rng(4)
    counts = {(f"z{i % 14}", f"a{i}"): int(n) for i, n in enumerate(rng.poisson(1.3, 2_085))}
    result = safe_table(frame(counts), ["k0", "k1"], nested=True)
    zones = result.table[(result.table["k1"] == ALL) & (result.table["k0"] != ALL)]
    assert not zones["suppressed"].any()
    sums = [(relation.total, relation.parts) for relation in result.relations]
    shown = result.table["people"].to_numpy(dtype=float)
    some = np.flatnonzero(result.protection.sensitive)[::300]
    assert all(high - low >= 5 for low, high in feasible_ranges(shown, sums, some).values())
