"""Requests placed while things go wrong; at the end the record must account for everything.

    python bench/brokerage/faults.py [--requests 10000] [--data FOLDER | --database URL]

Faults, drawn from a seed: a process that dies before it commits, a response that is lost and asked for again, an
answer sent twice, two officers who let two providers accept at the same moment, an answer at the deadline, hand-backs
and undone answers. Then it is checked that every request is in exactly one state, every offer is accounted for, no
request is held by two, and the record alone replays to the states that are kept.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import select

from app.problems import Problem
from app.storage.brokerage.requests import as_moved
from app.storage.brokerage.tables import BrokerageMove, CareOffer, CareRequest
from app.storage.database import Database
from app.usecases.brokerage.desk import Desk, today
from app.usecases.brokerage.offers import move_offer, move_request, send_offer, settle_overdue
from app.usecases.brokerage.register import ProviderBody, give_role, keep_provider
from app.usecases.brokerage.requests import CareRequestBody, make_request
from brokerage.moves import Move, OfferState, RequestState, replay

SERVICE = "fault care"
ACTOR = "faults"
SOON = timedelta(hours=2)


class Died(Exception):  # noqa: N818 - what happened
    """The process died before it committed."""


class Faults:
    """Places requests on one database, with faults drawn from a seed."""

    def __init__(self, database: Database, desk: Desk, seed: int) -> None:
        """Keep three providers with roles in every zone."""
        self.database, self.desk = database, desk
        self.rng = np.random.default_rng(seed)
        self.seen: Counter[str] = Counter()
        self.requests: list[int] = []
        self._keys = [str(key) for key in desk.index.keys]
        self.providers: list[int] = []
        with database.write() as session:
            for i in range(3):
                body = ProviderBody(name=f"Fault Care {i}", postcode=self._postcode())
                row, _ = keep_provider(session, desk, body, ACTOR)
                values = {"provider_id": row.id, "zone": None, "role": "prime", "service_type": SERVICE}
                give_role(
                    session,
                    desk,
                    values | {"first_day": today(), "last_day": None, "reason": None, "evidence": None},
                    ACTOR,
                )
                self.providers.append(row.id)

    def _postcode(self) -> str:
        key = self._keys[int(self.rng.integers(0, len(self._keys)))]
        return f"{key[:-3]} {key[-3:]}"

    def run(self, requests: int) -> None:
        """Place so many requests."""
        kinds: list[Callable[[int], None]] = [
            *(self.plain, self.died, self.lost, self.twice, self.two_officers),
            *(self.at_the_deadline, self.handed_back, self.undone, self.left_open, self.withdrawn),
        ]
        for _ in range(requests):
            number = self._make()
            kind = kinds[int(self.rng.integers(0, len(kinds)))]
            self.seen[kind.__name__] += 1
            kind(number)

    def _make(self) -> int:
        body = CareRequestBody.model_validate(
            {
                "postcode": self._postcode(),
                "service_type": SERVICE,
                "visits": [{"minutes": 30, "per_week": 7}],
                "needed_from": today(),
                "synthetic": True,
            }
        )
        with self.database.write() as session:
            row, _ = make_request(session, self.desk, body, ACTOR)
            self.requests.append(row.id)
            return row.id

    def _send(self, request: int, provider: int, within: timedelta = SOON) -> int:
        with self.database.write() as session:
            return send_offer(
                session, self.desk, request, provider, datetime.now(UTC) + within, ACTOR, "a test of faults"
            ).id

    def _move(self, offer: int, move: Move) -> bool:
        """Make a move; whether it was allowed."""
        try:
            with self.database.write() as session:
                move_offer(session, self.desk.council, offer, move, ACTOR)
        except Problem as problem:
            assert problem.status == 409, problem.detail  # noqa: PT017 - any other is a fault
            return False
        return True

    def plain(self, request: int) -> None:
        """Offered and accepted."""
        assert self._move(self._send(request, self.providers[0]), Move.OFFER_ACCEPTED)

    def died(self, request: int) -> None:
        """The process dies in the middle of an offer and of an answer; both are made again."""
        for _ in range(2):
            try:
                with self.database.write() as session:
                    send_offer(session, self.desk, request, self.providers[0], None, ACTOR)
                    raise Died  # noqa: TRY301 - inside the transaction, that is the point
            except Died:
                continue
        offer = self._send(request, self.providers[0])
        try:
            with self.database.write() as session:
                move_offer(session, self.desk.council, offer, Move.OFFER_ACCEPTED, ACTOR)
                raise Died  # noqa: TRY301 - inside the transaction, that is the point
        except Died:
            assert self._move(offer, Move.OFFER_ACCEPTED)

    def lost(self, request: int) -> None:
        """The response to an offer is lost; asked again, it is refused, for the first stands."""
        offer = self._send(request, self.providers[1])
        try:
            self._send(request, self.providers[1])
            raise AssertionError("the same provider was offered the same request twice")
        except Problem as problem:
            assert problem.status == 409  # noqa: PT017 - any other is a fault
        assert self._move(offer, Move.OFFER_DECLINED)

    def twice(self, request: int) -> None:
        """An answer is sent twice."""
        offer = self._send(request, self.providers[2])
        assert self._move(offer, Move.OFFER_ACCEPTED)
        assert not self._move(offer, Move.OFFER_ACCEPTED)

    def two_officers(self, request: int) -> None:
        """Two providers accept at the same moment: one holds it."""
        offers = [self._send(request, provider) for provider in self.providers[:2]]
        start, allowed = threading.Barrier(2), []

        def officer(offer: int) -> None:
            start.wait()
            allowed.append(self._move(offer, Move.OFFER_ACCEPTED))

        threads = [threading.Thread(target=officer, args=(offer,)) for offer in offers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(allowed) == [False, True], allowed

    def at_the_deadline(self, request: int) -> None:
        """The answer comes as the time runs out: it counts, or the offer is timed out; never both."""
        try:
            offer = self._send(request, self.providers[0], timedelta(milliseconds=300))
        except Problem as problem:  # the machine was too slow: the time had passed before the offer was made
            assert problem.status == 422  # noqa: PT017 - any other is a fault
            return
        time.sleep(float(self.rng.uniform(0.15, 0.4)))
        counted = self._move(offer, Move.OFFER_ACCEPTED)
        if not counted:
            time.sleep(0.3)
            settle_overdue(self.database, self.desk.council)
        with self.database.read() as session:
            row = session.get(CareOffer, offer)
            assert row is not None
            assert row.state == (OfferState.ACCEPTED if counted else OfferState.TIMED_OUT).value

    def handed_back(self, request: int) -> None:
        """Accepted, handed back, and placed with another."""
        first = self._send(request, self.providers[0])
        assert self._move(first, Move.OFFER_ACCEPTED)
        assert self._move(first, Move.OFFER_HANDED_BACK)
        assert self._move(self._send(request, self.providers[1]), Move.OFFER_ACCEPTED)

    def undone(self, request: int) -> None:
        """An answer undone, and given otherwise."""
        offer = self._send(request, self.providers[2])
        assert self._move(offer, Move.OFFER_DECLINED)
        assert self._move(offer, Move.OFFER_UNDONE)
        assert self._move(offer, Move.OFFER_ACCEPTED)

    def left_open(self, request: int) -> None:
        """Offered to two and left open."""
        for provider in self.providers[:2]:
            self._send(request, provider)

    def withdrawn(self, request: int) -> None:
        """Withdrawn while an offer is open."""
        self._send(request, self.providers[0])
        with self.database.write() as session:
            move_request(session, self.desk.council, request, Move.REQUEST_WITHDRAWN, ACTOR)


def account(database: Database, requests: list[int]) -> dict[str, Any]:
    """Check that the record accounts for everything; return what was counted.

    Raises:
        AssertionError: naming the request that is not accounted for.
    """
    wanted = set(requests)
    with database.read() as session:
        moves = [
            as_moved(row)
            for row in session.scalars(select(BrokerageMove).order_by(BrokerageMove.id))
            if row.request_id in wanted
        ]
        kept = {row.id: row for row in session.scalars(select(CareRequest)) if row.id in wanted}
        offers = [row for row in session.scalars(select(CareOffer)) if row.request_id in wanted]
    standings = replay(moves)
    assert set(standings) == set(kept) == wanted
    sent = Counter(one.offer_id for one in moves if one.move is Move.OFFER_SENT)
    for row in offers:
        assert sent[row.id] == 1, f"offer {row.id} was sent {sent[row.id]} times"
        assert standings[row.request_id].offers[row.id].state.value == row.state, f"offer {row.id}"
    assert sum(len(one.offers) for one in standings.values()) == len(offers)
    for number, row in kept.items():
        standing = standings[number]
        holders = [one for one in standing.offers.values() if one.state is OfferState.ACCEPTED]
        assert row.state == standing.state.value, f"request {number}"
        assert len(holders) <= 1, f"request {number} is held by {len(holders)}"
        assert (row.provider_id is not None) == bool(holders), f"request {number}"
        if standing.state is RequestState.PLACED:
            assert holders[0].provider_id == row.provider_id
    return {
        "requests": len(kept),
        "offers": len(offers),
        "moves": len(moves),
        "states": dict(Counter(row.state for row in kept.values())),
    }


def main() -> int:
    """Run on a copy of a demonstration, or on a database named."""
    from app.lookup.cache import VersionedCache
    from app.lookup.index import build_index
    from app.settings import Settings

    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=Path("var"))
    parser.add_argument("--database")
    given = parser.parse_args()
    settings = Settings(_env_file=None, data_dir=given.data, database_url=given.database)  # type: ignore[call-arg]
    database = Database(settings.resolved_database_url)
    with database.read() as session:
        index = build_index(session, settings.council)
    desk = Desk(settings.council, settings, index, VersionedCache(), lambda: None)
    begun = time.perf_counter()
    faults = Faults(database, desk, given.seed)
    faults.run(given.requests)
    counted = account(database, faults.requests)
    print(f"{counted}\nfaults: {dict(faults.seen)}\n{time.perf_counter() - begun:.0f} s, everything accounted for")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
