"""Loading 100,000 care packages whole, checks and audit included, beside pandas reading and writing the same file.

    python -m bench.packages.whole_import [--data FOLDER] [--rows 100000] [--json FILE]

Ours is ``load_file``: every row checked against the postcode directory, one snapshot in one transaction. The reference
is ``read_csv`` and ``to_sql`` of the same bytes into the same kind of database, with no check of anything. SQLite
always; PostgreSQL too where PATCHWORK_TEST_POSTGRES_URL names a server, in a database made for it and dropped after.
"""

from __future__ import annotations

import io
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.lookup.index import build_index
from app.settings import Settings
from app.storage.database import Database
from app.storage.migrate import upgrade
from app.usecases.demand.import_packages import load_file
from app.usecases.demo.load import load_demo
from bench.county import county, settings_for
from bench.figures import Figure, asked, give
from bench.packages.import_packages import made_up
from geo.postcodes import spaced

SERVER = "PATCHWORK_TEST_POSTGRES_URL"
DAY = date(2019, 7, 31)
TARGET_SECONDS = 20.0


@contextmanager
def throw_away_database(server: str) -> Iterator[str]:
    """The address of a new PostgreSQL database, dropped at the end."""
    address = make_url(server).set(drivername="postgresql+psycopg")
    name = f"pw_bench_{uuid.uuid4().hex[:12]}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def content(database: Database, settings: Settings, rows: int) -> bytes:
    """A CSV of made-up packages on the county's own live postcodes."""
    with database.read() as session:
        index = build_index(session, settings.council)
    live = np.array([spaced(str(key)) for key in index.keys])
    rng = np.random.default_rng(0)
    table, _ = made_up(rows, rng)
    table["postcode"] = live[rng.integers(0, len(live), rows)]
    table.loc[table["carers_per_visit"] == "2", "hours_per_week"] *= 2
    return table.to_csv(index=False).encode()


def seconds(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(settings: Settings, name: str, rows: int) -> Figure:
    """Load the file once into the database of ``settings``, and once plainly beside it."""
    database = Database(settings.resolved_database_url)
    file = content(database, settings, rows)

    def load() -> object:
        return load_file(
            database,
            settings,
            settings.council,
            file,
            label="benchmark",
            taken_on=DAY,
            mapping=None,
            synthetic=True,
            actor="benchmark",
        )

    def plain() -> None:
        with database.engine.begin() as connection:
            pd.read_csv(io.BytesIO(file)).to_sql("bench_plain", connection, if_exists="replace", index=False)

    ours, reference = seconds(load), seconds(plain)
    database.dispose()
    held = ours < TARGET_SECONDS
    return Figure(f"import of {rows:,} packages, {name}", ours, reference, "s", f"under {TARGET_SECONDS:.0f} s", held)


def main() -> None:
    """Measure and print."""
    parser = asked(__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    with county(given.data) as settings:
        figures = [measure(settings, "SQLite", given.rows)]
        server = os.environ.get(SERVER)
        if server:
            with throw_away_database(server) as url:
                there = settings_for(settings.data_dir, url)
                upgrade(url)
                database = Database(url)
                load_demo(database, there)
                database.dispose()
                figures.append(measure(there, "PostgreSQL", given.rows))
        else:
            print(f"PostgreSQL left out: {SERVER} names no server")
    give(figures, given.json)


if __name__ == "__main__":
    main()
