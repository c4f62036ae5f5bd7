"""The names of metrics follow the conventions of Prometheus and our own."""

import re

import pytest

from whisperfarm_store.metrics.definitions import METRICS, Metric, MetricType

UNITS = ("_total", "_seconds", "_bytes", "_ratio", "_factor")
COUNTED = {"whisperfarm_forwards", "whisperfarm_forwards_failing", "whisperfarm_jobs",
           "whisperfarm_workers", "whisperfarm_callbacks_waiting",
           "whisperfarm_paused", "whisperfarm_jobs_in_flight", "whisperfarm_ledger_up",
           "whisperfarm_worker_dependency_up", "whisperfarm_queued_jobs",
           "whisperfarm_watch_waiting", "whisperfarm_watch_folder_up"}  # fmt: skip
LABELS = {"preset", "tenant", "state", "ingress", "problem", "route", "status", "outcome", "folder",
          "stage", "kind", "model", "phase", "engine", "quality_tier", "dependency",
          "lane", "reason", "artifact", "cause", "change"}  # fmt: skip


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_metric_names_have_units_and_known_labels(metric: Metric) -> None:
    assert re.fullmatch(r"whisper(farm|x)(_[a-z]+)+", metric.name)
    assert metric.name.endswith(UNITS) or metric.name in COUNTED
    assert metric.name.endswith("_total") == (metric.type is MetricType.COUNTER)
    assert set(metric.labels) <= LABELS
    assert bool(metric.buckets) == (metric.type is MetricType.HISTOGRAM)


def test_metric_names_are_unique() -> None:
    assert len({one.name for one in METRICS}) == len(METRICS)
