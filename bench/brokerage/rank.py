"""How long it takes to rank 200 providers for a request, and to report waiting over five years of events.

    python bench/brokerage/rank.py [--data FOLDER]

Works on a copy of the demonstration in FOLDER; prints medians of ten.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import insert, select

from app.lookup.cache import VersionedCache
from app.lookup.index import build_index
from app.settings import Settings
from app.storage.brokerage.tables import BrokerageMove, CareRequest
from app.storage.database import Database
from app.storage.migrate import upgrade
from app.usecases.brokerage.desk import Desk, today
from app.usecases.brokerage.ranking import rank_request
from app.usecases.brokerage.register import ProviderBody, give_role, keep_provider
from app.usecases.brokerage.requests import CareRequestBody, make_request
from app.usecases.brokerage.waiting import waiting_report
from app.usecases.demand.gate import INSIDE

PROVIDERS, YEARS, REQUESTS_A_YEAR, TIMES = 200, 5, 2_500, 10
SERVICE = "bench care"


def timed(work: Callable[[], Any]) -> float:
    """Median milliseconds of some runs."""
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        work()
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def main() -> int:
    """Fill and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("var"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(given.data / "patchwork.sqlite", folder)
        settings = Settings(_env_file=None, data_dir=Path(folder), database_url=None)  # type: ignore[call-arg]
        upgrade(settings.resolved_database_url)
        database = Database(settings.resolved_database_url)
        with database.read() as session:
            index = build_index(session, settings.council)
        desk = Desk(settings.council, settings, index, VersionedCache(), lambda: None)
        request = fill(database, desk)
        with database.read() as session:
            row = session.get(CareRequest, request)
            assert row is not None
            begun = time.perf_counter()
            found = rank_request(session, desk, row)
            first = (time.perf_counter() - begun) * 1000
            kept = timed(lambda: rank_request(session, desk, row))
        print(f"ranking of {len(found.ranking.items)} providers: {first:.0f} ms at first, {kept:.1f} ms after")
        fill_events(database, desk)
        with database.read() as session:
            begun = time.perf_counter()
            waiting_report(session, desk, today(), "zone", INSIDE)
            first = (time.perf_counter() - begun) * 1000
            past = today() - timedelta(days=700)
            kept = timed(lambda: waiting_report(session, desk, past, "zone", INSIDE))
        print(f"waiting over {YEARS} years: {first:.0f} ms at first, {kept:.0f} ms after, for any day")
        database.dispose()
    return 0


def fill(database: Database, desk: Desk) -> int:
    """Keep providers with roles, and one request."""
    keys, rng = desk.index.keys, np.random.default_rng(1)
    with database.write() as session:
        for i in range(PROVIDERS):
            key = str(keys[int(rng.integers(0, len(keys)))])
            row, _ = keep_provider(
                session, desk, ProviderBody(name=f"Synthetic Provider {i + 1:02d}", postcode=key), "bench"
            )
            role = {"provider_id": row.id, "zone": None, "role": "prime", "service_type": SERVICE}
            rest = {"first_day": today(), "last_day": None, "reason": None, "evidence": None}
            give_role(session, desk, role | rest, "bench")
        body = {
            "postcode": "LE67 3AP",
            "service_type": SERVICE,
            "visits": [{"minutes": 30, "per_week": 14}],
            "needed_from": today(),
        }
        made, _ = make_request(session, desk, CareRequestBody.model_validate(body), "bench")
        return made.id


def fill_events(database: Database, desk: Desk) -> None:
    """Five years of requests, each offered and accepted."""
    rng, now = np.random.default_rng(2), datetime.now(UTC)
    with database.write() as session:
        known = session.scalars(select(CareRequest).limit(1)).first()
        assert known is not None
        columns = [column.name for column in CareRequest.__table__.columns if column.name != "id"]
        like = {name: getattr(known, name) for name in columns}
        requests, moves = [], []
        for i in range(YEARS * REQUESTS_A_YEAR):
            at = now - timedelta(days=float(rng.uniform(0, YEARS * 365)))
            number = 1_000_000 + i
            zone = int(rng.integers(1, 15))
            requests.append({**like, "id": number, "zone": zone, "created_at": at, "fingerprint": str(i)})
            base = {"council": desk.council, "request_id": number, "actor": "bench"}
            for move, hours in (
                *(("request.made", 0), ("offer.sent", 2), ("offer.declined", 5), ("offer.sent", 6)),
                ("offer.accepted", float(rng.exponential(60)) + 7),
            ):
                moves.append({**base, "move": move, "at": at + timedelta(hours=hours)})
        session.execute(insert(CareRequest), requests)
        session.execute(insert(BrokerageMove), sorted(moves, key=lambda row: row["at"]))


if __name__ == "__main__":
    raise SystemExit(main())
