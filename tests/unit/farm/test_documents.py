"""Documents that repeat what the code says, compared with it."""

from pathlib import Path

import pytest

from tests.support.problems import EVERY, client_errors
from whisperfarm.commands.settings import KINDS
from whisperfarm.settings_table import markdown
from whisperfarm_contract.outcomes import AttemptOutcome
from whisperfarm_contract.problems import Problem
from whisperfarm_store.ledger import LeaseLost
from whisperfarm_store.metrics.definitions import METRICS, Metric

DOCS = Path(__file__).parents[3] / "docs"


def test_the_settings_document_lists_the_settings_as_they_are() -> None:
    assert markdown(KINDS) in (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")


ANSWERED = [
    kind for kind in EVERY if kind.__module__ != client_errors.__name__ and kind is not LeaseLost
]
"""Callers never see that a lease was lost: another worker then has the job."""


@pytest.mark.parametrize("problem", ANSWERED, ids=lambda problem: problem.name)
def test_the_http_document_lists_every_problem_as_it_is(problem: type[Problem]) -> None:
    row = f"| `{problem.name}` | {problem.status} | {problem.title()} | {problem.exit_code} |"
    assert row in (DOCS / "reference" / "http-api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_the_document_of_metrics_has_every_metric_as_it_is(metric: Metric) -> None:
    labels, parts = ", ".join(metric.labels) or "-", ", ".join(metric.parts)
    row = f"| `{metric.name}` | {labels} | {parts} | {metric.about} |"
    assert row in (DOCS / "reference" / "metrics.md").read_text(encoding="utf-8").splitlines()


def test_the_document_of_metrics_has_no_others() -> None:
    lines = (DOCS / "reference" / "metrics.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `whisper")]
    assert len(rows) == len(METRICS)


@pytest.mark.parametrize("outcome", AttemptOutcome)
def test_document_of_metrics_explains_every_outcome_of_attempts(outcome: AttemptOutcome) -> None:
    row = f"| `{outcome.value}` | {outcome.meaning} |"
    assert row in (DOCS / "reference" / "metrics.md").read_text(encoding="utf-8").splitlines()
