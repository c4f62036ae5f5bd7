"""Documents that repeat what the code says, compared with it."""

from pathlib import Path

import pytest

from tests.support.problems import EVERY, client_errors
from tools import docs
from whisperfarm_contract.problems import Problem
from whisperfarm_store.ledger import LeaseLost

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", docs.TABLES)
def test_reference_page_has_the_table_that_the_code_makes(name: str) -> None:
    page = (docs.REFERENCE / name).read_text(encoding="utf-8")
    assert page.count(docs.BEGIN) == page.count(docs.END) == 1
    assert docs.refreshed(page, docs.TABLES[name]()) == page, "run: make docs"


ANSWERED = [
    kind for kind in EVERY if kind.__module__ != client_errors.__name__ and kind is not LeaseLost
]
"""Callers never see that a lease was lost: another worker then has the job."""


@pytest.mark.parametrize("problem", ANSWERED, ids=lambda problem: problem.name)
def test_the_http_document_lists_every_problem_as_it_is(problem: type[Problem]) -> None:
    row = f"| `{problem.name}` | {problem.status} | {problem.title()} | {problem.exit_code} |"
    assert row in (DOCS / "reference" / "http-api.md").read_text(encoding="utf-8")
