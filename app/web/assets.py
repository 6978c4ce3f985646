"""The page's built files, held in memory with their compressed twins.

``web/build.py`` writes them with their hash in the name and, last of all, ``manifest.json``; a folder with a manifest
is a whole build.
"""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Compressed twins a file may have, best first: the name of the encoding in HTTP and the suffix of the file.
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))

# Windows machines may hold other types in their registry; a module worker is refused unless it is JavaScript.
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the page.

    Attributes:
        content: The file as it is.
        encoded: Its compressed twins by HTTP encoding name.
        media_type: Its media type.
        etag: A strong validator of ``content``, quoted.
    """

    content: bytes
    encoded: Mapping[str, bytes]
    media_type: str
    etag: str

    def best(self, accept_encoding: str) -> tuple[bytes, str | None]:
        """Return the smallest form a client takes and the name of its encoding, ``None`` for the file as it is.

        Args:
            accept_encoding: The request's ``Accept-Encoding`` header; an encoding refused with ``q=0`` is not used.
        """
        accepted = {
            name.strip().lower()
            for name, _, weight in (part.partition(";") for part in accept_encoding.split(","))
            if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
        }
        for name, _ in ENCODINGS:
            if name in accepted and name in self.encoded:
                return self.encoded[name], name
        return self.content, None

    @classmethod
    def of(cls, content: bytes, media_type: str) -> Asset:
        """An asset made on the spot, with a validator and no compressed twins."""
        return cls(content, {}, media_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def load_assets(folder: Path) -> Mapping[str, Asset] | None:
    """Return the files of a whole build by name, or ``None`` where there is none.

    Read once for each build: a new manifest is noticed without a restart.

    Args:
        folder: Where the build writes.
    """
    try:
        built_at = (folder / "manifest.json").stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _load(folder, built_at)


@lru_cache(maxsize=4)
def _load(folder: Path, _built_at: int) -> Mapping[str, Asset]:
    twins = {suffix for _, suffix in ENCODINGS}
    return {
        path.name: _read(path)
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix not in twins and path.name != "manifest.json"
    }


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    encoded = {}
    for name, suffix in ENCODINGS:
        twin = path.with_name(path.name + suffix)
        if twin.is_file() and twin.stat().st_size < len(content):
            encoded[name] = twin.read_bytes()
    media_type = _MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(content, encoded, media_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
