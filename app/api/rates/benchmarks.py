"""Benchmarks: what others say an hour of home care costs or is paid."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from app.api.rates.pricing import Pricer
from app.api.rates.router import router
from app.usecases.rates.benchmarks import BenchmarksAnswer, held
from pricing.benchmarks import Kind


@router.get("/rates/benchmarks")
def list_benchmarks(
    _caller: Pricer,
    kind: Annotated[Kind | None, Query(description="All kinds when absent.")] = None,
    financial_year: Annotated[
        str | None, Query(pattern=r"^20\d\d-\d\d$", description="All years when absent.", examples=["2026-27"])
    ] = None,
    nation: Annotated[str | None, Query(max_length=20, description="All nations when absent.")] = None,
) -> BenchmarksAnswer:
    """The minimum price by year and nation, what councils pay, and medians of cost of care exercises, with sources.

    The answers of a price, a rate card and a proposal carry the nearest of these beside each rate.
    """
    return held(kind, financial_year, nation)
