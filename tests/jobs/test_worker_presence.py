"""The register of hosts and the guard of each, on a real file and a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from app.jobs.presence import Register
from tests.jobs.workbench import Bench


@pytest.fixture
def registers(bench: Bench) -> Iterator[tuple[Register, Register]]:
    """The same register as two processes would open it."""
    both = Register(bench.settings.resolved_jobs_database_url), Register(bench.settings.resolved_jobs_database_url)
    for register in both:
        register.create()
    yield both
    for register in both:
        register.dispose()


def test_a_host_lives_until_it_is_silent_or_leaves(registers: tuple[Register, Register]) -> None:
    one, other = registers
    one.sign("alpha")
    one.sign("beta")
    assert other.living(60) >= {"alpha", "beta"}
    assert "alpha" not in other.living(-1)  # as after a silence longer than the limit
    one.sign("beta", gone=True)
    assert "beta" not in other.living(60)
    one.sign("beta")
    assert "beta" in other.living(60)


def test_a_hosts_guard_has_one_holder(registers: tuple[Register, Register]) -> None:
    one, other = registers
    held, wanted = one.guard("guarded"), other.guard("guarded")
    assert held.take()
    assert held.held()
    assert not wanted.take()
    elsewhere = other.guard("another host")
    assert elsewhere.take()
    held.release()
    assert wanted.take()
    wanted.release()
    elsewhere.release()


def test_a_guard_lost_with_its_connection_is_taken_again_unless_another_was_quicker(
    bench: Bench, registers: tuple[Register, Register]
) -> None:
    if not bench.database.is_postgresql:
        pytest.skip("a file lock does not lapse")
    one, other = registers
    held, quicker = one.guard("cut off"), other.guard("cut off")
    assert held.take()
    cut = (
        "select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory' and granted "
        "and database = (select oid from pg_database where datname = current_database())"
    )
    with bench.database.read() as session:
        session.execute(text(cut))
    assert held.held()
    assert not quicker.take()
    with bench.database.read() as session:
        session.execute(text(cut))
    assert quicker.take()
    assert not held.held()
    quicker.release()
