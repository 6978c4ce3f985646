"""Councils of Great Britain by name and code."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from app.api.dependencies import require
from app.api.pagination import Page, PageCursor, PageLimit, cursor_value, page_of
from app.ingest.national import councils
from app.security.keys import Principal
from app.security.roles import Permission
from geo.councils import Council, plain_name

router = APIRouter(tags=["areas"])
Viewer = Annotated[Principal, Depends(require(Permission.LOOK_UP))]


class DistrictView(BaseModel):
    """A district, by a code of today or of an earlier year."""

    code: str = Field(examples=["E07000134"])
    name: str = Field(examples=["North West Leicestershire"])
    former: bool = Field(description="Whether the code is no longer in use.")


class CouncilView(BaseModel):
    """A council and the codes that postcode files know it by."""

    name: str = Field(examples=["Leicestershire"])
    kind: str = Field(description="`council` for one authority, `county` for a county with its districts.")
    districts: list[DistrictView]


@router.get("/councils", summary="List the councils of Great Britain")
def list_councils_of_britain(
    _caller: Viewer,
    limit: PageLimit = 100,
    cursor: PageCursor = None,
    name: Annotated[str | None, Query(max_length=80, description="Part of a council's or district's name.")] = None,
) -> Page[CouncilView]:
    """Councils by name, each with its districts' codes of today and of earlier years."""
    after = cursor_value(cursor, "row", int)
    found = [council for council in councils().every() if name is None or _named(council, name)]
    start = 0 if after is None else after
    rows = [(start + offset + 1, council) for offset, council in enumerate(found[start : start + limit + 1])]
    return page_of(rows, limit, lambda row: view(row[1]), lambda row: {"row": row[0]})


def view(council: Council) -> CouncilView:
    """A council as the API shows it."""
    now = set(council.codes)
    districts = [DistrictView(code=code, name=name, former=code not in now) for code, name in council.districts.items()]
    return CouncilView(name=council.name, kind=council.kind, districts=districts)


def _named(council: Council, text: str) -> bool:
    wanted = plain_name(text)
    return any(wanted in plain_name(name) for name in (council.name, *council.districts.values()))
