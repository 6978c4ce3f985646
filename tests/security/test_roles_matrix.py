"""Who may do what: every cell of the roles table, asked of every route of the running application."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.main import create_app
from app.security.roles import MATRIX, Permission, Role
from app.storage.decisions import published, save_band_run
from app.storage.models import BandRun
from tests.api.inprocess import InProcess
from tests.databases import settings_for

NOBODY = "999999999"
VALUES = {
    "postcode": "LE67 3AP",
    "area_id": "E00131502",
    "job_id": "no-such-job",
    "form": "csv",
    "name": "no-such-name",
}


def _permissions(dependant: Dependant) -> Iterator[Permission]:
    found = getattr(dependant.call, "permission", None)
    if found is not None:
        yield found
    for inner in dependant.dependencies:
        yield from _permissions(inner)


def _routes(app: FastAPI) -> list[tuple[str, str, APIRoute]]:
    return [
        (method, context.path, context.original_route)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute) and context.path.startswith("/v1")
        for method in sorted(context.original_route.methods)
    ]


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, APIRoute]]:
    app = create_app(settings_for(tmp_path_factory.mktemp("routes"), None))
    found = _routes(app)
    published_paths = {
        (method.upper(), path)
        for path, item in app.openapi()["paths"].items()
        for method in item
        if path.startswith("/v1")
    }
    assert {(method, path) for method, path, _ in found} >= published_paths
    assert len(found) > 40
    return found


def test_every_route_needs_exactly_one_permission(routes: list[tuple[str, str, APIRoute]]) -> None:
    for method, path, route in routes:
        assert len(set(_permissions(route.dependant))) == 1, f"{method} {path} needs no permission, or several"


def test_every_permission_opens_a_route_or_more_of_one(routes: list[tuple[str, str, APIRoute]]) -> None:
    used = {permission for _, _, route in routes for permission in _permissions(route.dependant)}
    # Seeing drafts widens what reading routes show; it opens the list of overrides as well.
    assert used == set(Permission)


def test_every_cell_of_the_table_is_what_the_service_does(
    county: InProcess, routes: list[tuple[str, str, APIRoute]]
) -> None:
    wrong = []
    for method, path, route in routes:
        (permission,) = set(_permissions(route.dependant))
        values = {name: VALUES.get(name, NOBODY) for name in (param.name for param in route.dependant.path_params)}
        address = path.format(**values)
        for role in [None, *Role]:
            headers = county.bearer(role) if role else {}
            county.client.cookies.clear()  # signing in leaves a session that would stand for the next caller
            status = county.client.request(method, address, headers=headers).status_code
            if role is None:
                well = status == 401
            elif permission in MATRIX[role]:
                well = status not in {401, 403} and status < 500
            else:
                well = status == 403
            if not well:
                wrong.append((method, path, role, permission.value, status))
    assert wrong == []


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer wrong", "Bearer pwpage.x.1.sig", "Bearer pwpage.é.1.é"],
)
def test_what_is_no_key_gets_401_and_how_to_send_one(county: InProcess, header: str) -> None:
    for path in ("/v1/meta", "/v1/postcodes/LE67 3AP"):
        reply = county.client.get(path, headers={"Authorization": header.encode("latin-1")})
        assert reply.status_code == 401, reply.text
        assert reply.headers["www-authenticate"].startswith("Bearer")
        assert reply.headers["content-type"] == "application/problem+json"
        assert "Authorization: Bearer <key>" in reply.json()["detail"]


def test_a_refusal_names_the_permission_that_is_missing(county: InProcess) -> None:
    body = county.client.post("/v1/keys", headers=county.bearer("analyst"), json={}).json()
    assert (body["permission"], body["role"]) == ("keys:manage", "analyst")
    assert "keys:manage" in body["detail"]


@pytest.fixture(scope="module")
def drafts(county: InProcess) -> dict[str, int]:
    """A plan, a card and a classification that nobody published, and areas they are about."""
    plans = county.get("/v1/plans?status=draft", "analyst").json()["items"]
    example = next(iter(county.app.openapi()["paths"]["/v1/rate-cards"]["post"]["requestBody"]["content"].values()))[
        "examples"
    ]["four bands"]["value"]
    card = county.client.post(
        "/v1/rate-cards", json={**example, "name": "A secret draft"}, headers=county.bearer("analyst")
    ).json()
    with county.installation.database.write() as session:
        standing = published(session, BandRun, "leicestershire")
        area = {
            "area_id": VALUES["area_id"],
            "band": "isolated",
            "rule_band": "isolated",
            "rule": "a draft",
            "decided_by": "rule",
            "why": "a draft",
            "features": {},
            "explanation": {},
        }
        run = save_band_run(
            session,
            "leicestershire",
            scheme="settlement",
            scheme_version="draft",
            areas=[area],
            parameters={},
            provenance={},
            actor="tests",
        )
        assert standing.id != run.id
        return {"plan": plans[0]["id"], "card": card["id"], "run": run.id}


@pytest.mark.parametrize("role", ["viewer", "broker"])
def test_what_is_not_published_is_not_there_for_those_who_only_look(
    county: InProcess, drafts: dict[str, int], role: str
) -> None:
    plan, card, run = drafts["plan"], drafts["card"], drafts["run"]
    in_force = county.get("/v1/meta", role).json()["rate_card"]["id"]
    for hidden in (
        f"/v1/plans/{plan}",
        f"/v1/plans/{plan}/areas",
        f"/v1/plans/{plan}/zones.geojson",
        f"/v1/postcodes/LE67 3AP?plan_id={plan}",
        f"/v1/demand/totals?by=zone&plan_id={plan}",
        f"/v1/rate-cards/{card}",
        f"/v1/rate-cards/difference?before_id={in_force}&after_id={card}",
        f"/v1/rate-cards/difference?before_id={card}&after_id={in_force}",
    ):
        assert county.get(hidden, role).status == 404, hidden
        assert county.get(hidden, "analyst").status == 200, hidden
    explained = f"/v1/bands/areas/{VALUES['area_id']}?run_id={run}"
    assert county.get(explained, role).status in {404, 409}
    assert county.get(explained, "analyst").json()["why"] == "a draft"
    for listing in ("plans", "rate-cards", "bands/runs"):
        shown = county.get(f"/v1/{listing}", role).json()["items"]
        assert {item["status"] for item in shown} == {"published"}, listing
        assert county.get(f"/v1/{listing}?status=draft", role).json()["items"] == []
        assert "draft" in {item["status"] for item in county.get(f"/v1/{listing}", "analyst").json()["items"]}


def test_totals_by_area_are_for_those_who_may_see_exact_ones(county: InProcess) -> None:
    for role in Role:
        status = county.get("/v1/demand/totals?by=area_id", role.value).status
        assert status == (200 if Permission.DEMAND_EXACT in MATRIX[role] else 403)


def test_only_brokers_and_administrators_see_single_packages(county: InProcess) -> None:
    snapshot = county.get("/v1/meta").json()["snapshot"]["id"]
    for role in Role:
        reply = county.get(f"/v1/demand/snapshots/{snapshot}/packages?limit=3", role.value)
        if role in {Role.BROKER, Role.ADMIN}:
            assert reply.status == 200
            assert len(reply.json()["items"]) == 3
            assert reply.headers["cache-control"] == "no-store"
        else:
            assert reply.status == 403
            assert b"LE" not in json.dumps(reply.json()["detail"]).encode()


def test_the_plan_a_viewer_sees_holds_no_exact_hours(county: InProcess) -> None:
    plan = county.get("/v1/meta").json()["plan"]["id"]
    exact, seen = county.get(f"/v1/plans/{plan}", "commissioner").json(), county.get(f"/v1/plans/{plan}").json()
    assert exact["report"]["hours_by_zone"]
    assert seen["parameters"] == {}
    assert "hours_by_zone" not in seen["report"]
    assert "text" not in seen["report"]
