"""The generated tables of docs/ are up to date."""

import re
from pathlib import Path

import pytest

from tools import reference

PAGES = [
    page for page in sorted(reference.DOCS.rglob("*.md")) if "<!-- table: " in page.read_text()
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_tables_of_a_page_are_current(page: Path) -> None:
    assert reference.current(page) == page.read_text(encoding="utf-8"), "run `make docs`"


def test_every_table_is_on_a_page() -> None:
    named = re.findall(r"<!-- table: ([a-z-]+) -->", "".join(page.read_text() for page in PAGES))
    assert sorted(named) == sorted(reference.TABLES)
