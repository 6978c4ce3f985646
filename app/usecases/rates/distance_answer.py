"""What is asked of prices by distance, and what is answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.usecases.rates.starting_point import StartAnswer, StartRequest
from pricing.distance_prices import DistanceSchedule
from pricing.quantities import Exact, Strict, WeeksPerYear

GroupBy = Literal["district", "zone"]
Move = Literal["paid more", "paid less", "paid alike"]
MOVES: tuple[Move, ...] = ("paid more", "paid less", "paid alike")


class CentreGiven(Strict):
    """A named centre: by postcode of the council, or by position in metres on the British National Grid."""

    name: str = Field(min_length=1, max_length=80)
    postcode: str | None = Field(default=None, max_length=10)
    easting: float | None = Field(default=None, ge=0, le=700_000)
    northing: float | None = Field(default=None, ge=0, le=1_300_000)

    @model_validator(mode="after")
    def _placed(self) -> Self:
        both = self.easting is not None and self.northing is not None
        if (self.postcode is None) != both or (self.easting is None) != (self.northing is None):
            raise ValueError("give either postcode, or easting and northing")
        return self


class DistanceQuestion(StartRequest):
    """Prices by distance, to set beside today's bands."""

    centres: Annotated[tuple[CentreGiven, ...], Field(min_length=1, max_length=60)]
    schedule: DistanceSchedule
    measured_by: Literal["straight_line", "travel_model"] = "straight_line"
    group_by: GroupBy = Field(default="district", description="The areas that the change is told by.")
    snapshot_id: int | None = None
    maintenance_only: bool = False
    weeks: WeeksPerYear = Decimal(52)


class BandSide(Strict):
    """One band of either kind; figures are null where withheld."""

    band: str
    areas: int
    pounds_per_hour: Exact
    packages: float | None
    hours_per_week: float | None
    pounds_per_year: Exact | None


class BandCrossing(Strict):
    """What is in one band of today's and in one of distance."""

    band: str
    distance: str
    areas: int
    packages: float | None
    hours_per_week: float | None
    now_pounds_per_hour: Exact
    by_distance_pounds_per_hour: Exact
    moves: Move
    difference_pounds_per_year: Exact | None


class GroupChange(Strict):
    """What distance would do to one district or zone."""

    group: str
    areas: int
    hours_per_week: float | None
    hours_told_per_week: float | None = Field(description="Of pairs of bands that are not withheld: what is costed.")
    now_pounds_per_year: Exact | None
    by_distance_pounds_per_year: Exact | None
    difference_pounds_per_year: Exact | None


class Moves(Strict):
    """How much would be paid more, less and alike."""

    moves: Move
    areas: int
    packages: float | None
    hours_per_week: float | None
    difference_pounds_per_year: Exact | None


class CentreFound(Strict):
    """A centre, and the areas nearest to it."""

    name: str
    easting: float
    northing: float
    areas: int


class DistanceAnswer(Strict):
    """The two ways of pricing rurality on one county."""

    start: StartAnswer
    snapshot_id: int
    synthetic: bool
    suppressed_below: int | None = Field(description="Null: nothing withheld.")
    measured_by: str
    centres: list[CentreFound]
    today: list[BandSide]
    by_distance: list[BandSide]
    crossings: list[BandCrossing]
    moves: list[Moves]
    groups: list[GroupChange] = Field(description="By district or zone; biggest fall first.")
    now_pounds_per_year: Exact | None
    by_distance_pounds_per_year: Exact | None
    difference_pounds_per_year: Exact | None
