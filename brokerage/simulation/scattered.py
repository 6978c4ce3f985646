"""A county where packages lie scattered over every provider, as in Dorset in 2019 before providers exchanged them.

There the mean wait was 28 days; after exchanges and asking near providers first it was 4.5, and 72% of packages off
the framework had moved (Dorset Council, 2019). Here every provider serves the whole county and no package lies near
the next one of its provider, demand is above what the paid hours can serve so scattered, and what exchanges and
ranking near providers first free is measured.
"""

from __future__ import annotations

from dataclasses import replace

from brokerage.providers import RoleName
from brokerage.rules.model import RuleSet, Weights
from brokerage.simulation.made_up import CountyShape, made_up_county
from brokerage.simulation.model import Assumptions, County

SHAPE = CountyShape(
    zones=4,
    zone_km=25,
    primes=0,
    supplementaries=5,
    requests_a_year=800,
    packages_a_provider=20,
    scattered=1.0,
    spare=-0.2,
    days=365,
)
"""Four squares of 25 km: 2,500 km2, as Dorset has. Twenty providers with twenty packages each anywhere in it. Demand
and paid hours are set so that the wait without exchanges is about the 28 days from which Dorset began."""
WITHOUT = Assumptions(putting_off_minutes=200, warm_up_days=180)
"""Providers take packages wherever they lie, and exchange none."""
WITH = replace(WITHOUT, swap_every_days=3)
"""Every three days the exchanges are made by which both drive less."""


def near_first(rules: RuleSet) -> RuleSet:
    """The same rules with whoever drives least asked or preferred first."""
    return rules.model_copy(update={"weights": Weights(travel=1)})


def scattered_county(seed: int, shape: CountyShape = SHAPE) -> County:
    """Draw a county in which every provider takes packages everywhere."""
    drawn = made_up_county(shape, seed)
    everywhere = dict.fromkeys(range(1, shape.zones + 1), RoleName.SUPPLEMENTARY)
    return replace(drawn, providers=tuple(replace(one, roles=everywhere) for one in drawn.providers))
