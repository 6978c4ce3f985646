"""The nouns of the API, in the order of the document. An operation's tag is one of these."""

from __future__ import annotations

_MEANINGS = {
    "postcodes": "Look up the zone, band and rate of a postcode: one, many, as it is typed, or nearest to a place.",
    "areas": "Small areas (output areas) with their band and zone, as a list and as a map layer.",
    "bands": "How hard each area is to serve: classifications, the reasons for them, and bands set by hand.",
    "demand": "Snapshots of care packages: load them, total them, compare them.",
    "plans": "Zone plans: draw, import, edit, compare, prove and publish them.",
    "rates": "Hourly rates: build a price line by line, ask it backwards, and keep rate cards.",
    "returns": "Providers' open-book returns: the page to fill in, import, checks, and what they say together.",
    "costs": "What rates cost a council in a year, and what providers take in.",
    "rounds": "A day's visits given to carers, and what simulated rounds say about travel.",
    "travel": "Minutes and miles between places.",
    "providers": "The register of home care providers: roles by zone, free hours, suspensions, scores and rules.",
    "requests": "Care to be placed: requests, who is asked and why, offers and answers, waiting and swaps.",
    "features": "The published map as OGC API Features, for QGIS and GDAL.",
    "exports": "Plans and rate cards as files.",
    "maps": "What maps show beside bands and zones: settlements, districts, and which areas touch.",
    "session": "Sign in with a browser, say who is signed in, and end sessions.",
    "jobs": "Long work: follow it and cancel it.",
    "audit": "Who did what, and when.",
    "keys": "Keys to this API: make, list and revoke them.",
    "service": "Whether the service is well, what it holds, and what it measures of itself.",
}

TAGS: list[dict[str, str]] = [{"name": name, "description": meaning} for name, meaning in _MEANINGS.items()]
