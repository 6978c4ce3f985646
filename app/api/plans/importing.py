"""Plans drawn elsewhere: as JSON, or as a file of postcodes, areas or shapes."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Body, File, Form, Response, UploadFile
from fastapi.responses import JSONResponse

from app.api.dependencies import AppServices, Services
from app.api.jobs.schemas import JobView
from app.api.plans.access import Analyst, PlanSummary
from app.ingest.plan_files import read_plan_file
from app.json_value import JsonObject
from app.security.keys import Principal
from app.usecases.plans.imports.import_file import needs_job, plan_file_import
from app.usecases.plans.imports.import_plan import PlanImport, import_plan, keep_plan, rules_from_json

router = APIRouter()


class ImportedPlan(PlanSummary):
    """An imported plan, and what was made of its file.

    `report` counts postcodes passed over (and names the first), outvoted in their area and snapped; it names zones in
    pieces and rules broken, and has what the plan costs.
    """

    report: JsonObject


@router.post("/imports", status_code=201)
def import_plan_table(
    request: Annotated[PlanImport, Body()], caller: Analyst, services: AppServices, response: Response
) -> ImportedPlan:
    """Keep a plan drawn elsewhere as a draft: a zone for every area, by area or by postcode."""
    with services.database.write() as session:
        plan = import_plan(session, caller.council, request, services.settings, caller.name)
        view = ImportedPlan.model_validate(plan)
    response.headers["location"] = f"/v1/plans/{view.id}"
    return view


@router.post(
    "/imports/file",
    status_code=201,
    response_model=ImportedPlan,
    responses={202: {"model": JobView, "description": "The shapes have many corners; they are read as a job."}},
)
def import_plan_file(
    caller: Analyst,
    services: AppServices,
    response: Response,
    file: Annotated[UploadFile, File(description="CSV, GeoJSON, GeoPackage, FlatGeobuf or a zipped Shapefile.")],
    name: Annotated[str, Form(min_length=1, max_length=120)],
    layer: Annotated[str | None, Form(max_length=200, description="Which layer of a GeoPackage.")] = None,
    snap_metres: Annotated[
        float, Form(ge=0, le=1000, description="A postcode outside every shape goes to the nearest one this near.")
    ] = 0,
    rules: Annotated[
        str | None, Form(max_length=1_000_000, description="Rules that it is to keep, as JSON: see `rules` of imports.")
    ] = None,
) -> ImportedPlan | JSONResponse:
    """Keep a plan drawn elsewhere as a draft: a table of postcodes or areas with their zone, or the zones' shapes.

    Of shapes, every live postcode goes to the zone it lies in, and an area to that of most of its postcodes. Postcodes
    in no zone or in several are listed, and nothing is kept. Files that this service exports can be read back.
    """
    content, asked = file.file.read(), rules_from_json(rules)
    if needs_job(content):
        return _as_job(
            services,
            caller,
            content,
            (file.filename or "plan")[-200:],
            name=name,
            layer=layer or None,
            snap_metres=snap_metres,
            rules=asked.model_dump(mode="json", exclude_defaults=True) if asked else None,
        )
    given = read_plan_file(content, layer or None)
    with services.database.write() as session:
        plan = keep_plan(
            session,
            caller.council,
            name,
            given,
            services.settings,
            caller.name,
            snap_metres=snap_metres,
            rules=asked,
        )
        view = ImportedPlan.model_validate(plan)
    response.headers["location"] = f"/v1/plans/{view.id}"
    return view


def _as_job(services: Services, caller: Principal, content: bytes, filename: str, **asked: Any) -> JSONResponse:
    with services.database.write() as session:
        request = plan_file_import(
            session, caller.council, content, filename, caller.name, asked=uuid.uuid4().hex, **asked
        )
        job = services.jobs.submit_in(session, "import-plan", request, caller.council, caller.name)
        view = JobView.model_validate(job)
    return JSONResponse(view.model_dump(mode="json"), status_code=202, headers={"location": f"/v1/jobs/{job.id}"})
