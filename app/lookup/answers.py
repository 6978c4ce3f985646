"""From the text somebody typed to an answer or the problem that says what is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from app.lookup.schemas import PostcodeAnswer
from app.problems import Problem
from geo.postcodes import InvalidPostcode, parse, spaced
from geo.similar import suggest

if TYPE_CHECKING:
    from app.lookup.index import LookupIndex, PostcodeRow
    from geo.gazetteer import Gazetteer

SUGGESTIONS = 5


def look_up(text: str, index: LookupIndex, directory: Gazetteer | None, on: date) -> PostcodeAnswer:
    """Answer for a postcode as typed.

    Args:
        text: Any spelling: case, spaces and the O/0, I/1 slips are put right and named.
        index: The council's published state.
        directory: The national directory, which tells a postcode elsewhere from one that does not exist.
        on: The day whose rate card applies.

    Raises:
        Problem: it is not a postcode, is not in any directory, was terminated, or lies outside the council's area.
    """
    try:
        parsed = parse(text)
    except InvalidPostcode as error:
        raise Problem(
            400,
            "postcode-invalid",
            "Not a postcode",
            str(error),
            found=text[:20],
            suggestions=[],
        ) from error
    key = parsed.key
    row = index.postcodes.get(key)
    if row is None:
        raise _absent(key, index, directory)
    if not row.live:
        raise _terminated(key, row, index)
    return index.answer(key, on, [str(repair) for repair in parsed.repairs])


def _terminated(key: str, row: PostcodeRow, index: LookupIndex) -> Problem:
    ended = row.terminated
    near = index.nearest_live(row.easting, row.northing, SUGGESTIONS)
    when = f"in {ended[4:]}/{ended[:4]}" if ended else "at a date the directory does not give"
    return Problem(
        410,
        "postcode-terminated",
        "Terminated postcode",
        f"{spaced(key)} was terminated {when}. The nearest live postcode is {spaced(near[0][0])}, "
        f"{near[0][1]:.0f} metres away."
        if near
        else f"{spaced(key)} was terminated {when}.",
        postcode=spaced(key),
        terminated=f"{ended[:4]}-{ended[4:]}" if ended else None,
        suggestions=[spaced(found) for found, _ in near],
    )


def _absent(key: str, index: LookupIndex, directory: Gazetteer | None) -> Problem:
    place = directory.lookup(key) if directory is not None else None
    if place is not None:
        near = (
            index.nearest_live(place.easting, place.northing, 1)
            if place.easting is not None and place.northing is not None
            else []
        )
        away = f" The nearest postcode inside is {spaced(near[0][0])}, {near[0][1] / 1000:.1f} km away." if near else ""
        return Problem(
            404,
            "postcode-out-of-county",
            "Outside the council's area",
            f"{spaced(key)} lies in district {place.district or 'unknown'}, outside the council's area.{away}",
            postcode=spaced(key),
            district=place.district,
            status_in_directory=place.status.name.lower(),
            suggestions=[spaced(found) for found, _ in near],
        )
    similar = [spaced(other) for other in index.similar(key, SUGGESTIONS)]
    if not similar and directory is not None:
        likely = suggest(directory, key, SUGGESTIONS, districts=frozenset(index.districts))
        similar = [found.entry.postcode for found in likely]
    hint = f" Did you mean {', '.join(similar[:3])}?" if similar else ""
    return Problem(
        404,
        "postcode-unknown",
        "Unknown postcode",
        f"{spaced(key)} has the shape of a postcode but is in no directory.{hint}",
        postcode=spaced(key),
        suggestions=similar,
    )
