"""Times and days as programs write them: read as what they mean, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from app.ingest.package_fields import clock_minutes, day


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("07:30", 450), ("30:15", 1815), ("30:15:00", 1815), ("168:00", 10_080), ("-01:00", -60),
        ("1 day, 6:15:00", 1815), ("1 days 06:15:00", 1815), ("2 days, 0:00:00", 2880), ("0 days 07:30:00", 450),
        ("1 days 06:15:00.000000", 1815), ("PT30H15M", 1815), ("P1DT6H15M", 1815), ("PT450M", 450),
        ("1900-01-01 06:15:00", 1815), ("1899-12-30 07:30:00", 450), ("1900-03-01 00:00:00", 61 * 1440),
        ("1904-01-02 06:15:00", 1815),
        ("1899-12-31 06:15:00", None), ("-1 day, 23:00:00", None), ("P1M", None), ("P", None), ("PT", None),
        ("07:75", None), ("1901-01-01 06:15:00", None), ("2026-06-30 07:30:00", None), ("soon", None), ("", None),
    ],
)  # fmt: skip
def test_lengths_of_time_past_a_day_are_read_in_every_form_of_them(written: str, minutes: float | None) -> None:
    assert clock_minutes(written) == minutes


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-07-01", "2026-07-01"), ("2026-07-01 00:00:00", "2026-07-01"), ("2026-06-30 23:00:00", "2026-06-30"),
        ("2026-06-30T23:00:00Z", "2026-07-01"), ("2026-06-30T23:00:00.000Z", "2026-07-01"),
        ("2026-06-30T23:00:00.0000000Z", "2026-07-01"), ("2026-06-30 23:00:00+00:00", "2026-07-01"),
        ("2026-06-30 23:00:00 UTC", "2026-07-01"), ("2026-06-30T23:00:00+0000", "2026-07-01"),
        ("2026-06-30 23:00:00+00", "2026-07-01"), ("2026-01-31T23:00:00Z", "2026-01-31"),
        ("2026-07-01T00:00:00+01:00", "2026-07-01"), ("01/07/2026", "2026-07-01"),
        ("2026-02-30", None), ("2026-06-30T25:00:00Z", None), ("2026-06-30 23:00:00 BST", None), ("tomorrow", None),
    ],
)  # fmt: skip
def test_the_day_of_an_instant_is_the_british_one(written: str, meant: str | None) -> None:
    found = day(["%d/%m/%Y"])(written)
    assert found == (None if meant is None else np.datetime64(meant, "s"))
