"""Councils by name and code, today's and those that went before them.

A council is one unitary authority, district or borough, or a county with its districts. Codes change when councils
merge or a boundary moves, and postcode files of different years carry different ones, so a council knows its former
codes too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NOISE: Final = re.compile(
    r"\b(county council|council|county of|city of|the|royal borough of|london borough of|metropolitan borough of|"
    r"borough of|county borough|borough|district)\b"
)
_CODE: Final = re.compile(r"[EWS][0-9]{8}")

FORMER_COUNTIES: Final[Mapping[str, tuple[str, ...]]] = {
    "Northamptonshire": ("E06000061", "E06000062"),
    "Cumbria": ("E06000063", "E06000064"),
}
"""Counties that became several councils (2021 and 2023) and are still asked for by name."""


class UnknownCouncilError(ValueError):
    """No council has that name or code; the message offers those that are close."""


@dataclass(frozen=True, slots=True)
class District:
    """One unitary authority, district or borough of today.

    Attributes:
        code: Code of the Office for National Statistics, such as E07000134.
        name: Its name, without "Council".
        nation: England, Scotland or Wales.
        county_code, county: The county council it is part of; empty for a unitary authority.
    """

    code: str
    name: str
    nation: str
    county_code: str = ""
    county: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A code that is no longer in use, and the district its ground is in now. ``since`` is yyyy-mm."""

    old_code: str
    old_name: str
    new_code: str
    since: str


@dataclass(frozen=True, slots=True)
class Council:
    """What somebody means by a council's name.

    Attributes:
        name: Its name.
        kind: ``council`` for one district or unitary authority, ``county`` for a county with its districts, ``several``
            for councils asked for together.
        codes: Codes of its districts today.
        former: Codes its ground had in earlier years.
        districts: Name by code, of today's codes and of the former ones.
    """

    name: str
    kind: str
    codes: tuple[str, ...]
    former: tuple[str, ...] = ()
    districts: Mapping[str, str] = field(default_factory=dict)

    @property
    def every_code(self) -> frozenset[str]:
        """Today's codes and former ones: what to look for in a file of any year."""
        return frozenset(self.codes) | frozenset(self.former)


class Councils:
    """Every council of Great Britain, found by name or code."""

    def __init__(self, districts: Iterable[District], changes: Iterable[Change]) -> None:
        """Take today's districts and the codes that are gone."""
        self.districts = {district.code: district for district in districts}
        self.changes = tuple(changes)
        self._former: dict[str, list[Change]] = {}
        for change in self.changes:
            self._former.setdefault(change.new_code, []).append(change)
        self._whole_names = {plain_name(district.name) for district in self.districts.values()}

    def every(self) -> list[Council]:
        """Counties and unitary councils, then districts of counties, by name."""
        counties = sorted({d.county for d in self.districts.values() if d.county})
        found = [self._county(name) for name in counties]
        found += [self._made((d.code,), d.name, "council") for d in self.districts.values()]
        return sorted(found, key=lambda council: (council.name, council.codes))

    def find(self, text: str) -> Council:
        """Find a council by name, or by code of any year; several may be joined by commas.

        A county is its districts. "Council", "City of" and the like do not matter, nor do capitals.

        Raises:
            UnknownCouncilError: There is none; offers the nearest names.
        """
        names = [name.strip() for name in text.split(",") if name.strip()]
        if not names:
            raise UnknownCouncilError(
                "council: found nothing, expected a name such as Kent or a code such as E06000017"
            )
        if len(names) == 1 or plain_name(text) in self._whole_names:  # some names have a comma of their own
            return self._one(text.strip())
        found = [self._one(name) for name in names]
        codes = tuple(dict.fromkeys(code for council in found for code in council.codes))
        return self._made(codes, " and ".join(council.name for council in found), "several")

    def name_of(self, code: str) -> str:
        """Name of a district by a code of any year; the code itself where it is not known."""
        if code in self.districts:
            return self.districts[code].name
        return next((change.old_name for change in self.changes if change.old_code == code), code)

    def _one(self, text: str) -> Council:
        if _CODE.fullmatch(text.upper()):
            return self._by_code(text.upper())
        wanted = plain_name(text)
        for county in {d.county for d in self.districts.values() if d.county}:
            if plain_name(county) == wanted:
                return self._county(county)
        for district in self.districts.values():
            if plain_name(district.name) == wanted:
                return self._made((district.code,), district.name, "council")
        for name, codes in FORMER_COUNTIES.items():
            if plain_name(name) == wanted:
                return self._made(codes, name, "several")
        for change in self.changes:
            if plain_name(change.old_name) == wanted:
                now = self.districts[change.new_code]
                raise UnknownCouncilError(
                    f"council: {change.old_name} has been part of {now.name} ({now.code}) since {change.since}; "
                    f"ask for {now.name}"
                )
        raise UnknownCouncilError(self._nothing_called(text))

    def _by_code(self, code: str) -> Council:
        if code in self.districts:
            return self._made((code,), self.districts[code].name, "council")
        for district in self.districts.values():
            if district.county_code == code:
                return self._county(district.county)
        for change in self.changes:
            if change.old_code == code:
                return self._made((change.new_code,), self.districts[change.new_code].name, "council")
        raise UnknownCouncilError(
            f"council: found code {code}, expected one of a council of Great Britain, such as E06000017 (Rutland)"
        )

    def _county(self, county: str) -> Council:
        codes = tuple(d.code for d in self.districts.values() if d.county == county)
        return self._made(codes, county, "county")

    def _made(self, codes: tuple[str, ...], name: str, kind: str) -> Council:
        former = [change for code in codes for change in self._former.get(code, ())]
        names = {code: self.districts[code].name for code in codes}
        names |= {change.old_code: change.old_name for change in former}
        return Council(name, kind, codes, tuple(change.old_code for change in former), names)

    def _nothing_called(self, text: str) -> str:
        known = {plain_name(name): name for name in self._all_names()}
        wanted = plain_name(text)
        close = [known[name] for name in known if wanted and wanted in name][:5]
        close += [known[name] for name in get_close_matches(wanted, list(known), n=5, cutoff=0.6)]
        offered = ", ".join(list(dict.fromkeys(close))[:5])
        hint = f"did you mean {offered}?" if offered else "`patchwork councils` lists them all"
        return f"council: found no council called {text!r}; {hint}"

    def _all_names(self) -> list[str]:
        counties = {d.county for d in self.districts.values() if d.county}
        today = {d.name for d in self.districts.values()}
        return sorted(counties | today | set(FORMER_COUNTIES) | {change.old_name for change in self.changes})


def plain_name(text: str) -> str:
    """A name without what people leave out or spell in several ways."""
    low = text.lower().replace("&", " and ").replace("-", " ").replace(".", "").replace("'", "")
    return " ".join(_NOISE.sub(" ", low.replace(",", " ")).split())
