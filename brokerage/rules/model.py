"""A rule set: who is asked first and how long, in which mode, with which shares, caps, floor and ties."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from brokerage.providers import RoleName

Mode = Literal["in-turn", "together", "open"]
TieKey = Literal["share", "travel", "capacity", "priority", "lot"]
Rating = Literal["Outstanding", "Good", "Requires improvement", "Inadequate"]
RATINGS: tuple[Rating, ...] = ("Outstanding", "Good", "Requires improvement", "Inadequate")
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=1_000_000)]
Hours = Annotated[float, Field(gt=0, le=1_000_000)]
Figure = Annotated[float, Field(ge=-1_000_000, le=1_000_000)]


class Part(BaseModel):
    """What all parts of a rule set have in common: unknown fields are refused, nothing changes once made."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(Part):
    """Providers who are asked together before the next step is.

    Attributes:
        roles: Who is asked.
        mode: One after the other, several at once with the first to accept taking it, or everybody in an open round.
        answer_minutes: Time to answer a routine request.
        urgent_answer_minutes: Time to answer an urgent one.
        most_at_once: How many are asked at once, where several are.
    """

    roles: tuple[RoleName, ...] = Field(min_length=1)
    mode: Mode = "in-turn"
    answer_minutes: int = Field(default=240, ge=1, le=20_160)
    urgent_answer_minutes: int = Field(default=60, ge=1, le=20_160)
    most_at_once: int | None = Field(default=None, ge=1, le=500)


class Weights(Part):
    """What the score is made of: each part is 0 to 100 and counts by its weight."""

    priority: Weight = 0
    share: Weight = 0
    travel: Weight = 0
    capacity: Weight = 0

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if self.total <= 0:
            raise ValueError("weights: all are nought; at least one must count")
        return self

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return self.priority + self.share + self.travel + self.capacity


class Shares(Part):
    """What each provider of a zone is owed.

    Attributes:
        kind: Nothing is owed; providers of the step are owed equal parts; or roles are owed parts of all, which their
            holders divide equally.
        by_role: Part of all that each role is owed together, where ``kind`` is by-role.
        counted: Turns (being asked first) or packages accepted.
        unit: Packages or hours.
        tolerance: How far a share may stray before the fairness report says so.
        most_owed: The most a provider can be owed, in packages (or hours): who refuses does not save up for ever.
    """

    kind: Literal["none", "equal", "by-role"] = "none"
    by_role: dict[RoleName, Share] = Field(default_factory=dict)
    counted: Literal["turns", "accepted"] = "turns"
    unit: Literal["packages", "hours"] = "packages"
    tolerance: Share = 0.05
    most_owed: Hours = 3

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        if self.kind == "by-role" and abs(sum(self.by_role.values()) - 1) > 1e-9:
            raise ValueError(f"shares.by_role: found {sum(self.by_role.values()):g} in all, expected parts that make 1")
        return self


class Caps(Part):
    """What a provider may hold at the most; None for no limit."""

    zones_per_provider: int | None = Field(default=None, ge=1)
    share_of_zone_hours: Share | None = None
    within_stated_capacity: bool = Field(default=True, description="Who has too few free hours is asked last.")


class Quality(Part):
    """The regulator's rating that is needed. Not rated is not bad."""

    least_rating: Rating | None = None
    not_rated: Literal["allowed", "refused"] = "allowed"


class PriorityParts(Part):
    """How much timely pick-up, quality of delivery and overall response count in the priority score."""

    pick_up: Weight = 1
    quality: Weight = 1
    response: Weight = 1

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if self.pick_up + self.quality + self.response <= 0:
            raise ValueError("parts: all are nought; at least one must count")
        return self


class PriorityRules(Part):
    """How performance becomes a score of 0 to 100.

    Attributes:
        parts: What counts how much.
        period_months: How far back performance is read.
        least_samples: Fewer of a kind than this, and the starting score stands for it.
        starting_weight: How many observations the starting score counts for beside what was observed.
        starting_score: The score of who brings none from the tender.
        pick_up_days: A package is picked up in time when its first visit is within so many days of the acceptance.
    """

    parts: PriorityParts = PriorityParts()
    period_months: int = Field(default=6, ge=1, le=60)
    least_samples: int = Field(default=5, ge=0, le=1000)
    starting_weight: float = Field(default=10, ge=0, le=1000)
    starting_score: float = Field(default=70, ge=0, le=100)
    pick_up_days: float = Field(default=3, gt=0, le=60)


class RoleReview(Part):
    """When a review of roles is proposed; a person decides.

    Attributes:
        prime_below: A prime whose score stands below this in each of the last ``periods`` may lose the role.
        supplementary_above: A supplementary whose score stands above this in each of them may become prime.
        periods: How many periods running.
    """

    prime_below: float | None = Field(default=None, ge=0, le=100)
    supplementary_above: float | None = Field(default=None, ge=0, le=100)
    periods: int = Field(default=2, ge=1, le=12)


class ExampleProvider(Part):
    """A provider in a worked example."""

    name: str
    role: RoleName
    priority: Figure | None = None
    owed: Figure | None = None
    free_hours: Figure | None = None
    travel_minutes: Figure | None = None
    rating: Rating | None = None
    suspended: bool = False


class Example(Part):
    """A worked example: these providers, this request, that order. Run as a test."""

    title: str
    hours_per_week: Hours = 7
    urgent: bool = False
    providers: tuple[ExampleProvider, ...] = Field(min_length=1)
    order: tuple[str, ...]
    asked_first: tuple[str, ...]
    left_out: tuple[str, ...] = ()


class RuleSet(Part):
    """Rules of allocation in one version."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = Field(min_length=1, max_length=200)
    source: str = Field(default="", max_length=1000)
    steps: tuple[Step, ...] = Field(min_length=1)
    weights: Weights
    ties: tuple[TieKey, ...] = ("travel", "lot")
    shares: Shares = Shares()
    caps: Caps = Caps()
    quality: Quality = Quality()
    priority: PriorityRules = PriorityRules()
    review: RoleReview = RoleReview()
    undo_minutes: int = Field(default=30, ge=0, le=1440)
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _each_role_once(self) -> Self:
        named = [role for step in self.steps for role in step.roles]
        if len(set(named)) < len(named):
            raise ValueError(f"steps: a role stands in one step; found {', '.join(named)}")
        return self

    def step_of(self, role: RoleName) -> int | None:
        """Position of the step that asks a role; None where the rules never ask it."""
        return next((i for i, step in enumerate(self.steps) if role in step.roles), None)
