"""Running the service: demo data, serving, the worker, migrations, and checking the installation."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from app.cli.output import (
    AsJson,
    bring_up_to_date,
    fail,
    give,
    open_database,
    problems_as_messages,
    progress_line,
    quiet_settings,
    say,
    settings_in_force,
)
from app.logs import configure_logs
from app.settings import Settings

SERVER = "app.main:create_app"


def _prepare(settings: Settings) -> None:
    """Bring the schema up to date and make sure there is an administrator."""
    from app.security.bootstrap import ensure_administrator

    bring_up_to_date(settings)
    with open_database(settings) as database:
        secret = ensure_administrator(database, settings)
    if secret is not None:
        say(
            "\nAn administrator key was made. It is shown this once and kept nowhere in clear:\n\n"
            f"    {secret}\n\nSend it as:  Authorization: Bearer {secret}\n"
        )


def demo(
    report: Annotated[
        bool, typer.Option("--report", help="Print the published report's tables beside the service's figures.")
    ] = False,
    council: Annotated[
        str, typer.Option(help="Another council to try, by name, in made-up areas; `patchwork councils` lists them.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Load the demonstration county: real postcodes, synthetic demand, bands, fourteen zones, rates.

    What is already there is left as it is.
    """
    if council:
        _council_to_try(council, as_json=as_json)
        return
    from app.cli.report_text import report_text
    from app.usecases.demand.gate import INSIDE
    from app.usecases.demo.load import load_demo
    from app.usecases.demo.report import compare_with_report

    settings = quiet_settings()
    started = time.perf_counter()
    with problems_as_messages():
        bring_up_to_date(settings) if as_json else _prepare(settings)
        with open_database(settings) as database:
            done = load_demo(database, settings, progress_line)
            seconds = time.perf_counter() - started
            if not report:
                give(
                    done,
                    as_json=as_json,
                    text=f"The demonstration county is loaded ({seconds:.0f} s). Its demand is synthetic.\n"
                    "Next: patchwork serve    and    patchwork demo --report",
                )
                return
            with database.read() as session:
                figures = compare_with_report(session, settings.council, INSIDE)
    give(figures, as_json=as_json, text=report_text(figures))


def _council_to_try(name: str, *, as_json: bool) -> None:
    from app.usecases.demo.council import load_council
    from geo.councils import UnknownCouncilError

    settings = quiet_settings()
    started = time.perf_counter()
    with problems_as_messages():
        bring_up_to_date(settings) if as_json else _prepare(settings)
        try:
            with open_database(settings) as database:
                done = load_council(database, settings, name, progress_line)
        except UnknownCouncilError as error:
            raise fail(str(error), code=2) from error
    give(
        done,
        as_json=as_json,
        text=f"{done['council']} is loaded to try ({time.perf_counter() - started:.0f} s). Its postcodes are real; its "
        "areas, demand and providers are made up, and its rates are another council's.\nNext: patchwork serve",
    )


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; PATCHWORK_HOST when not given.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; PATCHWORK_PORT when not given.", min=1, max=65535)] = None,
    workers: Annotated[int | None, typer.Option(help="API processes.", min=1, max=64)] = None,
) -> None:
    """Serve the API and the map, and run a job worker beside them."""
    import uvicorn

    from app.jobs.supervisor import WorkerSupervisor
    from app.security.sign_on.people import Rules
    from app.serving import GuardedProtocol

    settings = settings_in_force()
    listen = (host or settings.host, port or settings.port)
    try:
        Rules.of(settings)
    except ValueError as error:
        raise fail(str(error), code=2) from error
    with problems_as_messages():
        _prepare(settings)
    configure_logs(settings.log_level, settings.log_format)
    say(f"Patchwork serves on http://{listen[0]}:{listen[1]}   API: /docs   stop with Ctrl-C")
    options: dict[str, Any] = {
        "factory": True,
        "host": listen[0],
        "port": listen[1],
        "workers": workers or settings.api_workers,
        "log_config": None,
        "access_log": False,
        "timeout_graceful_shutdown": settings.shutdown_grace_seconds,
        "server_header": False,
        "http": GuardedProtocol,
    }
    if not settings.embedded_worker:
        uvicorn.run(SERVER, **options)
        return
    supervisor = WorkerSupervisor(settings)
    supervisor.start()
    try:
        uvicorn.run(SERVER, **options)
    finally:
        supervisor.stop()


def worker() -> None:
    """Run jobs until stopped: one worker a host."""
    from app.jobs.worker import run_worker

    settings = settings_in_force()
    configure_logs(settings.log_level, settings.log_format)
    raise typer.Exit(run_worker(settings))


def migrate() -> None:
    """Bring the database to the schema this code expects."""
    bring_up_to_date(settings_in_force())
    say("The database is at the newest schema.")


def doctor(
    settings_too: Annotated[bool, typer.Option("--settings", help="List every setting with its value.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the installation and say what to do about what is wrong."""
    from app.usecases.service.doctor import examine
    from app.web.assets import load_assets
    from app.web.pages import static_folder

    settings = settings_in_force()
    checks = examine(settings, page_built=load_assets(static_folder()) is not None)
    listed = _settings_listed(settings) if settings_too else None
    lines = [f"{'ok  ' if check['ok'] else 'FAIL'}  {check['check']}: {check['detail']}" for check in checks]
    to_do = [check for check in checks if not check["ok"]]
    lines += [f"      -> {check['check']}: {check['do']}" for check in to_do]
    lines += [f"Next step: {to_do[0]['do']}."] if to_do else ["Nothing is missing."]
    if listed:
        lines += ["", *(f"PATCHWORK_{row['name'].upper()}={row['value']}\n    {row['meaning']}" for row in listed)]
    give({"checks": checks, "settings": listed}, as_json=as_json, text="\n".join(lines))
    if not all(check["ok"] for check in checks):
        raise typer.Exit(1)


def _settings_listed(settings: Settings) -> list[dict[str, str]]:
    return [
        {"name": name, "value": _shown(name, getattr(settings, name)), "meaning": field.description or ""}
        for name, field in Settings.model_fields.items()
    ]


def _shown(name: str, value: object) -> str:
    """A setting as it may be printed: an address of a database without its password."""
    from sqlalchemy.engine import make_url

    if name.endswith("database_url") and value:
        return make_url(str(value)).render_as_string(hide_password=True)
    return str(value)
