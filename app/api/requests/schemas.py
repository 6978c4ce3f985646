"""What requests take and give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.days import NearDay
from app.lookup.schemas import Pounds
from app.storage.brokerage.tables import BrokerageMove, CallOff, CareOffer, CareRequest
from app.storage.models import RoundsRun
from app.usecases.brokerage.openings import VisitOpenings
from app.usecases.brokerage.ranking import RankedRequest
from app.usecases.brokerage.requests import Person, VisitPattern
from brokerage.ranking import Asked, Candidate
from brokerage.rules.model import RuleSet
from brokerage.visits import in_words
from geo.postcodes import spaced


class CostLineView(BaseModel):
    """The weekly cost of one kind of visit."""

    minutes: int
    per_week: float
    carers: int
    pounds_per_visit: Pounds
    basic_pounds: Pounds
    double_handed_pounds: Pounds
    weekend_pounds: Pounds
    pounds: Pounds


class RequestView(BaseModel):
    """A request as brokers see it."""

    id: int
    state: str = Field(description="open, offered, placed, started, ended or withdrawn.")
    postcode: str
    zone: int | None = Field(description="Number of the zone.")
    zone_name: str | None
    band: str | None
    service_type: str
    visits: list[VisitPattern]
    hours_per_week: float = Field(description="Care hours, all carers counted.")
    weekly_cost_pounds: Pounds | None = Field(description="At the rate card in force; null where none is.")
    pounds_per_hour: Pounds | None
    double_handed_pounds: Pounds | None = Field(description="The part of the weekly cost for second carers.")
    weekend_pounds: Pounds | None = Field(description="The part for weekend enhancements.")
    cost_lines: list[CostLineView]
    urgency: str
    source: str
    needed_from: date
    reference: str | None
    skills: list[str]
    languages: list[str]
    not_provider_ids: list[int]
    person: Person | None
    provider_id: int | None = Field(description="Who holds it.")
    plan_id: int | None
    band_run_id: int | None
    rate_card_id: int | None
    synthetic: bool
    offered_at: datetime | None
    placed_at: datetime | None
    started_on: date | None
    ended_on: date | None
    created_by: str
    created_at: datetime
    duplicate_of: list[int] = Field(default_factory=list, description="Requests that seem to be the same.")
    warnings: list[str] = Field(default_factory=list, description="What to know of it, where it is shown alone.")

    @classmethod
    def of(
        cls,
        row: CareRequest,
        zones: dict[int, Any],
        duplicates: list[int] | None = None,
        warnings: list[str] | None = None,
    ) -> RequestView:
        """A stored request."""
        derived = {
            *("postcode", "zone_name", "visits", "cost_lines", "pounds_per_hour", "double_handed_pounds"),
            *("weekend_pounds", "skills", "languages", "not_provider_ids", "person", "duplicate_of", "warnings"),
        }
        values = {name: getattr(row, name) for name in cls.model_fields if name not in derived}
        zone = zones.get(row.zone) if row.zone is not None else None
        return cls(
            postcode=spaced(row.postcode_key) if row.postcode_key else "",
            zone_name=zone.name if zone else None,
            visits=[VisitPattern.model_validate(visit) for visit in row.visits],
            cost_lines=[CostLineView.model_validate(line, extra="ignore") for line in row.cost.get("lines", [])],
            pounds_per_hour=row.cost.get("pounds_per_hour"),
            double_handed_pounds=row.cost.get("double_handed_pounds"),
            weekend_pounds=row.cost.get("weekend_pounds"),
            skills=row.needs.get("skills", []),
            languages=row.needs.get("languages", []),
            not_provider_ids=row.needs.get("not_provider_ids", []),
            person=Person.model_validate(row.person) if row.person else None,
            duplicate_of=duplicates or [],
            warnings=warnings or [],
            **values,
        )


class ScoreParts(BaseModel):
    """What a score is made of, each 0 to 100."""

    priority: float
    share: float
    travel: float
    capacity: float


class RankedView(BaseModel):
    """A provider in its place."""

    rank: int
    provider_id: int
    name: str
    role: str
    step: int = Field(description="Step of the rules in which it is asked.")
    score: float = Field(description="0 to 100.")
    parts: ScoreParts
    why: list[str] = Field(description="The reasons, a sentence each.")
    owed: float | None = Field(description="Packages or hours owed more than given in this zone.")
    free_hours: float | None
    marginal_travel_minutes: float | None = Field(description="Minutes of driving that one visit adds.")
    marginal_travel_miles: float | None
    asked_now: bool = Field(description="Whether the rules ask it now.")


class LeftOutView(BaseModel):
    """A provider with a role who is not asked."""

    model_config = ConfigDict(from_attributes=True)

    provider_id: int
    name: str
    why: str


class RankingView(BaseModel):
    """Who is asked, in which order, and why."""

    items: list[RankedView]
    left_out: list[LeftOutView]
    mode: str = Field(description="in-turn, together or open.")
    answer_minutes: int = Field(description="How long those asked now have.")
    rule_set: str
    rule_set_id: int | None = Field(description="Null for the rules that ship with the service.")
    rule_set_version: int | None
    plan_id: int | None
    rate_card_id: int | None
    travel_version: str
    note: str | None = None

    @classmethod
    def of(cls, found: RankedRequest, request: CareRequest, plan_id: int | None) -> RankingView:
        """A ranking as it is shown."""
        items = []
        for item in found.ranking.items:
            who = item.candidate
            miles = found.miles.get(who.provider_id)
            items.append(
                RankedView(
                    rank=item.rank,
                    provider_id=who.provider_id,
                    name=who.name,
                    role=who.role.value,
                    step=item.step,
                    score=item.score,
                    parts=ScoreParts(**{name: round(value, 2) for name, value in item.parts.items()}),
                    why=list(item.why),
                    owed=who.owed,
                    free_hours=who.free_hours,
                    marginal_travel_minutes=who.marginal_travel_minutes,
                    marginal_travel_miles=None if miles is None or miles == float("inf") else round(miles, 2),
                    asked_now=who.provider_id in found.ranking.asked_first,
                )
            )
        note = None
        if not items:
            note = (
                "No provider has a role for this service in this zone. Give a provider a role, or offer it out of turn."
            )
        return cls(
            items=items,
            left_out=[LeftOutView.model_validate(one) for one in found.ranking.left_out],
            mode=found.ranking.mode,
            answer_minutes=found.ranking.answer_minutes,
            rule_set=found.rules.name,
            rule_set_id=found.rule_set_id,
            rule_set_version=found.rule_set_version,
            plan_id=plan_id,
            rate_card_id=request.rate_card_id,
            travel_version=found.travel_version,
            note=note,
        )


class MoveView(BaseModel):
    """One row of the record."""

    id: int
    move: str
    at: datetime
    actor: str
    offer_id: int | None
    provider_id: int | None
    answer_by: datetime | None
    reason: str | None

    @classmethod
    def of(cls, row: BrokerageMove) -> MoveView:
        """A stored row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class RecordView(BaseModel):
    """Everything that happened to a request, in order, and what it comes to."""

    items: list[MoveView]
    state: str = Field(description="Replayed from the rows alone.")
    offers: dict[str, str] = Field(description="State by offer, replayed.")
    agrees: bool = Field(description="Whether the states kept for lists are those.")


