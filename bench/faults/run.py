"""Faults on purpose: an API process killed in the middle of writes, connections cut, retries, two publishers at once.

    python bench/faults/run.py VAR_FOLDER [--rounds 30] [--seed 1] [--out bench/faults/result.json]

VAR_FOLDER holds an installation (`patchwork demo` makes one); a copy of it is used. After every round each write that
was acknowledged must be there once, and nothing half-done may be seen. Prints a line a round and, at the end, counts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx

KINDS = (
    "kill the API while it writes",
    "cut a connection in the middle of an upload",
    "send a write again",
    "two publishers at once",
)


@dataclass
class Count:
    """What came of one kind of fault."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    done_twice: int = 0
    half_done: int = 0
    broken: list[str] = field(default_factory=list)


class Installation:
    """A service on a folder of its own that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        """Make a key to it; it does not run yet."""
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", headers={"Authorization": f"Bearer {self.key()}"}, timeout=30
        )
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        """Settings of the service."""
        return {
            **os.environ,
            "PATCHWORK_DATA_DIR": str(self.folder),
            "PATCHWORK_EMBEDDED_WORKER": "false",
            "PATCHWORK_LOG_LEVEL": "ERROR",
            "PATCHWORK_PORT": str(self.port),
        }

    def key(self) -> str:
        """An administrator's key."""
        command = [sys.executable, "-m", "app.cli", "migrate"]
        subprocess.run(command, env=self.environment(), check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        command = [sys.executable, "-m", "app.cli", "keys", "create", "faults", "--role", "admin", "--json"]
        made = subprocess.run(command, env=self.environment(), check=True, capture_output=True)  # noqa: S603
        return str(json.loads(made.stdout)["secret"])

    def start(self) -> None:
        """Start, and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve"], env=self.environment(), stdout=subprocess.DEVNULL
        )
        while True:
            try:
                if self.client.get("/health/live").status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)

    def kill(self) -> None:
        """Kill as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def plans_named(self, name: str) -> list[int]:
        """Numbers of the plans of a name."""
        found, cursor = [], None
        while True:
            page = self.client.get("/v1/plans", params={"limit": 1000} | ({"cursor": cursor} if cursor else {})).json()
            found += [row["id"] for row in page["items"] if row["name"] == name]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def copy(self, name: str) -> httpx.Response:
        """Write: copy a plan under a name, which is also the request's key."""
        return self.client.post("/v1/plans/2/copy", json={"name": name}, headers={"Idempotency-Key": name})


def kill_while_writing(service: Installation, draw: random.Random, mark: str, count: Count) -> None:
    """Kill while one write after another is sent; then look for each that was acknowledged."""
    acknowledged: list[str] = []
    stop = threading.Event()

    def write() -> None:
        i = 0
        while not stop.is_set():
            i += 1
            name = f"{mark}-{i}"
            try:
                if service.copy(name).status_code in {200, 201}:
                    acknowledged.append(name)
            except httpx.HTTPError:
                return

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(draw.uniform(0.2, 1.5))
    service.kill()
    stop.set()
    writer.join()
    service.start()
    for name in acknowledged:
        seen(service, name, count)
    last = f"{mark}-{len(acknowledged) + 1}"  # it may have been done or not, and sent again it is done once
    answer = service.copy(last)
    lost = answer.status_code == 409 and answer.json()["type"] == "/problems/idempotency-answer-lost"
    if answer.status_code not in {200, 201} and not lost:
        count.broken.append(f"{last}: retried after a kill, answered {answer.status_code}")
    seen(service, last, count)


def seen(service: Installation, name: str, count: Count) -> None:
    """Whether an acknowledged copy is there once, and whole."""
    count.acknowledged += 1
    ids = service.plans_named(name)
    count.lost += not ids
    count.done_twice += len(ids) > 1
    for plan in ids[:1]:
        zones = service.client.get(f"/v1/plans/{plan}").json()["zones"]
        count.half_done += len(zones) < 2


def cut_connection(service: Installation, draw: random.Random, mark: str, count: Count) -> None:
    """Send part of a keyed write and hang up; nothing may be done or kept, and the key must be free."""
    body = json.dumps({"name": mark}).encode()
    head = (
        f"POST /v1/plans/2/copy HTTP/1.1\r\nHost: x\r\nAuthorization: {service.client.headers['authorization']}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: {mark}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(head + body[: draw.randrange(len(body))])
    time.sleep(0.2)
    count.half_done += bool(service.plans_named(mark))
    answer = service.copy(mark)
    if answer.status_code not in {200, 201}:
        count.broken.append(f"{mark}: sent whole after a cut, answered {answer.status_code}")
    seen(service, mark, count)


def send_again(service: Installation, draw: random.Random, mark: str, count: Count) -> None:
    """The same write from several hands at once."""
    answers: list[int] = []
    hands = [threading.Thread(target=lambda: answers.append(service.copy(mark).status_code)) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    if not set(answers) <= {200, 201, 409} or not {200, 201} & set(answers):
        count.broken.append(f"{mark}: sent four times, answered {answers}")
    seen(service, mark, count)
    draw.random()


def two_publishers(service: Installation, draw: random.Random, mark: str, count: Count) -> None:
    """Two plans published at the same moment: one is in force afterwards, the other retired."""
    plans = [service.copy(f"{mark}-{side}").json()["id"] for side in "ab"]
    hands = [
        threading.Thread(
            target=lambda plan=plan: service.client.post(
                f"/v1/plans/{plan}/publish", json={"despite_broken_rules": True}
            )
        )
        for plan in draw.sample(plans, 2)
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    standing = [service.client.get(f"/v1/plans/{plan}").json()["status"] for plan in plans]
    count.acknowledged += 2
    if sorted(standing) != ["published", "retired"]:
        count.broken.append(f"{mark}: two publishers left {standing}")


DOERS = (kill_while_writing, cut_connection, send_again, two_publishers)


def run(folder: Path, rounds: int, seed: int) -> dict[str, Count]:
    """Do so many rounds, each a kind drawn by the seed."""
    draw = random.Random(seed)  # noqa: S311 - the same faults each time
    counts = {kind: Count() for kind in KINDS}
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "var"
        shutil.copytree(folder, copy)
        service = Installation(copy)
        service.start()
        try:
            for number in range(rounds):
                which = number % len(KINDS) if number < len(KINDS) else draw.randrange(len(KINDS))
                count = counts[KINDS[which]]
                count.rounds += 1
                DOERS[which](service, draw, f"round-{seed}-{number}", count)
                print(f"{number + 1}: {KINDS[which]}", flush=True)
        finally:
            service.kill()
    return counts


def main() -> None:
    """Run and report."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--rounds", type=int, default=30)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--out", type=Path)
    given = asked.parse_args()
    counts = run(given.folder, given.rounds, given.seed)
    result = {"seed": given.seed, "rounds": given.rounds, "kinds": {kind: asdict(c) for kind, c in counts.items()}}
    if given.out:
        given.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    if any(c.lost or c.done_twice or c.half_done or c.broken for c in counts.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
