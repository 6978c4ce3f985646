"""A plan, its packages, the rate card and the contracts parted along the line of each proposal.

Every figure of demand is a cell of the gate, and all else follows from those: what is withheld stays so in sums.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.ingest.national import councils
from app.settings import Settings
from app.storage.models import ZonePlan
from app.usecases.demand.figures import rows_of, snapshot_or_current
from app.usecases.demand.gate import Audience, Demand
from app.usecases.plans.measure.inputs import PlanInputs, plan_inputs
from app.usecases.plans.measure.stored import draft_of, labels_of
from app.usecases.rates.paid_parts import PaidPart, paid_parts
from app.usecases.rates.set_rates import bands_in_force
from app.usecases.reorganisation.ground import sides_on
from app.usecases.reorganisation.proposals import ReorganisationProposal, ReorganisationRequest
from app.usecases.reorganisation.report import (
    BandPublished,
    NotLoaded,
    PartOfZone,
    ProposalReport,
    ProviderHeld,
    ReorganisationReport,
    SideReport,
    ZoneCut,
    ZonePublished,
)
from geo.plans.editing import Draft
from geo.reorganisation import UNDECIDED, WEEKS_OF_A_YEAR, Sides, year_at_rates, zones_cut
from pricing import HOME_CARE
from pricing.rounding import to_pennies

SIZE = ("hours_per_week", "packages", "people")
Cells = Mapping[tuple[str, ...], Mapping[str, Any]]


def reorganise(
    session: Session,
    council: str,
    plan: ZonePlan,
    request: ReorganisationRequest,
    settings: Settings,
    audience: Audience,
) -> ReorganisationReport:
    """Report on every proposal, measured on the demand and the rate card of today.

    Args:
        session: A read session.
        council: Whose.
        plan: The plan whose zones are parted.
        request: The proposals.
        settings: Of the service.
        audience: Whom it is for.

    Raises:
        Problem: areas or demand are not loaded, the plan is of other areas, or a proposal contradicts itself.
    """
    snapshot = snapshot_or_current(session, council, None, audience)
    inputs = plan_inputs(session, council, settings, snapshot_id=snapshot.id)
    draft = draft_of(session, plan)
    today = date.today()  # noqa: DTZ011 - cards run by the local calendar
    parts = paid_parts(session, council, today, services=[HOME_CARE])
    card = next((part.card for part in parts if part.card is not None and not part.card.zones), None)
    county = _County(
        inputs,
        draft,
        labels_of(inputs, draft),
        Demand(inputs.packages, snapshot.taken_on, audience),
        bands_in_force(session, council),
        parts,
    )
    return ReorganisationReport(
        plan_id=plan.id,
        plan_name=plan.name,
        snapshot_id=snapshot.id,
        taken_on=snapshot.taken_on,
        synthetic=snapshot.synthetic,
        rate_card_id=card.id if card is not None else None,
        rate_card=f"{card.name}, version {card.version}" if card is not None else None,
        weeks_of_a_year=WEEKS_OF_A_YEAR,
        small_numbers_withheld_below=audience.withheld_below,
        proposals=[_proposal(county, proposal, at) for at, proposal in enumerate(request.proposals)],
    )


@dataclass(frozen=True, eq=False)
class _County:
    inputs: PlanInputs
    draft: Draft
    zone: NDArray[np.int64]
    demand: Demand
    bands: dict[str, str]
    parts: list[PaidPart]

    def cells(self, by: list[str], key: NDArray[np.str_], demand: Demand | None = None) -> Cells:
        """Figures by group, with any key of areas in place of zones."""
        label = dict(zip(self.inputs.areas.ids.tolist(), key.tolist(), strict=True))
        bands = self.bands if "band" in by else None
        table = (demand or self.demand).totals(by, zones=label, bands=bands)
        return {tuple(str(row[name]) for name in by): row for row in rows_of(table)}


@dataclass(frozen=True, eq=False)
class _Parted:
    """Cells of one proposal; a side is written as its position."""

    county: _County
    sides: Sides
    names: dict[int, str]
    whole: Cells
    by_zone: Cells
    by_band: list[Cells]
    by_provider: Cells

    def providers(self, side: int) -> dict[str, Mapping[str, Any]]:
        """Who has packages on a side that may be told."""
        return {
            provider: row
            for (provider, at), row in self.by_provider.items()
            if provider and at == str(side) and row["people"] != 0
        }


def _proposal(county: _County, proposal: ReorganisationProposal, number: int) -> ProposalReport:
    sides = sides_on(county.inputs, proposal, number)
    side = sides.of_area.astype(np.str_)
    pair = np.char.add(np.char.add(county.zone.astype(np.str_), "/"), side)
    names = {UNDECIDED: "Undecided", **{at: made.name for at, made in enumerate(proposal.councils)}}
    parted = _Parted(
        county,
        sides,
        names,
        county.cells(["zone"], side),
        county.cells(["zone"], pair),
        [county.cells(["zone", "band"], side, part.of(county.demand)) for part in county.parts] if county.bands else [],
        county.cells(["provider", "zone"], side),
    )
    seen = [*range(len(proposal.councils)), *([UNDECIDED] if (sides.of_area == UNDECIDED).any() else [])]
    met = {at: set(parted.providers(at)) for at in seen}
    reports = {at: _side(parted, at, met) for at in seen}
    everyone = [provider for providers in met.values() for provider in providers]
    return ProposalReport(
        name=proposal.name,
        line_runs_through_what_is_loaded=sides.parted,
        not_loaded=[
            NotLoaded(council=made.name, place=place, name=councils().name_of(place))
            for made, missing in zip(proposal.councils, sides.not_loaded, strict=True)
            for place in missing
        ],
        sides=[reports[at] for at in range(len(proposal.councils))],
        undecided=reports.get(UNDECIDED),
        zones_cut=[_cut(parted, zone, crossed) for zone, crossed in zones_cut(county.zone, sides.of_area).items()],
        providers_on_several_sides=sum(everyone.count(provider) > 1 for provider in set(everyone)),
    )


def _side(parted: _Parted, at: int, met: Mapping[int, set[str]]) -> SideReport:
    county = parted.county
    mine = parted.sides.of_area == at
    figures = _figures(parted.whole, (str(at),), held=bool(mine.any()))
    card = _card(parted, at, mine)
    pounds = None
    if card and all(line.pounds_per_year is not None for line in card):
        pounds = sum((line.pounds_per_year or Decimal(0) for line in card), Decimal(0))
    return SideReport(
        name=parted.names[at],
        areas=int(mine.sum()),
        live_postcodes=int(county.inputs.areas.live_postcodes[mine].sum()),
        waiting_packages=parted.whole.get((str(at),), {}).get("waiting_packages") if mine.any() else 0,
        **figures,
        pounds_per_year=pounds,
        zones=_zones(parted, at, mine),
        card=card,
        contracts=[
            ProviderHeld(
                provider=provider,
                **{name: row[name] for name in SIZE},
                also_in=[parted.names[other] for other, held in met.items() if other != at and provider in held],
            )
            for provider, row in parted.providers(at).items()
        ],
    )


def _zones(parted: _Parted, at: int, mine: NDArray[np.bool_]) -> list[ZonePublished]:
    county = parted.county
    return [
        ZonePublished(
            number=county.draft.zones[zone].number,
            name=county.draft.zones[zone].name,
            whole=bool(mine[county.zone == zone].all()),
            areas=int((county.zone[mine] == zone).sum()),
            hours_per_week=_figures(parted.by_zone, (f"{zone}/{at}",))["hours_per_week"],
        )
        for zone in np.unique(county.zone[mine]).tolist()
    ]


def _card(parted: _Parted, at: int, mine: NDArray[np.bool_]) -> list[BandPublished]:
    """The bands that lie on a side, each by the cards that pay home care there, and what they come to."""
    county = parted.county
    ids = county.inputs.areas.ids[mine].tolist()
    lines = []
    for part, cells in zip(county.parts, parted.by_band, strict=False):  # no cells where no bands are published
        inside = [area for area in ids if part.area_ids is None or area in part.area_ids]
        held = Counter(county.bands[area] for area in inside if area in county.bands)
        for band, areas in sorted(held.items()):
            hours = _figures(cells, (str(at), band))["hours_per_week"]
            pounds = year_at_rates({band: _decimal(hours)}, part.pounds_per_hour)
            lines.append(
                BandPublished(
                    band=band,
                    areas=areas,
                    rate_card_id=None if part.card is None else part.card.id,
                    rate_card=part.name or None,
                    pounds_per_hour=part.pounds_per_hour.get(band),
                    home_care_hours_per_week=hours,
                    pounds_per_year=None if pounds is None else to_pennies(pounds),
                )
            )
    return lines


def _cut(parted: _Parted, zone: int, crossed: list[int]) -> ZoneCut:
    county = parted.county
    inside = county.zone == zone
    return ZoneCut(
        number=county.draft.zones[zone].number,
        name=county.draft.zones[zone].name,
        sides=[
            PartOfZone(
                council=parted.names[at],
                areas=int((parted.sides.of_area[inside] == at).sum()),
                **_figures(parted.by_zone, (f"{zone}/{at}",)),
            )
            for at in crossed
        ],
    )


def _figures(cells: Cells, key: tuple[str, ...], *, held: bool = True) -> dict[str, float | None]:
    """Hours, packages and people of a cell; nought where no area or no package lies in it."""
    row = cells.get(key) if held else None
    return dict.fromkeys(SIZE, 0.0) if row is None else {name: row[name] for name in SIZE}


def _decimal(hours: float | None) -> Decimal | None:
    """Hours to the minute, as the costing takes them."""
    return None if hours is None else Decimal(round(hours * 60)) / 60