class OfferBody(BaseModel):
    """An offer to one provider."""

    model_config = ConfigDict(extra="forbid")

    provider_id: int
    answer_by: datetime | None = Field(
        default=None, description="Without a zone: by the clock in England. As the rules give when null."
    )
    out_of_turn_reason: str | None = Field(
        default=None, min_length=3, max_length=500, description="Needed where the rules leave the provider out."
    )


class RoundBody(BaseModel):
    """An offer to everybody whom the rules ask now."""

    model_config = ConfigDict(extra="forbid")

    answer_by: datetime | None = None


class OfferView(BaseModel):
    """An offer and where it stands."""

    id: int
    request_id: int
    provider_id: int
    state: str = Field(description="open, accepted, declined, timed_out, withdrawn or handed_back.")
    rank: int | None
    role: str | None
    out_of_turn: bool = Field(description="Whether it went to somebody the rules did not ask at that moment.")
    out_of_turn_reason: str | None
    answer_by: datetime
    sent_at: datetime
    answered_at: datetime | None
    reason: str | None
    call_off_id: int
    link: str | None = Field(default=None, description="Path of the signed page by which the provider answers.")

    @classmethod
    def of(cls, row: CareOffer, link: str | None = None) -> OfferView:
        """A stored offer."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields if name != "link"}, link=link)


class RoundView(BaseModel):
    """The offers of a round."""

    items: list[OfferView]


class CallOffInputs(BaseModel):
    """Everything a ranking read."""

    asked: Asked
    candidates: list[Candidate]
    rules: RuleSet


class StoredRank(BaseModel):
    """A provider in its place, as it was kept."""

    rank: int
    step: int
    provider_id: int
    score: float
    why: list[str]
    short: bool = False


class StoredRanking(BaseModel):
    """A ranking as it was kept."""

    items: list[StoredRank]
    left_out: list[LeftOutView]
    asked_first: list[int]
    mode: str
    answer_minutes: int


class CallOffView(BaseModel):
    """A ranking as it was kept, and as it comes out again."""

    id: int
    request_id: int
    made_by: str
    made_at: datetime
    rule_set: str
    inputs: CallOffInputs = Field(description="Everything the ranking read.")
    ranking: StoredRanking = Field(description="What came out then.")
    replayed: StoredRanking = Field(description="What comes out of the same inputs now.")
    same: bool
    provenance: dict[str, str | int | None]

    @classmethod
    def of(cls, row: CallOff, replayed: dict[str, Any], same: bool) -> CallOffView:  # noqa: FBT001
        """A stored call-off beside its replay."""
        kept = ("id", "request_id", "made_by", "made_at", "inputs", "ranking", "provenance")
        return cls(
            **{name: getattr(row, name) for name in kept},
            rule_set=row.inputs["rules"]["name"],
            replayed=replayed,
            same=same,
        )


class CallOffs(BaseModel):
    """The call-offs of a request, oldest first."""

    items: list[CallOffView]


class PlacingPart(BaseModel):
    """What one provider would take."""

    provider_id: int
    name: str
    visits: list[VisitPattern]
    minutes_per_visit: float


class PlacingOption(BaseModel):
    """A way in which a request could be placed."""

    kind: str = Field(description="as asked, other window, split or pairing.")
    said: str = Field(description="In words.")
    parts: list[PlacingPart]
    with_request: int | None
    travel_minutes_per_week: float
    travel_pounds_per_week: float
    changes: int = Field(description="How much it changes what was asked: 0 for nothing.")


class PlacingOptions(BaseModel):
    """Ways in which a request could be placed, those that change least first."""

    items: list[PlacingOption]


class OpeningView(BaseModel):
    """A time at which a visit fits into the rounds as they are planned."""

    carers: list[str] = Field(description="Whose rounds.")
    earliest: str = Field(description="From when the visit may start: hours and minutes.", examples=["09:10"])
    latest: str = Field(description="Until when it may start.", examples=["09:45"])
    added_travel_minutes: float
    added_pounds: Decimal = Field(description="What the driving costs each time.")


class VisitOpeningsView(BaseModel):
    """One kind of visit of a request, and where it fits, the least driving first."""

    visits: str = Field(description="In words.")
    minutes: int
    carers: int
    openings: list[OpeningView]


class RequestOpenings(BaseModel):
    """Where a request's visits fit into one planned day of rounds, with nothing in it moved."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rounds_id": 3,
                    "rounds_label": "Tuesday",
                    "items": [
                        {
                            "visits": "14 visits of 30 minutes a week",
                            "minutes": 30,
                            "carers": 1,
                            "openings": [
                                {
                                    "carers": ["C2"],
                                    "earliest": "09:10",
                                    "latest": "09:45",
                                    "added_travel_minutes": 4.2,
                                    "added_pounds": "1.35",
                                }
                            ],
                        }
                    ],
                }
            ]
        }
    )

    rounds_id: int
    rounds_label: str
    items: list[VisitOpeningsView]

    @classmethod
    def of(cls, run: RoundsRun, found: Sequence[VisitOpenings]) -> RequestOpenings:
        """As the API shows it."""
        return cls(
            rounds_id=run.id,
            rounds_label=run.label,
            items=[
                VisitOpeningsView(
                    visits=in_words([one.visits]),
                    minutes=one.visits.minutes,
                    carers=one.visits.carers,
                    openings=[
                        OpeningView(
                            carers=list(priced.opening.carers),
                            earliest=_clock(priced.opening.earliest),
                            latest=_clock(priced.opening.latest),
                            added_travel_minutes=round(priced.opening.added_minutes, 1),
                            added_pounds=priced.pounds,
                        )
                        for priced in one.found
                    ],
                )
                for one in found
            ],
        )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


class Reason(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: str | None = Field(default=None, max_length=200)


class Day(BaseModel):
    """On which day; today when absent."""

    model_config = ConfigDict(extra="forbid")

    on: NearDay | None = None
    reason: str | None = Field(default=None, max_length=200)
