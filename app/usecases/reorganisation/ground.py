"""Proposals laid over the areas of a council."""

from __future__ import annotations

import re
from difflib import get_close_matches

import numpy as np

from app.problems import Problem, invalid_input
from app.usecases.plans.measure.inputs import PlanInputs
from app.usecases.reorganisation.proposals import ReorganisationProposal
from geo.reorganisation import ContradictionError, NewCouncil, Sides, sides_of

CODE = re.compile(r"[A-Z]\d{8}")
"""How the Office for National Statistics codes places: of a council that is not loaded, as good as any."""


def sides_on(inputs: PlanInputs, proposal: ReorganisationProposal, number: int) -> Sides:
    """The side of every area under a proposal.

    Args:
        inputs: The council's areas.
        proposal: Its councils and what they take.
        number: Its position in the request, to name fields by.

    Raises:
        Problem: two councils claim one place, or a name is none of a town or village here.
    """
    towns = np.array([*inputs.natural_names, ""])[inputs.natural]
    councils = [NewCouncil(c.name, tuple(c.places), tuple(c.parts)) for c in proposal.councils]
    try:
        sides = sides_of(councils, [inputs.areas.districts, towns, inputs.areas.ids])
    except ContradictionError as error:
        names = f"{councils[error.first].name!r} and {councils[error.second].name!r}"
        raise _wrong(number, error.second, f"{error.place} is given to both {names} of {proposal.name!r}") from error
    for at, missing in enumerate(sides.not_loaded):
        for place in missing:
            if not CODE.fullmatch(place):
                like = get_close_matches(place, inputs.natural_names, n=3)
                hint = f"; did you mean {' or '.join(like)}?" if like else ""
                raise _wrong(number, at, f"{place!r} is no code, nor a town or village of this council{hint}")
    return sides


def _wrong(proposal: int, council: int, message: str) -> Problem:
    field = f"proposals[{proposal}].councils[{council}].places"
    return invalid_input(f"{field}: {message}.", errors=[{"field": field, "message": message}])
