"""Starts counters at 0: Prometheus sees no increase in the first value of a series, so an alert
would miss the first failure."""

from collections.abc import Iterable
from itertools import product

from whisperfarm_store.metrics.definitions import METRICS, Metric, MetricType
from whisperfarm_store.metrics.registry import Metrics


def initialize_labels(metrics: Metrics, **known: Iterable[str]) -> None:
    """Start the counters at 0 for all values of their labels.

    The values are those of the metric's definition and `known` ones, such as the presets as
    `preset`. Counters with other labels appear when they are first incremented.
    """
    for metric in METRICS:
        if metric.type is MetricType.COUNTER:
            _initialize(metrics, metric, {**known, **metric.values})


def _initialize(metrics: Metrics, metric: Metric, known: dict[str, Iterable[str]]) -> None:
    if known.keys() >= set(metric.labels):
        for values in product(*(known[label] for label in metric.labels)):
            metrics.initialize(metric, **dict(zip(metric.labels, values, strict=True)))
