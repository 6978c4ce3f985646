"""Is every way of paying for time lawful at a wage?

Travel between visits is time work when the worker would otherwise be working, and home to the first visit and the
last visit to home is not (National Minimum Wage Regulations 2015, regulation 34; HMRC v Taylors Services, Court of
Appeal 2025). Pay for contact time alone is lawful only where it covers all working time: contact rate at least
``minimum x (contact + travel + other working time) / contact`` in each pay reference period. Averaging inside the
period is allowed, so the mean visit is the test of the period, and each length is the test of a period made of such
visits only.

Premiums for unsocial hours and repaid mileage are not pay for this purpose and are left out. What the worker spends on
travel between visits and is not repaid, and every other deduction and payment of ``WorkingTerms``, is taken from pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pricing.errors import InputProblem, NoSolutionError, PricingInputError
from pricing.inverse import WAGE, solve
from pricing.paths import bounds_of
from pricing.rate import price
from pricing.rounding import exact_arithmetic, to_line_places
from pricing.working_terms import WorkingTerms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pricing.assumptions import Assumptions

Pattern = Literal["all_working_time", "contact_and_travel", "contact_only"]
PATTERNS: tuple[Pattern, ...] = ("all_working_time", "contact_and_travel", "contact_only")


@dataclass(frozen=True, slots=True)
class WageTest:
    """One pattern of paid time at one length of visit in one band.

    Attributes:
        band: as given; empty where there is only one.
        minutes: length of visit, or None for the mean visit of the pay reference period.
        pattern: which time is paid.
        pay_pounds_per_working_hour: pay over all working time.
        minimum_pounds_per_hour: what it must reach.
        shortfall_pounds_per_working_hour: by how much it fails; 0 where it is lawful.
        contact_rate_needed_pounds_per_hour: the contact rate at which this pattern would just be lawful.
        deductions_pounds_per_working_hour: what was taken from pay: unrepaid travel, uniform and the like.
        age: whose minimum it is.
        counted: what was taken from pay or added to working time, in words.
    """

    band: str
    minutes: Decimal | None
    pattern: Pattern
    pay_pounds_per_working_hour: Decimal
    minimum_pounds_per_hour: Decimal
    shortfall_pounds_per_working_hour: Decimal
    contact_rate_needed_pounds_per_hour: Decimal
    deductions_pounds_per_working_hour: Decimal = Decimal(0)
    age: str = ""
    counted: tuple[str, ...] = ()

    @property
    def lawful(self) -> bool:
        """Whether pay reaches the minimum."""
        return self.shortfall_pounds_per_working_hour == 0

    def sentence(self) -> str:
        """The finding in words."""
        visit = "the mean visit" if self.minutes is None else f"visits of {self.minutes.normalize():f} minutes"
        where = f" in {self.band}" if self.band else ""
        whose = f" of those {self.age}" if self.age else ""
        what = f"{self.pattern.replace('_', ' ')} pay{whose} at {visit}{where}"
        said = f"{what} comes to £{self.pay_pounds_per_working_hour:.2f} an hour worked"
        if self.deductions_pounds_per_working_hour:
            said += f" after £{self.deductions_pounds_per_working_hour:.2f} for {', '.join(self.counted)}"
        elif self.counted:
            said += f" with {', '.join(self.counted)}"
        if self.lawful:
            return f"{said}: lawful against £{self.minimum_pounds_per_hour:.2f}."
        return (
            f"{said}: £{self.shortfall_pounds_per_working_hour:.2f} short of £{self.minimum_pounds_per_hour:.2f}. "
            f"It would need £{self.contact_rate_needed_pounds_per_hour:.2f} for the contact hour."
        )


@dataclass(frozen=True, slots=True)
class WageSupported:
    """The wage for all working time that a price supports in one band, everything else as assumed.

    Attributes:
        wage_pounds_per_hour: 0 where the price does not even cover the other costs.
        shortfall_pounds_per_hour: how far it is below the minimum; 0 where it reaches it.
        price_needed_pounds_per_hour: the unrounded price at which the wage is the minimum.
    """

    band: str
    pounds_per_hour: Decimal
    wage_pounds_per_hour: Decimal
    minimum_pounds_per_hour: Decimal
    shortfall_pounds_per_hour: Decimal
    price_needed_pounds_per_hour: Decimal


def minimum_wage_tests(
    bands: Mapping[str, Assumptions],
    minimum_pounds_per_hour: Decimal,
    *,
    patterns: Sequence[Pattern] = PATTERNS,
    other_working_minutes_per_contact_hour: Decimal = Decimal(0),
    terms: WorkingTerms | None = None,
    age: str = "",
    wages: Mapping[str, Decimal] | None = None,
) -> list[WageTest]:
    """Test every pattern at the mean visit and at each visit length of each band, at the wage assumed.

    Args:
        bands: assumptions by band; their wage, travel, waiting, mileage and visit lengths are used.
        minimum_pounds_per_hour: the National Living or Minimum Wage of the day.
        patterns: which ways of paying to test.
        other_working_minutes_per_contact_hour: training, meetings and the like, which are working time too; paid under
            ``all_working_time`` and not under the others.
        terms: what carers bear themselves; where not given, a mile is taken to cost HMRC's approved amount.
        age: whose minimum it is, for the sentences.
        wages: pay by band for all paid time, instead of the assumptions' own.

    Raises:
        PricingInputError: if the minimum is not more than 0.
    """
    _check_minimum(minimum_pounds_per_hour)
    chosen, tests = terms or WorkingTerms(), []
    with exact_arithmetic():
        for band, assumptions in bands.items():
            pay = _Pay.of(assumptions, None if wages is None else wages[band])
            for minutes in (None, *assumptions.visit_lengths_minutes):
                contact = assumptions.mean_visit_minutes if minutes is None else minutes
                other = other_working_minutes_per_contact_hour * contact / 60
                visit = _Visit.of(assumptions, contact, other, chosen)
                for pattern in patterns:
                    amounts = _amounts(pay, visit, pattern, minimum_pounds_per_hour)
                    paid, short, needed, borne = (to_line_places(amount) for amount in amounts)
                    tests.append(
                        WageTest(
                            band=band,
                            minutes=minutes,
                            pattern=pattern,
                            pay_pounds_per_working_hour=paid,
                            minimum_pounds_per_hour=to_line_places(minimum_pounds_per_hour),
                            shortfall_pounds_per_working_hour=short,
                            contact_rate_needed_pounds_per_hour=needed,
                            deductions_pounds_per_working_hour=borne,
                            age=age,
                            counted=visit.counted,
                        )
                    )
    return tests


@dataclass(frozen=True, slots=True)
class _Pay:
    """Pounds an hour for contact time, for travel and waiting, and for other paid time."""

    contact: Decimal
    moving: Decimal

    @classmethod
    def of(cls, assumptions: Assumptions, wage: Decimal | None) -> _Pay:
        if wage is not None:
            return cls(wage, wage)
        own = assumptions.travel_wage_pounds_per_hour
        return cls(assumptions.wage_pounds_per_hour, own or assumptions.wage_pounds_per_hour)


@dataclass(frozen=True, slots=True)
class _Visit:
    """Minutes of one visit and its share of other working time, and what a carer bears for it, in pounds."""

    contact: Decimal
    travel: Decimal
    waiting: Decimal
    other: Decimal
    unpaid: Decimal
    borne: Decimal
    counted: tuple[str, ...]

    @classmethod
    def of(cls, assumptions: Assumptions, contact: Decimal, other: Decimal, terms: WorkingTerms) -> _Visit:
        travel = assumptions.travel
        paid = contact + travel.minutes_per_visit + travel.waiting_minutes_per_visit + other
        # a week's sums and minutes fall on each paid minute alike
        share = Decimal(0) if terms.working_hours_per_week is None else paid / 60 / terms.working_hours_per_week
        unpaid = terms.unpaid_waiting_minutes_per_visit + share * terms.unpaid_training_minutes_per_week
        short = max(Decimal(0), terms.cost_pence_per_mile - travel.pence_per_mile)
        miles, counted = travel.miles_per_visit, terms.named()
        if short and miles:
            said = f"{short.normalize():f}p of {terms.cost_pence_per_mile.normalize():f}p a mile not repaid"
            counted = (said, *counted)
        borne = miles * short / 100 + share * terms.pounds_per_week
        return cls(contact, travel.minutes_per_visit, travel.waiting_minutes_per_visit, other, unpaid, borne, counted)

    @property
    def working(self) -> Decimal:
        return self.contact + self.travel + self.waiting + self.other + self.unpaid


def _amounts(pay: _Pay, visit: _Visit, pattern: Pattern, minimum: Decimal) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Pay per working hour, the shortfall, the contact rate needed and deductions per working hour, for one visit."""
    paid_beside_contact = {
        "contact_only": Decimal(0),
        "contact_and_travel": visit.travel * pay.moving,
        "all_working_time": (visit.travel + visit.waiting) * pay.moving + visit.other * pay.contact,
    }[pattern]
    borne = visit.borne * 60
    per_hour = (visit.contact * pay.contact + paid_beside_contact - borne) / visit.working
    short = max(Decimal(0), minimum - per_hour)
    # what is paid beside contact time stays as it is; the contact rate alone has to make up the rest
    needed = max(Decimal(0), (minimum * visit.working - paid_beside_contact + borne) / visit.contact)
    return per_hour, short, needed, borne / visit.working


