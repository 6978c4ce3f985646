"""The guides as pages: ``docs/`` rendered from Markdown, with links between them and ids on their headings."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: Where the guides lie: beside the packages, in a checkout and in the image alike.
DOCS = Path(__file__).parents[2] / "docs"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*")
_PICTURES = {".png": "image/png", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Guide:
    """A rendered guide: its title, and its body as HTML."""

    title: str
    body: str


def read_guide(docs: Path, name: str) -> Guide | None:
    """Return the guide called ``how-to/set-rates``, or None where there is none of that name.

    Args:
        docs: Folder of the Markdown files.
        name: Path of the file below the folder, without its suffix; only plain names lead anywhere.
    """
    if not _NAME.fullmatch(name):
        return None
    path = docs / f"{name}.md"
    if not path.is_file():
        return None
    return _render(path, name, path.stat().st_mtime_ns)


def read_picture(docs: Path, name: str) -> tuple[bytes, str] | None:
    """Return a picture that a guide shows, with its media type, or None where there is none of that name."""
    stem, dot, _ = name.rpartition(".")
    kind = _PICTURES.get(name[len(stem) :]) if dot else None
    path = docs / name
    if kind is None or not _NAME.fullmatch(stem) or not path.is_file():
        return None
    return path.read_bytes(), kind


@lru_cache(maxsize=256)
def _render(path: Path, name: str, _changed_at: int) -> Guide:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(path.read_text(encoding="utf-8"))
    title = name
    used: dict[str, int] = {}
    for token, inner in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and inner is not None:
            text = _plain(inner.children or [])
            token.attrSet("id", _anchor(text, used))
            title = text if token.tag == "h1" else title
        if token.type == "table_open":
            token.attrSet("tabindex", "0")  # a wide table scrolls, and a keyboard must be able to scroll it
        if token.type in {"fence", "code_block"}:
            token.attrSet("tabindex", "0")
        # The style of a column's alignment would be refused by the page's policy; figures are set right by the sheet.
        style = str(token.attrs.pop("style", ""))
        if style:
            token.attrSet("class", style.removeprefix("text-align:") + "-column")
        for child in token.children or []:
            _relink(child, name)
    return Guide(title, markdown.renderer.render(tokens, markdown.options, {}))


def _plain(children: Sequence[Token]) -> str:
    return "".join(child.content for child in children if child.type in {"text", "code_inline"})


def _anchor(text: str, used: dict[str, int]) -> str:
    """The id that public code hosts give a heading, so that links work there and here."""
    anchor = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
    count = used.get(anchor, 0)
    used[anchor] = count + 1
    return anchor if count == 0 else f"{anchor}-{count}"


def _relink(token: Token, name: str) -> None:
    for attribute in ("href", "src"):
        target: Any = token.attrs.get(attribute)
        if isinstance(target, str):
            token.attrSet(attribute, guide_address(target, name))


def guide_address(target: str, name: str) -> str:
    """Where a link of the guide ``name`` leads as a page: other guides stay here, what lies outside stays as it is."""
    parts = urlsplit(target)
    if parts.scheme or not parts.path or parts.path.startswith("/"):
        return target
    resolved: list[str] = list(PurePosixPath(name).parent.parts)
    for part in PurePosixPath(parts.path).parts:
        if part == "..":
            if not resolved:  # README, NOTICE and the like lie above the guides and are not among them
                return target
            resolved.pop()
        else:
            resolved.append(part)
    path = "/".join(resolved).removesuffix(".md")
    return f"/guides/{path}" + (f"#{parts.fragment}" if parts.fragment else "")


def guide_page(template: str, guide: Guide) -> str:
    """Put a guide into the built page for guides."""
    return template.replace("%%title%%", html.escape(guide.title)).replace("%%body%%", guide.body)
