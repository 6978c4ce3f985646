"""The published zones looked for again."""

from __future__ import annotations

from app.cli.output import AsJson, give, open_database, problems_as_messages, progress_line, quiet_settings
from app.cli.zones_options import BORDER_POUNDS, Border, Natural, Seconds, Seed, Starts, Tolerance
from app.usecases.demo.rediscover import rediscover as find_again
from app.usecases.plans.measure.costs import Priorities


def rediscover(
    seconds: Seconds = 60,
    starts: Starts = None,
    seed: Seed = 0,
    tolerance: Tolerance = 0.05,
    border_pounds: Border = BORDER_POUNDS,
    town_pounds: Natural = 0,
    as_json: AsJson = False,
) -> None:
    """Draw Leicestershire's fourteen zones with the published hours, not told where they are; say how alike they are.

    Of all pairs of the published main settlements it prints the share that the plan keeps together or apart as the
    published zones do, and how far the plan is from the best possible.
    """
    settings = quiet_settings()
    with problems_as_messages(), open_database(settings) as database:
        found = find_again(
            database,
            settings,
            priorities=Priorities(border_pounds_per_year=border_pounds, natural_area_pounds_per_year=town_pounds),
            seconds=seconds,
            starts=starts,
            seed=seed,
            tolerance_share=tolerance,
            report=progress_line,
        )
    text = (
        f"{found['pairs_treated_the_same_share']:.1%} of {found['pairs']} pairs of {found['settlements']} settlements "
        f"are kept together or apart as in the published zones:\n"
        f"  together: {found['together_kept_share']:.1%} of {found['together']}\n"
        f"  apart:    {found['apart_kept_share']:.1%} of {found['apart']}\n"
        f"Gap {found['gap_share']:.2%}: £{found['objective_pounds_per_year']:,.0f} a year against at least "
        f"£{found['least_possible_pounds_per_year']:,.0f}; stopped on {found['stopped']}, {found['starts']} starts."
    )
    give(found, as_json=as_json, text=text)
