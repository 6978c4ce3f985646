"""Configuration: every setting, its meaning and its default, read from ``PATCHWORK_…`` environment variables.

``patchwork doctor --settings`` prints this list with the values in force, and ``docs/reference/settings.md`` is made
from it.
"""

from __future__ import annotations

import json
import socket
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url

PUBLIC_KEY_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
"""Signature algorithms (RFC 7518, RFC 8037) whose checking key is no secret. A token's own word is never asked."""


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
    ] = 40
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
    oidc_issuer: Annotated[
        str | None,
        Field(
            description="Issuer of the council's OpenID Connect provider, as the provider spells it; "
            "`/.well-known/openid-configuration` below it is read. Empty: signing in with a key only.",
            pattern=r"^https?://\S+$",
            max_length=300,
        ),
    ] = None
    oidc_client_id: Annotated[
        str | None, Field(description="What this service is called at the provider.", max_length=200)
    ] = None
    oidc_client_secret: Annotated[
        SecretStr | None, Field(description="Its secret at the provider. Empty: a public client, by PKCE alone.")
    ] = None
    oidc_name: Annotated[
        str, Field(description="What follows `Sign in with` on the sign-in page.", min_length=1, max_length=60)
    ] = "your council account"
    oidc_scopes: Annotated[
        str, Field(description="Scopes asked for, parted by spaces; openid must be among them.", max_length=300)
    ] = "openid"
    oidc_roles_claim: Annotated[
        str,
        Field(
            description="Claim that says what somebody may do, such as groups, roles or realm_access.roles; a text or "
            "a list of texts.",
            min_length=1,
            max_length=200,
        ),
    ] = "groups"
    oidc_roles: Annotated[
        str,
        Field(
            description='Role for each value of that claim, as JSON: {"Home care brokers": "broker"}. Whoever has none '
            "is refused; of several roles the last in the order viewer, broker, analyst, commissioner, admin counts."
        ),
    ] = "{}"
    oidc_name_claim: Annotated[
        str | None,
        Field(
            description="Claim that people are named by, such as name, before their subject, in sessions and the audit "
            "log. Empty: by their subject alone.",
            max_length=200,
        ),
    ] = None
    oidc_contact: Annotated[
        str, Field(description="Whom somebody without a role is told to ask.", min_length=1, max_length=200)
    ] = "whoever administers Patchwork at your council"
    oidc_api_audience: Annotated[
        str | None,
        Field(
            description="Audience of the provider's access tokens (JWT) that the API accepts as it accepts keys. "
            "Empty: none are.",
            max_length=300,
        ),
    ] = None
    oidc_algorithms: Annotated[
        str,
        Field(
            description="Signature algorithms accepted in the provider's tokens, parted by spaces. Only those with a "
            "public key can be named."
        ),
    ] = "RS256 PS256 ES256"
    oidc_clock_skew_seconds: Annotated[
        int, Field(description="By how much the provider's clock may differ from this host's.", ge=0, le=600)
    ] = 60
    oidc_timeout_seconds: Annotated[
        float, Field(description="How long one request to the provider may take.", gt=0, le=60)
    ] = 5.0
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
        *("oidc_issuer", "oidc_client_id", "oidc_name_claim", "oidc_api_audience"),
        mode="before",
    )
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("public_url")
    @classmethod
    def _ends_without_a_slash(cls, value: str | None) -> str | None:
        return None if value is None else value.rstrip("/")

    @field_validator("oidc_client_secret")
    @classmethod
    def _empty_secret_is_absent(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value is not None and value.get_secret_value() else None

    @field_validator("oidc_algorithms")
    @classmethod
    def _algorithms_have_public_keys(cls, value: str) -> str:
        wrong = [name for name in value.split() if name not in PUBLIC_KEY_ALGORITHMS]
        if wrong or not value.split():
            known = ", ".join(sorted(PUBLIC_KEY_ALGORITHMS))
            raise ValueError(f"found {' '.join(wrong) or 'nothing'}, expected some of {known}")
        return value

    @field_validator("oidc_roles")
    @classmethod
    def _roles_are_a_map(cls, value: str) -> str:
        try:
            found = json.loads(value or "{}")
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(role, str) for role in found.values()):
            raise ValueError('expected a JSON object, such as {"Home care brokers": "broker"}')
        return value or "{}"

    @model_validator(mode="after")
    def _sign_on_is_whole(self) -> Settings:
        if self.oidc_issuer is None:
            return self
        if self.oidc_client_id is None:
            raise ValueError("PATCHWORK_OIDC_ISSUER is set and PATCHWORK_OIDC_CLIENT_ID is not")
        if "openid" not in self.oidc_scopes.split():
            raise ValueError("PATCHWORK_OIDC_SCOPES lacks openid, which makes it a sign-on")
        address = urlsplit(self.oidc_issuer)
        if address.scheme != "https" and address.hostname not in {"127.0.0.1", "::1", "localhost"}:
            raise ValueError("PATCHWORK_OIDC_ISSUER must begin with https://, save on this machine itself")
        return self

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
