"""Sustainable hourly rates, line by line, from wage and mileage inputs. Pure domain; knows nothing of places."""

from __future__ import annotations

from pricing.assumptions import Assumptions
from pricing.bands import Band, BandedAssumptions, price_bands, weighted_mean_rate
from pricing.calibrations import Calibration, calibration, calibrations
from pricing.cost import (
    Cost,
    CostComparison,
    CostReport,
    DemandRow,
    IncomeChange,
    Tariff,
    annual_cost,
    compare_costs,
    demand_by_band,
    provider_income,
    weeks_of_days,
)
from pricing.effective import EffectiveOnCosts, WeeklyHours, effective_on_costs
from pricing.errors import InputProblem, NoSolutionError, PricingError, PricingInputError, UnknownYearError
from pricing.grid import Grid, price_grid
from pricing.inverse import (
    Solution,
    SupportedReturn,
    break_even_hours_per_year,
    price_for_share_of_providers,
    return_supported,
    solve,
)
from pricing.parsing import parse_assumptions
from pricing.paths import input_paths, with_input
from pricing.rate import Line, Rate, VisitPrice, price
from pricing.rate_card import (
    BandRate,
    DirectPayment,
    Override,
    RateCard,
    RateChange,
    VisitRate,
    build_rate_card,
    diff,
    direct_payment_rate,
    in_force,
    publish,
)
from pricing.sensitivity import Bar, tornado
from pricing.simulation import Range, Simulation, simulate
from pricing.statutory import Figure, Statutory, StatutoryYear, financial_year_of, load_statutory
from pricing.visit_lengths import VisitLengthLaw, fit_law, prices_per_hour

__all__ = [
    "Assumptions",
    "Band",
    "BandRate",
    "BandedAssumptions",
    "Bar",
    "Calibration",
    "Cost",
    "CostComparison",
    "CostReport",
    "DemandRow",
    "DirectPayment",
    "EffectiveOnCosts",
    "Figure",
    "Grid",
    "IncomeChange",
    "InputProblem",
    "Line",
    "NoSolutionError",
    "Override",
    "PricingError",
    "PricingInputError",
    "Range",
    "Rate",
    "RateCard",
    "RateChange",
    "Simulation",
    "Solution",
    "Statutory",
    "StatutoryYear",
    "SupportedReturn",
    "Tariff",
    "UnknownYearError",
    "VisitLengthLaw",
    "VisitPrice",
    "VisitRate",
    "WeeklyHours",
    "annual_cost",
    "break_even_hours_per_year",
    "build_rate_card",
    "calibration",
    "calibrations",
    "compare_costs",
    "demand_by_band",
    "diff",
    "direct_payment_rate",
    "effective_on_costs",
    "financial_year_of",
    "fit_law",
    "in_force",
    "input_paths",
    "load_statutory",
    "parse_assumptions",
    "price",
    "price_bands",
    "price_for_share_of_providers",
    "price_grid",
    "prices_per_hour",
    "provider_income",
    "publish",
    "return_supported",
    "simulate",
    "solve",
    "tornado",
    "weeks_of_days",
    "weighted_mean_rate",
    "with_input",
]
