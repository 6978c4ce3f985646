"""What has a price in place of a limit: compactness, and packages that change zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.plans.measure.rules.rule import Ground, Labelled, Rule, Verdict, Words, Zones


def priced(
    rule: Rule[Any], price: float, unit: str, pounds: float, also: Mapping[str, Any] | None = None
) -> Iterator[Verdict]:
    """The verdict on something with a price; none where it has no price."""
    if price > 0:
        yield Verdict(rule.name, unit, price, round(float(pounds), 2), None, rule.words, (), also or {})


class Compactness(Rule[BaseModel]):
    """The price of neighbours in different zones."""

    name = "compactness"
    words = Words("No neighbours are parted.", "Neighbours are parted.", "Raise the price of a parted pair.")

    def check(self, asked: BaseModel, plan: Labelled) -> Iterator[Verdict]:
        asked_prices, cuts = plan.priorities, plan.plan.parts["cuts"]
        if asked_prices.border_pounds_per_km > 0:
            also = {"pounds_for_each_parted_pair": asked_prices.border_pounds_per_year}
            per_km = asked_prices.border_pounds_per_km
            yield from priced(self, per_km, "pounds a year for each km of border between zones", cuts, also)
        else:
            price = asked_prices.border_pounds_per_year
            yield from priced(self, price, "pounds a year for each parted pair", cuts)


class Disruption(Rule[BaseModel]):
    """The price of packages that change zone."""

    name = "disruption"
    words = Words("No package changes zone.", "Packages change zone.", "Raise the price of a package that moves.")

    def fix(self, asked: BaseModel, ground: Ground, zones: Zones) -> None:
        zones.membership_cost = _membership(ground.inputs, zones)

    def check(self, asked: BaseModel, plan: Labelled) -> Iterator[Verdict]:
        price = plan.priorities.disruption_pounds_per_package
        yield from priced(self, price, "pounds for each package", plan.plan.parts["membership"])


def by_packages(inputs: PlanInputs, standing: Mapping[str, str]) -> list[str]:
    """Names of the zones of the standing plan, those with the most packages first."""
    held = inputs.packages["area_id"].map(standing).value_counts()
    return sorted(set(standing.values()), key=lambda name: (-int(held.get(name, 0)), name))


def heirs(inputs: PlanInputs, standing: Mapping[str, str], names: Sequence[str]) -> dict[str, int]:
    """Number of the zone that each zone of the standing plan lives on in.

    Zones keep their identity by name. Where no name is kept, zones without names of their own take over those with the
    most packages.
    """
    number = {name: i for i, name in enumerate(names)}
    ranked = by_packages(inputs, standing)
    if set(ranked) & set(number):
        return {name: number[name] for name in ranked if name in number}
    return {name: i for i, name in enumerate(ranked[: len(names)])}


def _membership(inputs: PlanInputs, zones: Zones) -> NDArray[np.float64] | None:
    """Price of an area's packages leaving their zone."""
    price, standing, wanted = zones.priorities.disruption_pounds_per_package, zones.standing, zones.wanted
    if standing is None or price <= 0:
        return None
    stays = heirs(inputs, standing, [zone.name for zone in wanted])
    ids = inputs.areas.ids.tolist()
    packages = inputs.packages.groupby("area_id").size().reindex(ids, fill_value=0).to_numpy(dtype=np.float64)
    cost = np.repeat((packages * price)[:, None], len(wanted), axis=1)
    for unit, area_id in enumerate(ids):
        number = stays.get(standing.get(area_id, ""))
        if number is not None:
            cost[unit, number] = 0.0
    return cost
