"""Zone rules, each in one place: `table` lists them, `rule` says what a rule is."""

from app.usecases.plans.measure.rules.rule import Ground, Labelled, Zones
from app.usecases.plans.measure.rules.table import PlanRules, ZoneRules, check_rules
from app.usecases.plans.measure.rules.wanted import ZoneWanted
from app.usecases.plans.measure.rules.whole import NaturalArea, NaturalAreas

__all__ = [
    "Ground",
    "Labelled",
    "NaturalArea",
    "NaturalAreas",
    "PlanRules",
    "ZoneRules",
    "ZoneWanted",
    "Zones",
    "check_rules",
]
