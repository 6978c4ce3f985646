"""A next year is one file: with its figures in one new TOML, every question about the year is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from pricing import UnknownYearError, calibration, in_year, load_statutory, minimum_wage_tests, price, price_warnings
from pricing.banded_years import bands_in_year
from pricing.contract_index import IndexBook, IndexTerm
from pricing.contract_uplift import Basket, UpliftRule, uplift_rates
from pricing.statutory import library
from pricing.years import YearTerms

D = Decimal


def next_year(text: str) -> str:
    """The newest year's file a year on: every date and name moved, the National Living Wage raised to £13.20."""
    moved = re.sub(r"2026-27|20(25|26|27)(?=-\d\d)", _later, text)
    return moved.replace("value = 12.71", "value = 13.20")


def _later(found: re.Match[str]) -> str:
    return "2027-28" if found.group(0) == "2026-27" else str(int(found.group(0)) + 1)


@pytest.fixture
def with_next_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package's own folder of years with one more file in it."""
    for file in resources.files("pricing.statutory").iterdir():
        if file.name.endswith(".toml"):
            (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    newest = (tmp_path / "2026-27.toml").read_text(encoding="utf-8")
    (tmp_path / "2027-28.toml").write_text(next_year(newest), encoding="utf-8")
    real = resources.files
    monkeypatch.setattr(resources, "files", lambda name: tmp_path if name == "pricing.statutory" else real(name))
    library._shipped.cache_clear()
    yield
    monkeypatch.undo()
    library._shipped.cache_clear()


def test_without_the_file_the_year_is_refused() -> None:
    with pytest.raises(UnknownYearError, match="2027-28"):
        load_statutory().year("2027-28")


@pytest.mark.usefixtures("with_next_year")
def test_with_the_file_every_question_of_the_year_is_answered() -> None:
    known, figures = calibration(), load_statutory()
    year = figures.year("2027-28")
    assert (year.starts.isoformat(), year.ends.isoformat()) == ("2027-04-01", "2028-03-31")
    hours = YearTerms(
        wage="national-living",
        hours=known.weekly_hours.groups,
        pension_participation=known.weekly_hours.pension_participation,
    )
    moved = in_year(known.banded.base, "2027-28", terms=hours)
    assert moved.assumptions.wage_pounds_per_hour == D("13.20")
    assert {move.what for move in moved.moves} == {"moved", "held", "asked"}
    assert price(moved.assumptions).total > price(known.banded.base).total
    assert price_warnings(moved.assumptions) is not None
    assert bands_in_year(known.banded, "2027-28", hours).banded.base.financial_year == "2027-28"
    floor = year.only("national_living_wage_pounds_per_hour").value
    assert all(test.minimum_pounds_per_hour == floor for test in minimum_wage_tests({"": moved.assumptions}, floor))
    rule = UpliftRule(rate=Basket(terms=(IndexTerm(follows="national-living-wage"),)))
    (step,) = uplift_rates({"urban": D("25.00")}, ["2026-27", "2027-28"], rule, IndexBook(figures))
    assert step.bands[0].pounds_per_hour == D("25.96")