def wages_supported(
    bands: Mapping[str, Assumptions], pounds_per_hour: Mapping[str, Decimal], minimum_pounds_per_hour: Decimal
) -> list[WageSupported]:
    """The wage for all working time that the price of each band supports, against the minimum.

    Args:
        bands: assumptions by band.
        pounds_per_hour: the price paid by band.
        minimum_pounds_per_hour: the National Living or Minimum Wage of the day.

    Raises:
        PricingInputError: if a band has no price, or the minimum is not more than 0.
    """
    _check_minimum(minimum_pounds_per_hour)
    missing = [band for band in bands if band not in pounds_per_hour]
    if missing:
        raise PricingInputError([InputProblem("pounds_per_hour", band, "a price for this band") for band in missing])
    found = []
    for band, given in bands.items():
        # one wage for all working time is what this asks about
        assumptions = given.model_copy(update={"travel_wage_pounds_per_hour": None})
        paid = pounds_per_hour[band]
        wage = _wage_at(assumptions, paid)
        short = max(Decimal(0), minimum_pounds_per_hour - wage)
        needed = _price_at(assumptions, minimum_pounds_per_hour)
        found.append(WageSupported(band, paid, wage, minimum_pounds_per_hour, short, needed))
    return found


def _wage_at(assumptions: Assumptions, paid: Decimal) -> Decimal:
    try:
        return to_line_places(solve(assumptions, WAGE, paid).value)
    except NoSolutionError:
        lowest = _price_at(assumptions, bounds_of(assumptions, WAGE)[0])
        if paid <= lowest:
            return Decimal(0)
        raise


def _price_at(assumptions: Assumptions, wage: Decimal) -> Decimal:
    return price(assumptions.model_copy(update={"wage_pounds_per_hour": wage})).unrounded


def _check_minimum(minimum: Decimal) -> None:
    if minimum <= 0:
        raise PricingInputError([InputProblem("minimum_pounds_per_hour", minimum, "more than 0")])
