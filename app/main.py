"""The application: routers, middleware and the services of one process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from fastapi import APIRouter, FastAPI

from app.api.areas.endpoints import router as areas
from app.api.audit.endpoints import router as audit
from app.api.bands.endpoints import router as bands
from app.api.capacity.endpoints import router as capacity
from app.api.costs.endpoints import router as costs
from app.api.councils.endpoints import router as councils
from app.api.demand.endpoints import router as demand
from app.api.dependencies import Services
from app.api.exports.endpoints import router as exports
from app.api.features.endpoints import router as features
from app.api.jobs.endpoints import router as jobs
from app.api.keys.endpoints import router as keys
from app.api.maps.endpoints import router as maps
from app.api.offers.endpoints import router as offers
from app.api.openapi import TAGS, describe_api, operation_id
from app.api.payments.endpoints import router as payments
from app.api.plans.endpoints import router as plans
from app.api.postcodes.endpoints import router as postcodes
from app.api.postcodes.lists import router as lists
from app.api.providers.endpoints import router as providers
from app.api.providers.scores import router as scores
from app.api.rates.endpoints import router as rates
from app.api.requests.endpoints import router as requests
from app.api.returns.endpoints import router as returns
from app.api.roles.endpoints import router as roles
from app.api.rounds.endpoints import router as rounds
from app.api.rules.endpoints import router as rule_sets
from app.api.service.endpoints import public as public_service
from app.api.service.endpoints import router as service
from app.api.session.endpoints import page as sign_in_page
from app.api.session.endpoints import router as session
from app.api.swaps.endpoints import router as swaps
from app.api.travel.endpoints import router as travel
from app.api.waiting.endpoints import router as waiting
from app.api.waiting.reports import router as waiting_reports
from app.jobs.client import JobClient
from app.logs import configure_logs
from app.lookup.cache import VersionedCache
from app.lookup.directory import DirectoryHolder
from app.lookup.index import LookupHolder
from app.middleware.browser import BrowserPages
from app.middleware.door import Door
from app.middleware.etags import ETags
from app.middleware.harmless import Harmless
from app.middleware.headers import SecurityHeaders
from app.middleware.idempotency import Idempotency
from app.middleware.limits import BodyLimit
from app.middleware.observe import Observe
from app.middleware.plain_lookup import PlainLookup
from app.problems import install_problem_handlers
from app.security.keys import Authenticator
from app.security.page_token import PageTokens
from app.security.sessions import Sessions
from app.security.sign_on.service import sign_on_of
from app.settings import Settings, get_settings
from app.storage.database import Database
from app.usecases.service.overview import page_is_open
from app.version import code_version
from app.web.directory import router as directory
from app.web.offers import router as offer_pages
from app.web.pages import router as pages
from app.web.sign_on import router as sign_on

log = structlog.get_logger(__name__)
_UPLOAD_OVERHEAD_BYTES = 100_000

DESCRIPTION = """
Home-care zones, travel and fair rates for a council: which zone, band and rate apply to a postcode, how a rate is built
line by line, and how zone plans compare.

**Keys.** Every call under `/v1` needs `Authorization: Bearer <key>`. `patchwork keys create` makes keys.

An access token of the council's own sign-on does as well, where `PATCHWORK_OIDC_API_AUDIENCE` is set.

**Errors** are problem details (RFC 9457): `type` names the kind, `detail` says what is wrong this time. Somebody who
opens an address in a browser gets the same as a page (`text/html`).

**Reads** carry an `ETag`; send it back as `If-None-Match` and get 304 when nothing changed. **Lists** come in pages:
send `next_cursor` back as `cursor`. **Writes** take an `Idempotency-Key`: sent again, the request has no second effect.

Pounds are exact decimals written as JSON numbers; distances are metres on the British National Grid unless named
otherwise; hours are care hours a week, all carers counted.
"""


def build_services(settings: Settings) -> Services:
    """Make the services of one process."""
    database = Database(settings.resolved_database_url)
    return Services(
        settings=settings,
        database=database,
        authenticator=Authenticator(database),
        page_tokens=PageTokens(database, lambda: page_is_open(database, settings)),
        sessions=Sessions(database, settings),
        sign_on=sign_on_of(database, settings),
        lookup=LookupHolder(database, settings.council),
        jobs=JobClient(database, settings),
        national=DirectoryHolder(settings),
        cache=VersionedCache(),
    )


async def _watch_for_changes(services: Services) -> None:
    while True:
        await asyncio.sleep(services.settings.index_refresh_seconds)
        try:
            await asyncio.to_thread(services.lookup.refresh)
        except Exception as error:  # noqa: BLE001 - the old index serves on while the database is away
            log.warning("lookup_index_not_refreshed", error=type(error).__name__)


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    services.national.start()
    await asyncio.to_thread(services.lookup.refresh)
    watcher = asyncio.create_task(_watch_for_changes(services))
    log.info("ready", council=services.settings.council, version=code_version())
    yield
    watcher.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watcher
    services.database.dispose()
    log.info("stopped")


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application.

    Args:
        settings: The settings to run with; those of the environment when None.
    """
    settings = settings or get_settings()
    configure_logs(settings.log_level, settings.log_format)
    app = FastAPI(
        title="Patchwork",
        version=code_version(),
        description=DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_tags=TAGS,
        generate_unique_id_function=operation_id,
    )
    app.state.services = build_services(settings)
    install_problem_handlers(app)
    v1 = APIRouter(prefix="/v1")
    # Rates first: routes are tried in order, and pricing is asked in bulk.
    for router in (
        rates,
        service,
        postcodes,
        areas,
        bands,
        demand,
        plans,
        rounds,
        travel,
        features,
        costs,
        jobs,
        exports,
        audit,
        keys,
        session,
        maps,
        lists,
        scores,
        rule_sets,
        providers,
        roles,
        capacity,
        requests,
        offers,
        payments,
        waiting_reports,
        waiting,
        swaps,
        councils,
        returns,
    ):
        v1.include_router(router)
    app.include_router(v1)
    app.include_router(public_service)
    app.include_router(offer_pages)
    app.include_router(directory)
    app.include_router(sign_in_page)
    app.include_router(sign_on)
    app.include_router(pages)
    describe_api(app)
    # The last added is the outermost.
    app.add_middleware(PlainLookup)
    app.add_middleware(Harmless)
    app.add_middleware(ETags)
    app.add_middleware(Idempotency)
    app.add_middleware(BodyLimit, max_bytes=settings.max_upload_bytes + _UPLOAD_OVERHEAD_BYTES)
    app.add_middleware(Door)
    app.add_middleware(BrowserPages)
    app.add_middleware(Observe)
    app.add_middleware(SecurityHeaders)
    return app
