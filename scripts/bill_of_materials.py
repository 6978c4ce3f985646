"""Write the software bill of materials: what runs, what is in the pages, and what builds and tests them.

    python -m scripts.bill_of_materials [FILE]        build/bom.cdx.json unless another file is named

CycloneDX 1.6, made from the locks alone: `requirements/base.txt` and what of `web/package-lock.json` goes into the
pages are required; everything else in the locks is marked as excluded from what runs.
"""

from __future__ import annotations

import base64
import importlib.metadata
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.version import code_version

ROOT = Path(__file__).resolve().parents[1]
PYTHON_LOCKS = ("base", "dev", "node", "mutants")
NODE_LOCKS = (Path("web"), Path("tests") / "security" / "provider")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)
_LONGEST_LICENCE = 100


class Part(NamedTuple):
    """One package of one version."""

    purl: PackageURL
    runs: bool
    licence: str | None
    integrity: str | None
    needs: tuple[str, ...]


def python_parts() -> Iterator[Part]:
    """Every package of the Python locks, whatever platform it is for."""
    seen: set[tuple[str, str]] = set()
    for lock in PYTHON_LOCKS:
        for name, version in _PIN.findall((ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")):
            key = (canonicalize_name(name), version)
            if key in seen:
                continue
            seen.add(key)
            known = _installed(*key)
            licence = None if known is None else _licence(known)
            needs = () if known is None else _needs(known)
            yield Part(PackageURL("pypi", None, *key), lock == "base", licence, None, needs)


def _installed(name: str, version: str) -> importlib.metadata.Distribution | None:
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    return found if found.version == version else None


def _licence(known: importlib.metadata.Distribution) -> str | None:
    said = known.metadata.get("License-Expression") or known.metadata.get("License")
    if said and len(said) <= _LONGEST_LICENCE and "\n" not in said:
        return said
    named = [line.rpartition(" :: ")[2] for line in known.metadata.get_all("Classifier") or [] if "License ::" in line]
    return named[0] if named else None


def _needs(known: importlib.metadata.Distribution) -> tuple[str, ...]:
    wanted = [Requirement(text) for text in known.requires or []]
    return tuple(
        sorted(
            {canonicalize_name(one.name) for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})}
        )
    )


def node_parts() -> Iterator[Part]:
    """Every package of the npm locks."""
    for folder in NODE_LOCKS:
        lock = json.loads((ROOT / folder / "package-lock.json").read_text("utf-8"))
        for path, entry in lock["packages"].items():
            if not path:
                continue
            scope, _, name = path.rpartition("node_modules/")[2].rpartition("/")
            runs = folder == NODE_LOCKS[0] and not entry.get("dev")
            needs = tuple(sorted(entry.get("dependencies", {})))
            purl = PackageURL("npm", scope or None, name, entry["version"])
            yield Part(purl, runs, entry.get("license"), entry.get("integrity"), needs)


def bill() -> Bom:
    """The bill of materials of this checkout."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    licences = LicenseFactory()
    bom = Bom()
    whole = Component(
        type=ComponentType.APPLICATION,
        name=project["name"],
        version=code_version(),
        bom_ref="patchwork",
        licenses=[licences.make_from_string(project["license"])],
    )
    bom.metadata.component = whole
    made: dict[str, tuple[Component, Part]] = {}
    for part in sorted({*python_parts(), *node_parts()}, key=lambda part: (not part.runs, part.purl.to_string())):
        reference = part.purl.to_string()
        if reference in made:  # in two locks: what runs comes first
            continue
        component = Component(
            type=ComponentType.LIBRARY,
            group=part.purl.namespace,
            name=part.purl.name,
            version=part.purl.version,
            purl=part.purl,
            bom_ref=reference,
            scope=ComponentScope.REQUIRED if part.runs else ComponentScope.EXCLUDED,
            licenses=[licences.make_from_string(part.licence)] if part.licence else [],
            hashes=list(_hashes(part.integrity)),
        )
        made[reference] = (component, part)
        bom.components.add(component)
    _relate(bom, whole, made)
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(sorted(made)))
    return bom


def _relate(bom: Bom, whole: Component, made: dict[str, tuple[Component, Part]]) -> None:
    by_name: dict[tuple[str, str], Component] = {}
    for component, part in made.values():
        full = f"{part.purl.namespace}/{part.purl.name}" if part.purl.namespace else part.purl.name
        by_name.setdefault((part.purl.type, full), component)
    for component, part in made.values():
        needed = [found for name in part.needs if (found := by_name.get((part.purl.type, name))) and found != component]
        bom.register_dependency(component, needed)
    bom.register_dependency(whole, [component for component, part in made.values() if part.runs])


def _hashes(integrity: str | None) -> Iterator[HashType]:

    for said in (integrity or "").split():
        kind, _, value = said.partition("-")
        if kind == "sha512":
            yield HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(value).hex())


def written(bom: Bom) -> dict[str, Any]:
    """The bill as JSON data."""
    found: dict[str, Any] = json.loads(JsonV1Dot6(bom).output_as_string())
    return found


def main() -> None:
    """Write the file."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "bom.cdx.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    found = written(bill())
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    runs = sum(1 for one in found["components"] if one.get("scope") == "required")
    print(f"Written: {path}, {len(found['components'])} packages, {runs} of them in what runs")


if __name__ == "__main__":
    main()
