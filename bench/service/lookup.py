# ruff: noqa: S310, S311, S603  its own services on this machine, and a sample that need not be secret
"""Postcode lookups over real HTTP beside a minimal FastAPI service that gives the same answers, in alternating runs.

    python -m bench.service.lookup [--data FOLDER] [--rounds 5] [--seconds 3] [--connections 16] [--json FILE]

Ours is the service as it is served: keys checked, ETags, request ids, metrics, limits. The reference has none of these
(see plain_service.py). Both: one uvicorn process with uvloop and httptools, no access log. Both stay up and are asked
in turns by the same client in a process of its own (load.py), so both feel the same machine. Besides requests a second,
the processor time each server spent on a request is compared, which a busy machine disturbs less.
"""

from __future__ import annotations

import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.jobs.supervisor import settings_environment
from app.lookup.index import build_index
from app.security.keys import create_key
from app.security.roles import Role
from app.settings import Settings
from app.storage.database import Database
from bench.county import county
from bench.figures import Figure, asked, give

POSTCODES = 2_000
PATIENCE_SECONDS = 60.0


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(factory: str, environment: dict[str, str], path: str, key: str) -> Iterator[tuple[int, int]]:
    """Serve an application with one uvicorn process; gives its port and process id once ``path`` is answered."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", factory, "--factory", "--port", str(port), "--loop", "uvloop"]
    command += ["--http", "httptools", "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {key}"})
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with urllib.request.urlopen(request, timeout=10):
                    break
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > end or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def processor_seconds(pid: int) -> float:
    """Processor time a process has spent so far (Linux; nought elsewhere)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def prepare(settings: Settings, folder: Path) -> tuple[str, list[str]]:
    """Make a broker's key, choose live postcodes, and write what both services need; returns key and paths."""
    database = Database(settings.resolved_database_url)
    with database.write() as session:
        _, key = create_key(session, council=settings.council, name="benchmark", role=Role.BROKER, actor="benchmark")
    with database.read() as session:
        index = build_index(session, settings.council)
    database.dispose()
    live = sorted(postcode for postcode, row in index.postcodes.items() if row.live)
    chosen = random.Random(0).sample(live, POSTCODES)
    answers = {postcode: json.loads(index.ready(postcode) or b"") for postcode in chosen}
    (folder / "answers.json").write_text(json.dumps(answers))
    paths = [f"/v1/postcodes/{postcode}" for postcode in chosen]
    (folder / "paths").write_text("\n".join(paths))
    return key, paths


def fetched(port: int, path: str, key: str) -> object:
    """The JSON a server answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def main() -> None:
    """Measure and print."""
    parser = asked(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=16)
    given = parser.parse_args()
    with county(given.data) as settings:
        folder = settings.data_dir
        key, paths = prepare(settings, folder)
        plain_environment = {"PLAIN_ANSWERS": str(folder / "answers.json")}
        with (
            served("app.main:create_app", settings_environment(settings), paths[0], key) as ours,
            served("bench.service.plain_service:create_app", plain_environment, paths[0], key) as plain,
        ):
            for path in paths[:50]:
                assert fetched(ours[0], path, key) == fetched(plain[0], path, key), "the two answer differently"
            rates: dict[int, list[float]] = {ours[0]: [], plain[0]: []}
            costs: dict[int, list[float]] = {ours[0]: [], plain[0]: []}
            for number in range(given.rounds + 1):
                for port, pid in (ours, plain) if number % 2 else (plain, ours):
                    command = [
                        sys.executable,
                        "-m",
                        "bench.service.load",
                        "127.0.0.1",
                        str(port),
                        str(folder / "paths"),
                    ]
                    spent = processor_seconds(pid)
                    command += [str(given.seconds if number else 1), str(given.connections), key]
                    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
                    spent = processor_seconds(pid) - spent
                    assert told["not_200"] == 0, f"{told['not_200']} requests were not answered 200"
                    if number:  # the first round warms both up
                        rates[port].append(told["requests"] / told["seconds"])
                        costs[port].append(spent / told["requests"] * 1e6)
    pairs = zip(rates[ours[0]], rates[plain[0]], strict=True)
    print("ratio of each round:", " ".join(f"{one / other:.2f}" for one, other in pairs))
    rate, reference = statistics.median(rates[ours[0]]), statistics.median(rates[plain[0]])
    cost, reference_cost = statistics.median(costs[ours[0]]), statistics.median(costs[plain[0]])
    figures = [
        Figure("lookup, throughput", rate, reference, "requests/s", "at least 1.5", rate / reference >= 1.5),
        Figure("lookup, processor time", cost, reference_cost or None, "us a request"),
    ]
    give(figures, given.json)


if __name__ == "__main__":
    main()
