"""Why an area has its band: features, the rule read aloud, how near the next band is, and what would change it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from geo.banding.definitions import band_definitions
from geo.banding.features import Feature, feature_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.banding.rules import Condition, Rule, Scheme

WITHHELD = "withheld, for it rests on few packages"


@dataclass(frozen=True)
class FeatureValue:
    """A feature of the area with its unit and source; `value` is None where it was not loaded."""

    name: str
    title: str
    value: float | str | None
    unit: str
    source: str


@dataclass(frozen=True)
class Change:
    """One change of one feature that would move the area to another band, the others as they are.

    Attributes:
        band: what it would become.
        rule: the rule that would fire.
        feature: what would have to change.
        found: its value; None where that is withheld.
        needed: the value it would have to reach; "under" a number where `below` is true.
        below: whether it would have to fall under `needed`.
        margin: share of the threshold that the value is away from it, the unit that makes features comparable; None
            where the value is withheld.
        says: in words.
    """

    band: str
    rule: str
    feature: str
    found: float | None
    needed: float
    below: bool
    margin: float | None
    says: str


@dataclass(frozen=True)
class Explanation:
    """Everything a provider can check about one area's band."""

    area_id: str
    band: str
    band_title: str
    what_it_is: str
    decided_by: str
    rule: str
    rule_says: str
    conditions: tuple[str, ...]
    band_by_rule: str
    features: tuple[FeatureValue, ...]
    changes: tuple[Change, ...]
    margin: float | None
    neighbours: Mapping[str, str]
    override: Mapping[str, str] | None
    scheme: str
    scheme_version: str
    scheme_source: str

    def as_dict(self) -> dict[str, Any]:
        """The explanation as plain values, for JSON."""
        return asdict(self)

    def read_aloud(self) -> str:
        """The explanation in a few sentences."""
        lines = [f"{self.area_id} is {self.band}: {self.what_it_is.lower()}."]
        lines.append(f"Rule {self.rule} of scheme {self.scheme} ({self.scheme_version}): {self.rule_says}")
        lines.extend(self.conditions)
        if self.decided_by == "smoothing":
            lines.append(f"By the rule alone it would be {self.band_by_rule}; it goes with its neighbours.")
        if self.override is not None:
            lines.append(
                f"Decided for {self.override['name']} on {self.override['decided']} by {self.override['author']}: "
                f"{self.override['reason']} To be reviewed by {self.override['review']}."
            )
        if self.changes and self.decided_by != "rule":
            why = "the decision stands" if self.decided_by == "override" else "its neighbours are as they are"
            lines.append(f"While {why}, its own figures do not decide. By the rules alone:")
        lines.extend(change.says for change in self.changes)
        if self.neighbours:
            lines.append(f"Neighbours: {_by_band(self.neighbours)}.")
        return "\n".join(lines)


def values_of(features: Mapping[str, Any], row: int) -> tuple[FeatureValue, ...]:
    """The features of one area as plain values with unit and source."""
    result = []
    for name, values in features.items():
        about = feature_catalogue()[name]
        value = values[row].item()
        known = value != "" and value == value and value not in (float("inf"), float("-inf"))  # noqa: PLR0124 -- NaN
        result.append(FeatureValue(name, about.title, value if known else None, about.unit, about.source))
    return tuple(result)


def read_condition(condition: Condition, value: Any) -> str:
    """One condition that holds, in words, with the value that was found; NaN stands for one that is withheld."""
    about = feature_catalogue()[condition.feature]
    title = about.title[0].upper() + about.title[1:]
    if isinstance(condition.value, tuple):
        return f"{title}: {value or 'not loaded'}, one of {', '.join(condition.value)}."
    limit = "at least" if condition.test == "at_least" else "under"
    found = WITHHELD if math.isnan(value) else _with_unit(value, about)
    return f"{title}: {found}, {limit} {_plain(condition.value)} asked for."


def _plain(value: float) -> str:
    """A number to read: whole where it is large or whole, else in hundredths."""
    if value in (float("inf"), float("-inf")) or value != value:  # noqa: PLR0124 -- NaN
        return "none"
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:,.2f}".rstrip("0")


def _with_unit(value: float, about: Feature) -> str:
    """A number with its unit, unless the title names it already."""
    return _plain(value) if about.unit in about.title else f"{_plain(value)} {about.unit}"


def _by_band(neighbours: Mapping[str, str]) -> str:
    """Neighbours counted by band, the most first; those of which there are few by id."""
    ids: dict[str, list[str]] = {}
    for area, band in neighbours.items():
        ids.setdefault(band, []).append(area)
    order = sorted(ids, key=lambda band: (-len(ids[band]), band))
    few = [f" ({', '.join(ids[band])})" if len(ids[band]) <= 2 else "" for band in order]
    return ", ".join(f"{len(ids[band])} {band}{which}" for band, which in zip(order, few, strict=True))


def changes_of(
    scheme: Scheme, features: Mapping[str, Any], row: int, shown: Mapping[str, Any] | None = None
) -> tuple[Change, ...]:
    """Every single change of one numeric feature that would give the area another band, nearest first.

    Each threshold on a feature is tried: the value is put just across it, the rules are read again, and a change of
    band is kept. For one band and one feature only the nearest threshold is given.

    Args:
        scheme: the rules.
        features: by name, (n,) values, which the rules read.
        row: the area.
        shown: by name, (n,) values to be spoken of in their place; NaN where withheld.
    """
    own = {name: features[name][row : row + 1] for name in scheme.features}
    band_now = scheme.rules[int(scheme.fired(own, 1)[0])].band
    best: dict[tuple[str, str], Change] = {}
    conditions = {c for rule in scheme.rules for c in rule.when if not isinstance(c.value, tuple)}
    for condition in sorted(conditions, key=lambda c: (c.feature, str(c.value))):
        threshold = float(condition.value)  # type: ignore[arg-type]
        exact = float(own[condition.feature][0])
        below = exact >= threshold
        tried = threshold - 1e-6 * max(abs(threshold), 1.0) if below else threshold
        other = own | {condition.feature: own[condition.feature].astype(float) * 0 + tried}
        rule = scheme.rules[int(scheme.fired(other, 1)[0])]
        if rule.band == band_now:
            continue
        found = float((shown or features)[condition.feature][row])
        known = not math.isnan(exact)
        change = _change(rule, condition.feature, found, threshold, below=below, known=known)
        key = (rule.band, condition.feature)
        if key not in best or _nearness(change) < _nearness(best[key]):
            best[key] = change
    return tuple(sorted(best.values(), key=lambda c: (_nearness(c), c.band, c.feature)))


def _nearness(change: Change) -> float:
    return math.inf if change.margin is None else change.margin


def _change(rule: Rule, feature: str, found: float, threshold: float, *, below: bool, known: bool) -> Change:
    """What would have to happen to a feature, in words; without its value where that is NaN, which `known` explains."""
    about = feature_catalogue()[feature]
    hidden = math.isnan(found)
    now = _plain(found) if not hidden else WITHHELD if known else "not known"
    verb = "fell under" if below else "reached"
    return Change(
        band=rule.band,
        rule=rule.name,
        feature=feature,
        found=None if hidden else found,
        needed=threshold,
        below=below,
        margin=None if hidden else abs(found - threshold) / max(abs(threshold), 1e-9),
        says=f"It would be {rule.band} if {about.title} {verb} {_with_unit(threshold, about)}; now {now}.",
    )


def title_and_what(band: str) -> tuple[str, str]:
    """Title and meaning of a band."""
    found = next(d for d in band_definitions() if d.name == band)
    return found.title, found.what
