"""``patchwork price``: for programs, for people, and plain about what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from app.api.rates.examples import PRICE_EXAMPLE
from app.cli.main import app

INPUT: dict[str, Any] = PRICE_EXAMPLE["urban"]["value"]


def run(*words: str, sent: Any = None) -> Any:
    return CliRunner().invoke(app, ["price", *words], input=None if sent is None else json.dumps(sent))


def test_a_file_is_priced_as_json_with_numbers(tmp_path: Path) -> None:
    file = tmp_path / "input.json"
    file.write_text(json.dumps(INPUT))
    done = run("--input", str(file), "--json")
    assert done.exit_code == 0, done.output
    rate = json.loads(done.stdout)
    assert rate["total"] == 18.75
    assert round(sum(line["pounds_per_contact_hour"] for line in rate["lines"]), 8) == rate["unrounded"]
    assert {"name", "pounds_per_contact_hour"} <= set(rate["lines"][0])
    assert [visit["minutes"] for visit in rate["by_visit_length"]] == [15, 30, 45, 60]
    assert {"minutes", "pounds_per_hour", "pounds_per_visit"} <= set(rate["by_visit_length"][0])


def test_wrong_input_ends_with_two_and_names_field_value_and_range() -> None:
    done = run("--input", "-", sent=INPUT | {"wage_pounds_per_hour": -1, "wages": 9})
    assert done.exit_code == 2
    assert "wage_pounds_per_hour: found -1, expected more than 0, at most 200" in done.stderr
    assert "wages: found 9, expected no such field" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--year", "2031-32"), "2019-20 to 2026-27"),
        (("--year", "2026-27", "--wage", "minimum"), "real-living-london"),
        (("--wage", "real-living"), "--year"),
        ((), "--input"),
        (("--input", "/nowhere/input.json"), "/nowhere/input.json"),
    ],
)
def test_what_cannot_be_done_ends_with_two(words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_year_and_a_wage_price_the_calibration_or_the_input() -> None:
    alone = json.loads(run("--year", "2026-27", "--wage", "real-living", "--json").stdout)
    assert alone["assumptions"]["wage_pounds_per_hour"] == 13.45
    assert "inference" in alone["assumptions"]["label"]
    assert alone["held"] == ["business.pounds_per_contact_hour"]
    ours = INPUT | {"business": {"share_of_price": 0.27}}
    london = json.loads(
        run("--input", "-", "--year", "2026-27", "--wage", "real-living-london", "--json", sent=ours).stdout
    )
    assert london["assumptions"]["wage_pounds_per_hour"] == 14.80
    assert london["conventions"]["business"] == "share_of_price"
    assert london["held"] == []
    applied = {item["field"] for item in london["applied"]}
    assert {"on_costs.employer_ni", "on_costs.pension"} <= applied
    assert "travel.pence_per_mile" not in applied


def test_the_schema_and_the_example_belong_together() -> None:
    schema, example = json.loads(run("--schema").stdout), json.loads(run("--example").stdout)
    assert set(example) <= set(schema["properties"])
    assert json.loads(run("--input", "-", "--json", sent=example).stdout)["total"] == 18.75


def test_files_and_words_hold_the_same_price(tmp_path: Path) -> None:
    book, table = tmp_path / "price.xlsx", tmp_path / "annex-a.csv"
    done = run("--input", "-", "--explain", "--xlsx", str(book), "--csv", str(table), sent=INPUT)
    assert "The price is £18.75 for an hour of contact time." in done.stdout
    rows = openpyxl.load_workbook(book, data_only=True)["Build-up"].iter_rows()
    assert {row[0].value: row[2].value for row in rows}["Total, rounded"] == 18.75
    assert "Total careworker costs" in table.read_text(encoding="utf-8-sig")
