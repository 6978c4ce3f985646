"""The register of providers from the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.desk import ACTOR, open_desk, table
from app.cli.output import AsJson, give

providers = typer.Typer(
    help="The register of home care providers: list, show, roles, free hours.", no_args_is_help=True
)


@providers.command("list")
def list_(
    text: Annotated[str | None, typer.Option(help="Part of the name.")] = None,
    as_json: AsJson = False,
) -> None:
    """List providers with their roles."""
    from app.api.providers.schemas import ProviderView
    from app.storage.brokerage.providers import branches_of, providers_listed, roles_listed

    with open_desk() as (database, desk), database.read() as session:
        rows = providers_listed(session, desk.council, 10_000, None, text=text)
        branches = branches_of(session, [row.id for row in rows])
        roles: dict[int, list[str]] = {}
        for role in roles_listed(session, desk.council):
            where = "county" if role.zone is None else f"zone {role.zone}"
            if role.last_day is None:
                roles.setdefault(role.provider_id, []).append(f"{role.role} {where}")
        found = [ProviderView.of(row, branches.get(row.id, [])).model_dump(mode="json") for row in rows]
    lines = table(
        [
            [one["id"], one["name"], one["postcode"], one["rating"], ", ".join(roles.get(one["id"], []))]
            for one in found
        ],
        ["id", "name", "postcode", "rating", "roles"],
    )
    give([{**one, "roles": roles.get(one["id"], [])} for one in found], as_json=as_json, text=lines)


@providers.command("add")
def add(
    name: Annotated[str, typer.Option(help="What it is called.")],
    postcode: Annotated[str, typer.Option(help="Of its branch.")],
    contact: Annotated[str, typer.Option(help="Whom to call.")] = "",
    telephone: str = "",
    email: str = "",
    location_id: Annotated[str | None, typer.Option(help="The regulator's number of the branch.")] = None,
    as_json: AsJson = False,
) -> None:
    """Keep a provider."""
    from app.usecases.brokerage.register import ProviderBody, keep_provider

    body = ProviderBody.model_validate(
        {
            "name": name,
            "postcode": postcode,
            "contact": {"name": contact, "telephone": telephone, "email": email},
            "location_id": location_id,
        }
    )
    with open_desk() as (database, desk), database.write() as session:
        row, warnings = keep_provider(session, desk, body, ACTOR)
        number = row.id
    give(
        {"id": number, "warnings": warnings},
        as_json=as_json,
        text="\n".join([f"Kept provider {number}, {name}.", *warnings]),
    )


@providers.command("role")
def role(
    provider: Annotated[int, typer.Argument(help="Number of the provider.")],
    role_: Annotated[str, typer.Argument(metavar="ROLE", help="prime, supplementary, specialist or spot.")],
    zone: Annotated[int | None, typer.Option(help="Number of the zone; the whole county without.")] = None,
    service: Annotated[str, typer.Option(help="The service; any for all.")] = "any",
    first_day: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Today without.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give a provider a role from a day."""
    from app.api.roles.endpoints import RoleBody, RoleView
    from app.usecases.brokerage.desk import today
    from app.usecases.brokerage.register import give_role

    body = RoleBody.model_validate(
        {
            "provider_id": provider,
            "zone": zone,
            "role": role_,
            "service_type": service,
            "from": first_day.date() if first_day else today(),
        }
    )
    with open_desk() as (database, desk), database.write() as session:
        row = give_role(session, desk, body.model_dump(), ACTOR)
        view = RoleView.of(row).model_dump(mode="json", by_alias=True)
    give(view, as_json=as_json, text=f"Role {view['id']}: provider {provider} is {role_} from {view['from']}.")


@providers.command("simulate")
def simulate(
    rules: Annotated[list[str] | None, typer.Option(help="Names of shipped rule sets; all without.")] = None,
    requests_a_year: Annotated[int, typer.Option(min=20, max=3000)] = 400,
    primes: Annotated[int, typer.Option(min=0, max=6, help="Prime providers in each zone.")] = 2,
    seeds: Annotated[int, typer.Option(min=1, max=10, help="Counties drawn, one a seed.")] = 2,
    record_from: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Replay the council's own requests made from this day on."),
    ] = None,
    record_to: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the replay; today without.")
    ] = None,
    plan: Annotated[
        int | None, typer.Option(help="Replay in the zones of this plan; the published one without.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Simulate a year of made-up requests, or the council's own record, under rule sets before one is set."""
    from app.usecases.brokerage.desk import today
    from app.usecases.brokerage.simulate import SimulationBody, record_asked, simulate_rules

    given: dict[str, object] = {
        "requests_a_year": requests_a_year,
        "primes": primes,
        "seeds": list(range(1, seeds + 1)),
    }
    if record_from is not None:
        last = record_to.date() if record_to else today()
        given["record"] = {"from": record_from.date(), "to": last, "plan_id": plan}
    with open_desk() as (database, desk):
        body = SimulationBody.model_validate(given | ({"rule_sets": rules} if rules else {}))
        with database.read() as session:
            record = record_asked(body, session, desk)
        found = simulate_rules(body, record)
    lines = table(
        [
            [
                one["rule_set"],
                f"{one['mean_days_to_first_visit']['mean']:.2f}",
                f"{one['minutes_per_visit']['mean']:.1f}",
                f"{one['concentration']['mean']:.2f}",
                one["stray_p95"] and f"{one['stray_p95']['mean']:.2f}",
            ]
            for one in found["items"]
        ],
        ["rules", "days to first visit", "minutes a visit", "concentration", "turns from owed"],
    )
    give(found, as_json=as_json, text=lines)


@providers.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, XLSX or the regulator's directory.")],
    local_authority: Annotated[
        str | None, typer.Option(help="Only locations of this local authority, in the regulator's file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Keep providers from a table or from the regulator's directory file; those known by their number are updated."""
    from app.usecases.brokerage.import_providers import import_providers

    with open_desk() as (database, desk), database.write() as session:
        done = import_providers(session, desk, file.read_bytes(), ACTOR, local_authority=local_authority)
    give(
        done,
        as_json=as_json,
        text=f"{done['added']} added, {done['updated']} updated, {done['unchanged']} unchanged, "
        f"{done['left_out']} left out of {done['rows']} rows.",
    )
