"""The options that the commands of ``patchwork zones`` share."""

from __future__ import annotations

from typing import Annotated

import typer

from app.usecases.plan_costs import Priorities

ACTOR = "command line"
BORDER_POUNDS = Priorities().border_pounds_per_year
PlanName = Annotated[str, typer.Option("--name", help="What to call the plan.")]
Count = Annotated[int, typer.Option("--zones", help="How many zones of equal hours.", min=2, max=60)]
Like = Annotated[int | None, typer.Option("--like", help="Zones with the names, tiers and hours of this plan's.")]
Tolerance = Annotated[float, typer.Option("--tolerance", help="Largest deviation from a target, as a share.")]
Seconds = Annotated[float, typer.Option("--seconds", help="How long to search.", min=1)]
Starts = Annotated[int | None, typer.Option("--starts", help="Stop after so many starts: repeatable.", min=1)]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the search.", min=0)]
Border = Annotated[float, typer.Option("--border-pounds", help="Price a year of each parted pair of areas.", min=0)]
Natural = Annotated[
    float, typer.Option("--town-pounds", help="Price a year of each further zone a town or village is cut into.", min=0)
]
Against = Annotated[int | None, typer.Option("--against", help="Plan whose zones packages should stay in.")]
Disruption = Annotated[float, typer.Option("--move-pounds", help="Price of each package that changes zone.", min=0)]
PublishIt = Annotated[bool, typer.Option("--publish", help="Put the plan in force.")]
PlanId = Annotated[int, typer.Argument(help="Number of the plan.")]
