"""A small day of made-up visits, for `--example` and the OpenAPI page. Nobody's data."""

from __future__ import annotations

from typing import Any

EXAMPLE_DAY: dict[str, Any] = {
    "visits": [
        {
            "id": "A breakfast",
            "easting": 442_600,
            "northing": 314_100,
            "earliest": 420,
            "latest": 570,
            "minutes": 45,
        },
        {
            "id": "B breakfast",
            "easting": 443_900,
            "northing": 313_300,
            "earliest": 430,
            "latest": 580,
            "minutes": 30,
            "carers": 2,
            "skills": ["hoist"],
        },
        {
            "id": "C breakfast",
            "easting": 441_200,
            "northing": 311_700,
            "earliest": 450,
            "latest": 600,
            "minutes": 30,
            "excluded_carers": ["carer 2"],
        },
        {
            "id": "A lunch",
            "easting": 442_600,
            "northing": 314_100,
            "earliest": 705,
            "latest": 780,
            "minutes": 30,
        },
    ],
    "carers": [
        {
            "id": "carer 1",
            "easting": 442_200,
            "northing": 313_600,
            "shift_start": 400,
            "shift_end": 870,
            "skills": ["hoist"],
            "breaks": [{"earliest": 600, "latest": 720, "minutes": 20}],
        },
        {
            "id": "carer 2",
            "easting": 444_800,
            "northing": 312_900,
            "shift_start": 400,
            "shift_end": 660,
            "skills": ["hoist"],
        },
    ],
}
"""Three people near Coalville and two carers; times are minutes after midnight."""
