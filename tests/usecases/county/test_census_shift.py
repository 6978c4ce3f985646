"""What the official classes of 2021 move against those of 2011: loaded from a directory, asked for by command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.demand import current_snapshot
from app.usecases.bands.census_shift import census_shift
from app.usecases.bands.shift_pounds import NO_RATES
from app.usecases.demand.gate import Audience
from tests.cli.test_cli_on_the_county import Terminal
from tests.databases import blank_installation
from tests.usecases.county.test_import_postcodes import directory

_COLUMNS = (
    "reference,postcode,service_type,hours_per_week,visits,carers_per_visit,start_date,end_date,waiting_since,provider"
)
PACKAGES = f"""{_COLUMNS}
A1,LE15 6AA,maintenance,7.0,30x14,1,2025-01-06,,,Provider A
A2,LE15 6DD,maintenance,14.0,60x14,1,2025-01-06,,,Provider A
A3,LE15 6JJ,maintenance,3.5,30x7,1,2025-01-06,,,Provider A
A4,ZZ99 3VZ,maintenance,3.5,30x7,1,2025-01-06,,,Provider A
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with blank_installation("sqlite", tmp_path) as installation, pytest.MonkeyPatch.context() as patch:
        yield Terminal(installation, patch)


def test_areas_people_and_hours_move_between_the_censuses_by_district(terminal: Terminal, tmp_path: Path) -> None:
    nothing = terminal.run("bands", "shift", "--census")
    assert nothing.exit_code != 0
    file = directory(
        tmp_path,
        ruc11ind=["D1"] * 6 + ["E1"] * 2,
        ruc21ind=["UN1"] * 2 + ["RLN1"] * 4 + ["Z9"] * 2,
    )
    terminal.data("import", "postcodes", str(file), "--council", "Rutland")
    extract = tmp_path / "packages.csv"
    extract.write_text(PACKAGES)
    terminal.data(
        "import", "packages", str(extract), "--taken-on", "2026-11-01", "--set-aside", "no-fixed-abode"
    )  # what is set aside is told beside every total
    done = terminal.data("bands", "shift", "--census")
    assert (done["areas"], done["areas_without_both"]) == (2, 1)
    assert done["set_aside"]["packages"] == 1
    rows = [
        (row["district"], row["from_band"], row["to_band"], row["areas"], row["people"], row["hours_per_week"])
        for row in done["items"]
    ]
    assert rows == [("Rutland", "fringe", "urban", 1, 1, 7.0), ("Rutland", "fringe", "fringe", 1, 1, 14.0)]
    text = terminal.run("bands", "shift", "--census").output
    assert "Set aside and in no total: 1 packages" in text

    installation = terminal.installation
    with installation.database.read() as session:
        snapshot = current_snapshot(session, installation.settings.council)
        assert snapshot is not None
        outside = Audience(exact=False, threshold=5, secret=b"s" * 32)
        told = census_shift(session, installation.settings.council, installation.settings, snapshot, NO_RATES, outside)
    assert [(row["areas"], row["people"], row["hours_per_week"]) for row in told["items"]] == [(1, None, None)] * 2
