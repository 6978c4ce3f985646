"""The bill of materials names everything that the locks install, and is CycloneDX."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest
from packaging.utils import canonicalize_name

from scripts.bill_of_materials import ROOT, bill, written


@pytest.fixture(scope="module")
def bom() -> dict[str, Any]:
    return written(bill())


def _missing(bom: dict[str, Any]) -> set[str]:
    """Whatever a lock installs for the running service and its pages, and the bill does not name as required."""
    named = {part["purl"] for part in bom["components"] if part["scope"] == "required"}
    wanted = set()
    for line in (ROOT / "requirements" / "base.txt").read_text("utf-8").splitlines():
        pin = re.match(r"([A-Za-z0-9._-]+)(?:\[.*\])?==([^\s;]+)", line)
        if pin:
            wanted.add(f"pkg:pypi/{canonicalize_name(pin[1])}@{pin[2].replace('+', '%2B')}")
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))
    for path, entry in lock["packages"].items():
        if path and not entry.get("dev"):
            name = path.rpartition("node_modules/")[2].replace("@", "%40")
            wanted.add(f"pkg:npm/{name}@{entry['version']}")
    assert len(wanted) > 100
    return wanted - named


def test_everything_that_runs_is_in_the_bill(bom: dict[str, Any]) -> None:
    assert _missing(bom) == set()


def test_a_bill_without_a_package_is_found_out(bom: dict[str, Any]) -> None:
    short = {**bom, "components": [part for part in bom["components"] if part["name"] != "fastapi"]}
    assert [purl.partition("@")[0] for purl in _missing(short)] == ["pkg:pypi/fastapi"]


def test_what_only_builds_and_tests_is_marked_so(bom: dict[str, Any]) -> None:
    scopes = {part["name"]: part["scope"] for part in bom["components"]}
    assert {scopes[name] for name in ("pytest", "esbuild", "oidc-provider", "playwright")} == {"excluded"}
    assert {scopes[name] for name in ("fastapi", "preact", "maplibre-gl", "authlib")} == {"required"}


def test_most_packages_state_their_licence_and_what_they_need(bom: dict[str, Any]) -> None:
    runs = [part for part in bom["components"] if part["scope"] == "required"]
    without = sorted(part["name"] for part in runs if not part.get("licenses"))
    assert len(without) < len(runs) / 10, without
    needs = {entry["ref"]: entry.get("dependsOn", []) for entry in bom["dependencies"]}
    (fastapi,) = [part["bom-ref"] for part in runs if part["name"] == "fastapi"]
    assert any("starlette" in needed for needed in needs[fastapi])


def test_the_bill_is_of_the_stated_form(bom: dict[str, Any]) -> None:
    folder = files("cyclonedx.schema") / "_res"
    schemas = {
        name: json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text("utf-8"))
        for name in ("bom-1.6", "spdx", "jsf-0.82")
    }
    whole = schemas["bom-1.6"]
    found = jsonschema_rs.Registry(
        [(f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json", schema) for name, schema in schemas.items()]
    )
    jsonschema_rs.validator_for(whole, registry=found).validate(bom)
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validator_for(whole, registry=found).validate({**bom, "specVersion": 7})


def test_the_same_locks_give_the_same_bill(bom: dict[str, Any]) -> None:
    again = written(bill())
    assert again["serialNumber"] == bom["serialNumber"]
    assert again["components"] == bom["components"]
