"""Configuration: every setting, its meaning and its default, read from ``PATCHWORK_…`` environment variables.

``patchwork doctor --settings`` prints this list with the values in force, and ``docs/reference/settings.md`` is made
from it.
"""

from __future__ import annotations

import socket
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url


class Settings(BaseSettings):
    """The service's settings. Each can be set by an environment variable ``PATCHWORK_`` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="PATCHWORK_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Annotated[Path, Field(description="Folder for the SQLite file, caches and job storage.")] = Path("var")
    database_url: Annotated[
        str | None,
        Field(
            description="SQLAlchemy address of the database. Empty means a SQLite file in the data folder. "
            "For PostgreSQL with PostGIS: postgresql+psycopg://user:password@host/database"
        ),
    ] = None
    jobs_database_url: Annotated[
        str | None,
        Field(
            description="Where durable jobs are kept. Empty means jobs.sqlite in the data folder, or the "
            "PostgreSQL database itself (schema dbos) when that is used."
        ),
    ] = None
    council: Annotated[
        str, Field(description="Short name of the council whose data is served.", pattern=r"^[a-z][a-z0-9-]{1,38}$")
    ] = "leicestershire"
    host: Annotated[str, Field(description="Address to listen on. Loopback by default.")] = "127.0.0.1"
    port: Annotated[int, Field(description="Port to listen on.", ge=1, le=65535)] = 8000
    public_url: Annotated[
        str | None,
        Field(
            description="Address that people reach this service by, such as https://patchwork.example.gov.uk; links "
            "begin with it. Empty: the address of the socket. The Host that a request names is never used.",
            pattern=r"^https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/\-]*)?$",
            max_length=200,
        ),
    ] = None
    api_workers: Annotated[int, Field(description="API processes to start.", ge=1, le=64)] = 1
    embedded_worker: Annotated[
        bool, Field(description="Whether `patchwork serve` starts a job worker beside the API.")
    ] = True
    job_concurrency: Annotated[int, Field(description="Jobs one worker runs at a time.", ge=1, le=32)] = 2
    solver_threads: Annotated[
        int | None,
        Field(description="Threads that drawing a plan takes. Empty: as many as it may use cores.", ge=1, le=64),
    ] = None
    host_name: Annotated[str, Field(description="Name of this host among several; jobs are recovered by it.")] = Field(
        default_factory=socket.gethostname
    )
    worker_lost_after_seconds: Annotated[
        int, Field(description="A host silent for so long is taken as gone and its jobs are taken over.", ge=5)
    ] = 60
    bootstrap_key: Annotated[
        SecretStr | None,
        Field(description="Administrator key to install at first start, 24 characters or more; empty makes one."),
    ] = None
    public_page: Annotated[
        Literal["synthetic", "always", "never"],
        Field(
            description="Who may open the first page without a key, as a viewer: anyone while the demand loaded is "
            "synthetic, always, or never."
        ),
    ] = "synthetic"
    rate_cards_need_two_people: Annotated[
        bool, Field(description="Whether a rate card is published by another person than the one who drafted it.")
    ] = False
    session_hours: Annotated[
        int, Field(description="Hours after which somebody signed in with a browser must sign in again.", ge=1, le=72)
    ] = 12
    session_idle_minutes: Annotated[
        int, Field(description="Minutes without use after which a browser's session ends.", ge=5, le=1440)
    ] = 60
    public_directory: Annotated[
        Literal["synthetic", "always", "never"],
        Field(
            description="Who may read the directory of providers as Open Referral UK without a key: anyone while the "
            "demand loaded is synthetic, always, or never."
        ),
    ] = "synthetic"
    suppression_threshold: Annotated[
        int, Field(description="Counts of people below this are withheld from aggregates that leave.", ge=0, le=50)
    ] = 5
    max_upload_bytes: Annotated[
        int, Field(description="Largest file an upload may hold, in bytes.", ge=1_000, le=2_000_000_000)
    ] = 64_000_000
    max_page_size: Annotated[int, Field(description="Most items one page of a list may hold.", ge=10, le=10_000)] = 1000
    index_refresh_seconds: Annotated[
        float, Field(description="How often a process looks whether what brokers see has changed.", gt=0, le=60)
    ] = 1.0
    idempotency_hours: Annotated[int, Field(description="How long an Idempotency-Key is remembered.", ge=1, le=720)] = (
        24
    )
    routing_server: Annotated[
        str | None,
        Field(
            description="Routing server of your own that travel is asked of: osrm+http://host:5000 or "
            "valhalla+http://host:8002. Empty: the roads imported here."
        ),
    ] = None
    routing_server_data: Annotated[
        str, Field(description="Name and date of the routing server's data, for the version of its answers.")
    ] = "unknown"
    routing_server_places: Annotated[
        int, Field(description="Most places the routing server takes in one matrix.", ge=2, le=100_000)
    ] = 100
    routing_server_timeout_seconds: Annotated[
        float, Field(description="How long one request to the routing server may take.", gt=0, le=600)
    ] = 30.0
    basemap_url: Annotated[
        str | None,
        Field(description="Address pattern of raster tiles ({z}/{x}/{y}) under the map. Empty: no outside requests."),
    ] = None
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], Field(description="Least severity that is logged.")
    ] = "INFO"
    log_format: Annotated[Literal["json", "console"], Field(description="Shape of the log lines.")] = "json"
    shutdown_grace_seconds: Annotated[
        int, Field(description="How long running requests may finish after a stop signal.", ge=0, le=600)
    ] = 15

    @field_validator("bootstrap_key")
    @classmethod
    def _bootstrap_key_is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value():
            return None
        if value is not None and len(value.get_secret_value()) < 24:
            raise ValueError("PATCHWORK_BOOTSTRAP_KEY must hold at least 24 characters")
        return value

    @field_validator(
        *("database_url", "jobs_database_url", "routing_server", "basemap_url", "public_url", "solver_threads"),
        mode="before",
    )
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("public_url")
    @classmethod
    def _ends_without_a_slash(cls, value: str | None) -> str | None:
        return None if value is None else value.rstrip("/")

    @model_validator(mode="after")
    def _database_is_known(self) -> Settings:
        backend = make_url(self.resolved_database_url).get_backend_name()
        if backend not in {"sqlite", "postgresql"}:
            raise ValueError(f"PATCHWORK_DATABASE_URL names {backend!r}; expected sqlite or postgresql+psycopg")
        return self

    @property
    def resolved_database_url(self) -> str:
        """The database address in force, with PostgreSQL always spoken through psycopg 3."""
        if self.database_url is None:
            return f"sqlite:///{(self.data_dir / 'patchwork.sqlite').resolve()}"
        url = make_url(self.database_url)
        if url.drivername in {"postgres", "postgresql"}:
            url = url.set(drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    @property
    def resolved_jobs_database_url(self) -> str:
        """The address in force for durable jobs."""
        if self.jobs_database_url is not None:
            return self.jobs_database_url
        if self.resolved_database_url.startswith("postgresql"):
            return self.resolved_database_url
        return f"sqlite:///{(self.data_dir / 'jobs.sqlite').resolve()}"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
