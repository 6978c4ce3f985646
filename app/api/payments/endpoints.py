"""What providers were paid, read in from the council's ledger, and set against what was due."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, File, Path, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from app.api.brokerage import RegisterKeeper, RegisterReader, desk_of
from app.api.dependencies import AppServices
from app.api.openapi import problems
from app.api.waiting.reports import First, Last, days_of
from app.usecases.brokerage.payments import PaidGroup, import_payments, payments_report, remove_payments

router = APIRouter(prefix="/payments", tags=["providers"])


class ImportedPayments(BaseModel):
    """What came in."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"batch": "9f2c1a7be033", "payments": 2, "hours": 14.0, "pounds": "287.00"}]}
    )

    batch: str = Field(description="Of the file: by it the payments can be taken out again.")
    payments: int
    hours: float
    pounds: Decimal


class RemovedPayments(BaseModel):
    """What was taken out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"batch": "9f2c1a7be033", "payments": 2}]})

    batch: str
    payments: int


class PaidRow(BaseModel):
    """Paid beside due in one group; differences are paid less due."""

    provider_id: int | None
    provider: str | None
    zone: int | None
    zone_name: str | None
    request_id: int | None
    due_hours: float
    paid_hours: float
    difference_hours: float
    due_pounds: Decimal
    paid_pounds: Decimal
    difference_pounds: Decimal
    packages_without_a_price: int = Field(description="Held packages that no rate card priced: their hours are due.")


class PaidReport(BaseModel):
    """Paid beside due from a day to a day, both counted; the largest difference first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "first": "2026-03-02",
                    "last": "2026-03-08",
                    "by": "provider",
                    "items": [
                        {
                            "provider_id": 4,
                            "provider": "Synthetic Provider 04",
                            "zone": None,
                            "zone_name": None,
                            "request_id": None,
                            "due_hours": 14.0,
                            "paid_hours": 13.5,
                            "difference_hours": -0.5,
                            "due_pounds": "287.00",
                            "paid_pounds": "276.75",
                            "difference_pounds": "-10.25",
                            "packages_without_a_price": 0,
                        }
                    ],
                }
            ]
        }
    )

    first: date
    last: date
    by: str
    items: list[PaidRow]


@router.post("/files", status_code=201, responses=problems(_409="The file is in already."))
async def import_payment_file(
    caller: RegisterKeeper,
    services: AppServices,
    file: Annotated[
        UploadFile, File(description="CSV or XLSX with Provider, From, To, Hours and Pounds; Package where known.")
    ],
) -> ImportedPayments:
    """Keep the payments of a table, all of them or none; a file counts once."""
    content = await file.read()

    def work() -> dict[str, Any]:
        desk = desk_of(services, caller.council)
        with services.database.write() as session:
            return import_payments(session, desk, content, caller.name)

    return ImportedPayments.model_validate(await anyio.to_thread.run_sync(work))


@router.delete("/files/{batch}")
def remove_payment_file(
    batch: Annotated[str, Path(pattern="^[0-9a-f]{12,64}$")], caller: RegisterKeeper, services: AppServices
) -> RemovedPayments:
    """Take out the payments of one file again."""
    desk = desk_of(services, caller.council)
    with services.database.write() as session:
        return RemovedPayments(batch=batch, payments=remove_payments(session, desk, batch, caller.name))


@router.get("/against-due")
def report_payments(
    caller: RegisterReader,
    services: AppServices,
    first: First = None,
    last: Last = None,
    by: Annotated[PaidGroup, Query(description="What to group by.")] = "provider",
) -> PaidReport:
    """Hours and pounds paid beside those due, by provider, zone or package."""
    start, end = days_of(first, last)
    desk = desk_of(services, caller.council)
    with services.database.read() as session:
        rows = payments_report(session, desk, start, end, by)
    return PaidReport(first=start, last=end, by=by, items=[PaidRow.model_validate(row) for row in rows])
