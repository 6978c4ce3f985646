"""A spreadsheet of postcodes in, the same spreadsheet back with columns added."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, File, Query, Response, UploadFile

from app.api.dependencies import AppServices
from app.api.postcodes.endpoints import LookUpCaller
from app.exports.files import MEDIA_TYPES
from app.exports.filled_list import FilledList, fill_list
from app.lookup.answers import look_up

router = APIRouter(prefix="/postcodes", tags=["postcodes"])
_FILES = tuple(MEDIA_TYPES[form].split(";")[0] for form in ("csv", "xlsx"))


@router.post(
    "/lookup/file",
    response_class=Response,
    responses={
        200: {
            "description": "The same file with columns added.",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _FILES},
        }
    },
)
async def fill_list_of_postcodes(
    _caller: LookUpCaller,
    services: AppServices,
    file: Annotated[UploadFile, File(description="CSV or XLSX with a column of postcodes, at most 10,000 rows.")],
    minutes: Annotated[int, Query(ge=5, le=1440, description="Length of the visit whose rate is added.")] = 30,
    column: Annotated[
        str | None, Query(max_length=200, description="Header of the column of postcodes; found by name when absent.")
    ] = None,
) -> Response:
    """Give a spreadsheet of postcodes back with zone, band, rate and remarks added; nothing of it is kept."""
    index, today = services.lookup.index, date.today()  # noqa: DTZ011 - rate cards run by the local calendar
    content = await file.read()

    def work() -> FilledList:
        return fill_list(
            content,
            lambda text: look_up(text, index, services.directory(), today),
            minutes=minutes,
            column=column,
        )

    filled = await anyio.to_thread.run_sync(work)
    return Response(
        filled.content,
        media_type=filled.media_type,
        headers={
            "content-disposition": f'attachment; filename="postcodes-with-zones.{filled.form}"',
            "cache-control": "no-store",
        },
    )
