"""Proposals for new councils: as JSON has them, and read from a CSV file."""

from __future__ import annotations

import csv
import io
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.problems import invalid_input
from app.usecases.plans.measure.rules.wanted import Place

COLUMNS = ("proposal", "council", "district_code")
PARTS = ("whole", "part")
EXAMPLE: dict[str, Any] = {
    "proposals": [
        {
            "name": "north and south",
            "councils": [
                {"name": "North", "places": ["E07000130", "E07000133", "E07000134", "E06000017"]},
                {"name": "South", "places": ["E07000129", "E07000131", "E07000132", "E07000135"]},
            ],
        }
    ]
}


class CouncilProposed(BaseModel):
    """A new council and what it takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120)
    places: list[Place] = Field(
        default=[],
        max_length=10_000,
        description="What is wholly its own: districts and areas by code, towns and villages by name. The narrower "
        "place goes before the wider.",
    )
    parts: list[Place] = Field(
        default=[], max_length=200, description="Districts of which it takes a part. What no place claims is undecided."
    )

    @model_validator(mode="after")
    def _takes_something(self) -> CouncilProposed:
        if not self.places and not self.parts:
            raise ValueError("places: expected one at least, or parts")
        return self


class ReorganisationProposal(BaseModel):
    """One way to part a county among new councils."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120)
    councils: list[CouncilProposed] = Field(min_length=1, max_length=40)

    @model_validator(mode="after")
    def _names_of_their_own(self) -> ReorganisationProposal:
        if len({council.name for council in self.councils}) < len(self.councils):
            raise ValueError("councils: two of them have the same name")
        return self


class ReorganisationRequest(BaseModel):
    """Proposals to report on."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE]})

    proposals: list[ReorganisationProposal] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _names_of_their_own(self) -> ReorganisationRequest:
        if len({proposal.name for proposal in self.proposals}) < len(self.proposals):
            raise ValueError("proposals: two of them have the same name")
        return self


def read_proposals(text: str) -> ReorganisationRequest:
    """Proposals of a CSV file with the columns proposal, council, district_code and, if wanted, part.

    Args:
        text: The file. ``district_code`` may hold the code of an area or the name of a town too; ``part`` is ``whole``
            or ``part``, and whole where it is left out.

    Raises:
        Problem: a column is missing or a row is wrong; names the row and the column.
        ValidationError: two of a kind have one name, or there are too many.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        found = ", ".join(rows.fieldnames or ()) or "nothing"
        raise invalid_input(
            f"Columns: found {found}; expected {', '.join(COLUMNS)}.",
            errors=[{"row": 1, "column": name, "message": "is missing"} for name in missing],
        )
    held: dict[str, dict[str, dict[str, list[str]]]] = {}
    for row in rows:
        proposal, council, place = (_cell(row, name, rows.line_num) for name in COLUMNS)
        part = (row.get("part") or PARTS[0]).strip().casefold()
        if part not in PARTS:
            raise _wrong(rows.line_num, "part", f"found {part!r}, expected {' or '.join(PARTS)}")
        takes = held.setdefault(proposal, {}).setdefault(council, {"places": [], "parts": []})
        takes["parts" if part == "part" else "places"].append(place)
    if not held:
        raise invalid_input("The file has no rows: expected one for each district of each new council.")
    return ReorganisationRequest.model_validate(
        {
            "proposals": [
                {"name": name, "councils": [{"name": council, **takes} for council, takes in councils.items()]}
                for name, councils in held.items()
            ]
        }
    )


def _cell(row: dict[str, str | None], name: str, line: int) -> str:
    text = (row.get(name) or "").strip()
    if not text:
        raise _wrong(line, name, "found nothing, expected a value")
    return text


def _wrong(line: int, column: str, message: str) -> Exception:
    return invalid_input(
        f"Row {line}, {column}: {message}.", errors=[{"row": line, "column": column, "message": message}]
    )
