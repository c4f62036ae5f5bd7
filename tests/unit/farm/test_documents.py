"""Documents that repeat what the code says, compared with it."""

from pathlib import Path

import pytest

from whisperfarm.commands.settings import KINDS
from whisperfarm.settings_table import markdown
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_store.metrics.definitions import METRICS, Metric

DOCS = Path(__file__).parents[3] / "docs"


def test_the_settings_document_lists_the_settings_as_they_are() -> None:
    assert markdown(KINDS) in (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_http_document_lists_every_problem_as_it_is(name: str) -> None:
    problem = PROBLEMS[name]
    row = f"| `{name}` | {problem.status} | {problem.title()} | {problem.exit_code} |"
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
