"""No dependency has a known fault, save those accepted with a reason for a while; said aloud where nobody can tell."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.docs.blocks import ROOT
from tests.node import find_node

ACCEPTED = Path(__file__).parent / "accepted.toml"
LOCKS = ("base", "dev")
NODE_LOCKS = (ROOT / "web", ROOT / "tests" / "security" / "provider")
MEMBERS = {"id", "package", "reason", "until"}


class Fault(NamedTuple):
    """A known fault in a package."""

    package: str
    ids: frozenset[str]


def accepted(entries: list[dict[str, Any]], today: date) -> set[str]:
    """Ids that may stay today.

    Raises:
        ValueError: An entry lacks its reason or its last day.
    """
    for entry in entries:
        if set(entry) != MEMBERS or len(entry["reason"]) < 20 or not isinstance(entry["until"], date):
            raise ValueError(f"{entry}: expected id, package, a reason in words, and until as a day")
    return {entry["id"] for entry in entries if entry["until"] >= today}


def remaining(faults: list[Fault], may_stay: set[str]) -> list[str]:
    """The faults that are not accepted."""
    return sorted(f"{fault.package}: {', '.join(sorted(fault.ids))}" for fault in faults if not fault.ids & may_stay)


def _may_stay() -> set[str]:
    return accepted(tomllib.loads(ACCEPTED.read_text("utf-8"))["accepted"], datetime.now(UTC).date())


def read_pip_audit(said: str) -> tuple[list[Fault], list[str]]:
    """Faults, and the packages that nothing is known of, from pip-audit's JSON."""
    packages = json.loads(said)["dependencies"]
    faults = [
        Fault(package["name"], frozenset({fault["id"], *fault.get("aliases", [])}))
        for package in packages
        for fault in package.get("vulns", [])
    ]
    return faults, [package["name"] for package in packages if "skip_reason" in package]


def read_npm_audit(said: str) -> list[Fault] | None:
    """Faults from npm's JSON; None where npm could not ask."""
    found = json.loads(said)
    if "vulnerabilities" not in found:
        return None
    faults = []
    for name, entry in found["vulnerabilities"].items():
        ids = {str(via["url"]).rpartition("/")[2] for via in entry["via"] if isinstance(via, dict) and "url" in via}
        if ids:  # the others are shown for what they need, which is listed itself
            faults.append(Fault(name, frozenset(ids)))
    return faults


@pytest.mark.slow
@pytest.mark.parametrize("lock", LOCKS)
def test_no_python_package_has_a_known_fault(lock: str) -> None:
    command = [sys.executable, "-m", "pip_audit", "-r", str(ROOT / "requirements" / f"{lock}.txt"), "--no-deps"]
    command += ["--disable-pip", "--timeout", "15", "--progress-spinner", "off", "-f", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        faults, unknown = read_pip_audit(done.stdout)
    except (ValueError, subprocess.TimeoutExpired):
        pytest.skip("pip-audit cannot reach its data here: nothing is known of the Python packages")
    assert remaining(faults, _may_stay()) == []
    if unknown:
        pytest.skip(f"pip-audit's source knows nothing of {len(unknown)} packages here, such as {unknown[0]}")


@pytest.mark.slow
@pytest.mark.parametrize("folder", NODE_LOCKS, ids=lambda folder: folder.name)
def test_no_package_of_the_pages_has_a_known_fault(folder: Path) -> None:
    found = find_node()
    if found is None:
        pytest.skip("no Node.js with npm: npm audit cannot be run")
    command = [*found[1], "audit", "--package-lock-only", "--json"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        faults = read_npm_audit(done.stdout)
    except (ValueError, subprocess.TimeoutExpired):
        faults = None
    if faults is None:
        pytest.skip("npm audit cannot reach its data here: nothing is known of the packages of the pages")
    assert remaining(faults, _may_stay()) == []


def test_a_known_fault_fails_unless_it_is_accepted_with_a_reason_for_today() -> None:
    said = {
        "dependencies": [
            {"name": "lamp", "version": "1", "vulns": [{"id": "PYSEC-1", "aliases": ["GHSA-aaaa"]}]},
            {"name": "glow", "version": "1", "skip_reason": "Dependency not found"},
        ]
    }
    faults, unknown = read_pip_audit(json.dumps(said))
    assert unknown == ["glow"]
    npm = {"vulnerabilities": {"bulb": {"via": [{"url": "https://github.com/advisories/GHSA-bbbb"}, "lamp"]}}}
    faults += read_npm_audit(json.dumps(npm)) or []
    assert remaining(faults, set()) == ["bulb: GHSA-bbbb", "lamp: GHSA-aaaa, PYSEC-1"]
    entry = {"id": "GHSA-aaaa", "package": "lamp", "reason": "The bulb is never screwed in.", "until": date(2026, 6, 1)}
    assert remaining(faults, accepted([entry], date(2026, 6, 1))) == ["bulb: GHSA-bbbb"]
    assert len(remaining(faults, accepted([entry], date(2026, 6, 2)))) == 2
    for broken in ({"reason": "no"}, {"until": "soon"}):
        with pytest.raises(ValueError, match="expected id"):
            accepted([entry | broken], date(2026, 1, 1))
    assert read_npm_audit('{"message": "405 Method Not Allowed"}') is None
