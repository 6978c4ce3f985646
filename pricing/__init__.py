"""Sustainable hourly rates, line by line, from wage and mileage inputs. Pure domain; knows nothing of places."""

from __future__ import annotations

from pricing.annex import AnnexARow, annex_a, annex_a_csv, lines_csv
from pricing.assumptions import Assumptions
from pricing.bands import Band, BandedAssumptions, price_bands, weighted_mean_rate
from pricing.benchmark_gaps import BesideBenchmark, LineGap, beside
from pricing.benchmarks import Benchmark, FeeRise, benchmarks, fee_rises, neighbours_of
from pricing.calibrations import Calibration, calibration, calibrations
from pricing.card_difference import LineChange, RateChange, diff, line_changes
from pricing.card_rates import CardRate, rate_for
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
from pricing.cqc import CqcScheme, cqc_fee_pounds_per_contact_hour, cqc_fee_pounds_per_year, cqc_schemes
from pricing.direct_payments import DirectPayment, direct_payment_rate
from pricing.effective import EffectiveOnCosts, WeeklyHours, effective_on_costs
from pricing.enhancements import enhancements_over_basic, price_by_period
from pricing.errors import InputProblem, NoSolutionError, PricingError, PricingInputError, UnknownYearError
from pricing.explain import sentences, table
from pricing.grid import Grid, price_grid
from pricing.guards import back_dated, card_warnings
from pricing.inverse import (
    Solution,
    SupportedReturn,
    break_even_hours_per_year,
    price_for_share_of_providers,
    return_supported,
    solve,
)
from pricing.lines import Line, VisitPrice
from pricing.minimum_wage import WageSupported, WageTest, minimum_wage_tests, wages_supported
from pricing.parsing import parse_assumptions
from pricing.paths import input_paths, with_input
from pricing.price_warnings import Warned, price_warnings
from pricing.publication import Clash, ClashError, Period, clashes, end, in_force, periods, publish, withdraw
from pricing.rate import Rate, price
from pricing.rate_card import (
    HOME_CARE,
    WEEKDAY,
    BandRate,
    DayTypeRate,
    Override,
    RateCard,
    ServiceRate,
    VisitRate,
    build_rate_card,
)
from pricing.sample import LineSummary, SampleSummary, summarise
from pricing.sensitivity import Bar, tornado
from pricing.simulation import Range, Simulation, simulate
from pricing.statutory import Figure, Statutory, StatutoryYear, financial_year_of, load_statutory
from pricing.traps import Diagnosis, Finding, Published, diagnose
from pricing.uplifts import Index, UpliftYear, uplift
from pricing.visit_lengths import VisitLengthLaw, fit_law, prices_per_hour
from pricing.wage_at_price import minimum_wage_tests_at
from pricing.workbook import bands_workbook, rate_workbook
from pricing.year_moves import InputMove
from pricing.years import Applied, WageBasis, YearApplied, in_year

__all__ = [
    "HOME_CARE",
    "WEEKDAY",
    "AnnexARow",
    "Applied",
    "Assumptions",
    "Band",
    "BandRate",
    "BandedAssumptions",
    "Bar",
    "Benchmark",
    "BesideBenchmark",
    "Calibration",
    "CardRate",
    "Clash",
    "ClashError",
    "Cost",
    "CostComparison",
    "CostReport",
    "CqcScheme",
    "DayTypeRate",
    "DemandRow",
    "Diagnosis",
    "DirectPayment",
    "EffectiveOnCosts",
    "FeeRise",
    "Figure",
    "Finding",
    "Grid",
    "IncomeChange",
    "Index",
    "InputMove",
    "InputProblem",
    "Line",
    "LineChange",
    "LineGap",
    "LineSummary",
    "NoSolutionError",
    "Override",
    "Period",
    "PricingError",
    "PricingInputError",
    "Published",
    "Range",
    "Rate",
    "RateCard",
    "RateChange",
    "SampleSummary",
    "ServiceRate",
    "Simulation",
    "Solution",
    "Statutory",
    "StatutoryYear",
    "SupportedReturn",
    "Tariff",
    "UnknownYearError",
    "UpliftYear",
    "VisitLengthLaw",
    "VisitPrice",
    "VisitRate",
    "WageBasis",
    "WageSupported",
    "WageTest",
    "Warned",
    "WeeklyHours",
    "YearApplied",
    "annex_a",
    "annex_a_csv",
    "annual_cost",
    "back_dated",
    "bands_workbook",
    "benchmarks",
    "beside",
    "break_even_hours_per_year",
    "build_rate_card",
    "calibration",
    "calibrations",
    "card_warnings",
    "clashes",
    "compare_costs",
    "cqc_fee_pounds_per_contact_hour",
    "cqc_fee_pounds_per_year",
    "cqc_schemes",
    "demand_by_band",
    "diagnose",
    "diff",
    "direct_payment_rate",
    "effective_on_costs",
    "end",
    "enhancements_over_basic",
    "fee_rises",
    "financial_year_of",
    "fit_law",
    "in_force",
    "in_year",
    "input_paths",
    "line_changes",
    "lines_csv",
    "load_statutory",
    "minimum_wage_tests",
    "minimum_wage_tests_at",
    "neighbours_of",
    "parse_assumptions",
    "periods",
    "price",
    "price_bands",
    "price_by_period",
    "price_for_share_of_providers",
    "price_grid",
    "price_warnings",
    "prices_per_hour",
    "provider_income",
    "publish",
    "rate_for",
    "rate_workbook",
    "return_supported",
    "sentences",
    "simulate",
    "solve",
    "summarise",
    "table",
    "tornado",
    "uplift",
    "wages_supported",
    "weeks_of_days",
    "weighted_mean_rate",
    "with_input",
    "withdraw",
]
