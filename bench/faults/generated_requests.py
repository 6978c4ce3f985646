"""Generated requests of every role, held to the API document: no 5xx, no status, media type or body it does not name.

    python bench/faults/generated_requests.py VAR_FOLDER [--role viewer] [--requests 5000] [--seed 1] [--out FILE]

VAR_FOLDER holds an installation (`patchwork demo` makes one); a copy of it is served on a port of its own. Schemathesis
makes the requests: the examples of the document, values at the edges of every field, values at random, and chains in
which one answer feeds the next request. Prints counts, each kind of breach once with the command that repeats it, and
ends with 1 where there was one.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

ROLES = ("viewer", "broker", "analyst", "commissioner", "admin")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
LEFT_OUT = ("^/v1/keys", "^/v1/session", "/events$", "^/openapi.json")
"""Addresses at which a request would end the keys of the run, or an answer that does not end."""
PATIENCE_SECONDS = 300


@dataclass
class Found:
    """What came of the requests of one role.

    Attributes:
        requests: how many were answered.
        statuses: how often each status was answered.
        operations: how often each operation was asked.
        server_errors: answers of 5xx, but for a busy database that says so and when to ask again.
        breaches: the first of each kind: what was wrong, and the command that repeats it.
        errors: where no request could be made for an operation.
    """

    role: str
    seed: int
    requests: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    server_errors: int = 0
    breaches: dict[str, str] = field(default_factory=dict)
    breach_count: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def note(self, phase: str, recorder: Any) -> None:
        """Count what one scenario sent and got."""
        for case_id, interaction in recorder.interactions.items():
            self.requests += 1
            self.phases[phase] += 1
            status = "none" if interaction.response is None else str(interaction.response.status_code)
            self.statuses[status] += 1
            case = recorder.cases.get(case_id)
            if case is not None:
                self.operations[case.value.operation.label] += 1
            self.server_errors += status == "none" or status >= "500"
        for checks in recorder.checks.values():
            for check in checks:
                if check.failure_info is not None:
                    failure = check.failure_info.failure
                    self.breach_count += 1
                    key = f"{failure.operation}: {check.name}: {failure.message.strip()[:300]}"
                    self.breaches.setdefault(key, check.failure_info.code_sample[:2000])


def configuration(key: str, seed: int, examples: int, steps: int) -> SchemathesisConfig:
    """How schemathesis makes requests: every phase, the same ones for the same seed, with one key."""
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "continue-on-failure": True,
            "headers": {"Authorization": f"Bearer {key}"},
            "request-timeout": 30.0,
            "max-redirects": 0,
            "generation": {"max-examples": examples, "no-shrink": True, "database": "none"},
            "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
            "phases": {
                "examples": {"enabled": True},
                "coverage": {"enabled": True, "unexpected-methods": []},
                "fuzzing": {"enabled": True},
                "stateful": {"enabled": True, "max-steps": steps},
            },
        }
    )


def send(address: str, found: Found, key: str, most: int, most_seconds: float, examples: int) -> None:
    """Send generated requests to a running service until there are enough of them or the time is over."""
    schema = schemathesis.openapi.from_url(
        f"{address}/openapi.json", config=configuration(key, found.seed, examples, 6), timeout=PATIENCE_SECONDS
    )
    for pattern in LEFT_OUT:
        schema = schema.exclude(path_regex=pattern)
    begun = time.monotonic()
    stream = from_schema(schema).execute()
    for event in stream:
        if isinstance(event, events.ScenarioFinished):
            found.note(event.phase.value, event.recorder)
        elif isinstance(event, events.NonFatalError):
            found.errors.append(f"{event.label}: {event.info.title}: {event.info.message[:200]}")
        if found.requests >= most or time.monotonic() - begun > most_seconds:
            stream.stop()
            break
    found.seconds += time.monotonic() - begun


@contextmanager
def served(folder: Path, log: Path) -> Iterator[str]:
    """Serve an installation, without a worker, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    with log.open("w") as written:
        process = subprocess.Popen(command, env=_environment(folder), stdout=written, stderr=written)  # noqa: S603
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=60)


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PATCHWORK_DATA_DIR": str(folder),
        "PATCHWORK_EMBEDDED_WORKER": "false",
        "PATCHWORK_LOG_LEVEL": "ERROR",
    }


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{address}/health/ready", timeout=10).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    raise SystemExit(f"the service did not come up:\n{log.read_text()[-2000:]}")


def key_for(folder: Path, role: str) -> str:
    """A key of one role to an installation."""
    command = [sys.executable, "-m", "app.cli", "keys", "create", f"generated {role}", "--role", role, "--json"]
    made = subprocess.run(command, env=_environment(folder), check=True, capture_output=True)  # noqa: S603
    return str(json.loads(made.stdout)["secret"])


def report(found: Found) -> None:
    """Print what came of it."""
    print(f"{found.role}: {found.requests} requests in {found.seconds:.0f} s, seed {found.seed}")
    print(f"  by phase: {dict(sorted(found.phases.items()))}")
    print(f"  by status: {dict(sorted(found.statuses.items()))}; operations asked: {len(found.operations)}")
    print(f"  answers of 5xx or none: {found.server_errors}; breaches: {found.breach_count}")
    for number, (breach, sample) in enumerate(sorted(found.breaches.items()), start=1):
        print(f"  {number}. {breach}\n     {sample}")
    for error in found.errors:
        print(f"  not asked: {error}")


def main() -> int:
    """Send, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("var", type=Path)
    parser.add_argument("--role", choices=ROLES, action="append", help="one role or several; all when absent")
    parser.add_argument("--requests", type=int, default=20_000, help="at the most, for each role")
    parser.add_argument("--seconds", type=float, default=540, help="at the most, for each role")
    parser.add_argument("--examples", type=int, default=100, help="at random, for each operation and phase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="add the counts to this file, one JSON object a line")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "var"
        shutil.copytree(asked.var, folder)
        subprocess.run(
            [sys.executable, "-m", "app.cli", "migrate"],
            env=_environment(folder),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        keys = {role: key_for(folder, role) for role in asked.role or ROLES}
        with served(folder, Path(scratch) / "serve.log") as address:
            for role, key in keys.items():
                found = Found(role, asked.seed)
                send(address, found, key, asked.requests, asked.seconds, asked.examples)
                report(found)
                failed += found.breach_count + found.server_errors
                if asked.out:
                    with asked.out.open("a") as written:
                        written.write(json.dumps(asdict(found)) + "\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
