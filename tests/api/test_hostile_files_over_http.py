"""Files made to stop the service, sent to every address that takes one: each is refused, the next is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.inprocess import InProcess
from tests.ingest import hostile_files as hostile

FILES: dict[str, Callable[[], bytes]] = {
    "a value in the last cell": hostile.far_cell,
    "entities of entities": hostile.entities,
    "a workbook without end": lambda: hostile.bomb("xl/worksheets/sheet1.xml"),
    "a map without end": lambda: hostile.bomb("zones.shp"),
    "bytes of nothing": lambda: b"PAR1" + bytes(range(256)) * 8,
}
FIELDS: dict[str, Any] = {"taken_on": "2026-11-01", "name": "Hostile", "label": "Hostile", "wait_seconds": "0"}


def doors(county: InProcess) -> Iterator[tuple[str, str]]:
    """Every address that takes a file, and the field it comes in, from the OpenAPI document."""
    document = county.app.openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            form = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
            if form is None or method != "post":
                continue
            schema = form["schema"]
            name = schema.get("$ref", "").rpartition("/")[2]
            fields = (document["components"]["schemas"][name] if name else schema)["properties"]
            if "file" in fields:
                yield path, "file"


@pytest.mark.parametrize("kind", sorted(FILES))
def test_every_address_that_takes_a_file_refuses_it_and_answers_the_next_request(county: InProcess, kind: str) -> None:
    content, asked = FILES[kind](), list(doors(county))
    assert len(asked) >= 7
    for path, field in asked:
        reply = county.client.post(
            path, files={field: ("file.xlsx", content)}, data=FIELDS, headers=county.bearer("admin")
        )
        if reply.status_code == 202:
            continue  # a job reads it
        if path.endswith("/checks") and reply.status_code == 200:
            assert reply.json()["loads"] is False
            assert reply.json()["findings"][0]["expected"]
        else:
            assert 400 <= reply.status_code < 500, (path, reply.text)
            assert reply.json()["detail"]
        assert county.get("/v1/meta").status == 200


def test_a_map_of_many_corners_is_read_as_a_job(county: InProcess) -> None:
    ring = [[-1.0 - i / 1e6, 52.5 + (i % 7) / 1e6] for i in range(300_000)]
    content = (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A","number":1},"geometry":'
        b'{"type":"Polygon","coordinates":[' + str([*ring, ring[0]]).encode() + b"]}}]}"
    )
    reply = county.client.post(
        "/v1/plans/imports/file",
        files={"file": ("map.geojson", content)},
        data={"name": "Many corners"},
        headers=county.bearer("analyst"),
    )
    assert reply.status_code == 202, reply.text
    assert reply.json()["kind"] == "import-plan"
    assert reply.headers["location"] == f"/v1/jobs/{reply.json()['id']}"


def test_a_map_of_millions_of_corners_is_refused_at_once(county: InProcess) -> None:
    reply = county.client.post(
        "/v1/plans/imports/file",
        files={"file": ("map.geojson", hostile.many_corners())},
        data={"name": "Millions"},
        headers=county.bearer("analyst"),
    )
    assert reply.status_code == 413
    assert "points" in reply.json()["detail"]
