"""The links between the repository's pages lead to existing files and headings."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.project import ROOT

FOLDERS = ("docs", "demo", "helm", "docker", "examples", "bench")
PAGES = sorted(
    [*ROOT.glob("*.md"), *(page for one in FOLDERS for page in ROOT.glob(f"{one}/**/*.md"))]
)

_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


def links(page: Path) -> Iterator[str]:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    yield from (link for link in _LINK.findall(text) if not re.match(r"[a-z]+:", link))


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors that GitHub makes of a page's headings."""
    headings = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    plain = (re.sub(r"\]\([^)]*\)", "]", heading).strip().lower() for heading in headings)
    return frozenset(re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain)


def leads_nowhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return not target.exists() or bool(anchor and anchor not in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_links_lead_somewhere(page: Path) -> None:
    assert [link for link in links(page) if leads_nowhere(page, link)] == []


def test_index_lists_every_page_once() -> None:
    index = ROOT / "docs" / "index.md"
    listed = [(index.parent / link).resolve() for link in links(index)]
    pages = {page for page in PAGES if page.is_relative_to(index.parent) and page != index} - set(
        ROOT.glob("docs/decisions/*.md")
    )
    assert {page for page in pages if listed.count(page) != 1} == set()


def test_paths_of_pages_named_in_files_exist() -> None:
    named = {
        match
        for name in ("Makefile", "pyproject.toml", "docker", "farm", "helm", "client", "store")
        for file in ([ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*"))
        if file.is_file() and file.suffix in {"", ".py", ".toml", ".yaml", ".sh", ".cpu", ".gpu"}
        for match in re.findall(r"\bdocs/[\w/-]+\.md", file.read_text(encoding="utf-8"))
    }
    assert {path for path in named if not (ROOT / path).exists()} == set()
    assert named
