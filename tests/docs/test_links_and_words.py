"""Links in the documentation lead somewhere, every page can be found, and no page names a place it should not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def _links(page: Path) -> list[str]:
    return _LINK.findall(_CODE.sub("", page.read_text("utf-8")))


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    for link in _links(page):
        if re.match(r"https?://|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), f"{link} leaves the project"
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in _anchors(target), f"{link}: no such heading"


def test_every_page_can_be_reached_from_the_map_of_the_documentation() -> None:
    index = ROOT / "docs" / "index.md"
    reached, to_read = {index}, [index]
    while to_read:
        page = to_read.pop()
        for link in _links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file() and target not in reached:
                reached.add(target)
                to_read.append(target)
    lost = [str(page.relative_to(ROOT)) for page in PAGES if page not in reached]
    assert not lost, f"no link leads to {lost}"


def test_every_kind_of_documentation_is_there() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    for kind in ("tutorial", "how-to", "explanation", "reference", "decisions"):
        inside = sorted((ROOT / "docs" / kind).glob("*.md"))
        assert inside, kind
        assert f"({kind}/" in index


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_name_no_folder_of_one_machine_and_no_registry(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not re.search(r"(?<![\w.])/(work|home|root|Users|tmp)/", text)
    assert not re.search(r"pypi\.org|pythonhosted|npmjs|registry\.|index-url", text)


def test_decisions_are_numbered_without_a_gap_and_say_what_was_not_chosen() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in records] == list(range(1, len(records) + 1))
    for page in records:
        text = page.read_text("utf-8")
        assert "Status: accepted" in text, page.name
        assert re.search(r"^## (Not chosen|Considered)", text, re.MULTILINE), page.name
