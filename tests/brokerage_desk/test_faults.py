"""Five hundred requests placed while things go wrong: the record accounts for everything, on both databases.

`python bench/brokerage/faults.py` runs ten thousand.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from app.lookup.cache import VersionedCache
from app.lookup.index import build_index
from app.storage.brokerage.tables import BrokerageMove, CareRequest
from app.usecases.brokerage.desk import Desk
from bench.brokerage.faults import Faults, account
from tests.databases import BACKENDS, demo_installation

REQUESTS = 250


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_everything_is_accounted_for(
    backend: str, tmp_path_factory: pytest.TempPathFactory, shared_folder: Path
) -> None:
    with demo_installation(backend, tmp_path_factory.mktemp("faults"), shared_folder) as installation:
        settings, database = installation.settings, installation.database
        with database.read() as session:
            index = build_index(session, settings.council)
        faults = Faults(database, Desk(settings.council, settings, index, VersionedCache(), lambda: None), 7)
        faults.run(REQUESTS)
        assert len(faults.seen) == 10, "every kind of fault is drawn"
        counted = account(database, faults.requests)
        assert counted["requests"] == REQUESTS
        assert set(counted["states"]) == {"open", "offered", "placed", "withdrawn"}
        with database.write() as session:  # a state that the record does not bear out is found
            row = session.get(CareRequest, faults.requests[0])
            assert row is not None
            row.state = "ended"
        with pytest.raises(AssertionError, match="request"):
            account(database, faults.requests)
        with pytest.raises(Exception, match="append-only"), database.write() as session:
            session.query(BrokerageMove).delete()
