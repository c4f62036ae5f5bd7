"""The metrics of one process."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from whisperfarm_store import events
from whisperfarm_store.metrics.definitions import METRICS, Metric, MetricType


@dataclass(frozen=True, slots=True)
class Sample:
    """Value of a metric that is read at a scrape, and the values of its labels."""

    metric: Metric
    value: float
    labels: tuple[str, ...] = field(default=())


Collect = Callable[[], Iterable[Sample]]


class Metrics:
    """Metrics of a process of `component`. Thread-safe.

    Changes to metrics of other components are ignored, because components share code such as the
    ledger.
    """

    def __init__(self, component: str) -> None:
        self._fixed: dict[str, str] = {}
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._metrics = {
            metric.name: _build(metric, self.registry)
            for metric in METRICS
            if component in metric.components and metric.type is not MetricType.GAUGE_CALLBACK
        }

    def fix(self, **labels: str) -> None:
        """Set these labels to one value in all metrics that have them."""
        self._fixed.update(labels)

    def initialize(self, metric: Metric, **labels: str) -> None:
        """Export the counter from now on, starting at 0."""
        self._update(metric, labels, lambda _: None)

    def count(self, metric: Metric, *, by: float = 1, **labels: str) -> None:
        self._update(metric, labels, lambda child: child.inc(by))

    def observe(self, metric: Metric, value: float, **labels: str) -> None:
        """Add a value to a histogram."""
        self._update(metric, labels, lambda child: child.observe(value))

    def set(self, metric: Metric, value: float, **labels: str) -> None:
        """Set a gauge."""
        self._update(metric, labels, lambda child: child.set(value))

    def register_collector(self, read: Collect) -> None:
        """Call `read` at each scrape. Its exceptions are logged."""
        self.registry.register(_GaugeCollector(read))

    def _update(
        self, metric: Metric, labels: dict[str, str], change: Callable[[Any], None]
    ) -> None:
        metric_object = self._metrics.get(metric.name)
        if metric_object is not None:
            fixed = {name: self._fixed[name] for name in metric.labels if name in self._fixed}
            labels = {**fixed, **labels}
            change(metric_object.labels(**labels) if labels else metric_object)


def _build(metric: Metric, registry: CollectorRegistry) -> Any:
    common = (metric.name, metric.description, metric.labels)
    if metric.type is MetricType.COUNTER:
        return Counter(*common, registry=registry)
    if metric.type is MetricType.GAUGE:
        return Gauge(*common, registry=registry)
    return Histogram(*common, registry=registry, buckets=metric.buckets)


class _GaugeCollector(Collector):
    """Converts samples to metric families."""

    def __init__(self, read: Collect) -> None:
        self._read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        samples_by_metric: defaultdict[Metric, list[Sample]] = defaultdict(list)
        try:
            for sample in self._read():
                samples_by_metric[sample.metric].append(sample)
        except Exception:
            events.metrics.collect_failed.log()
        for metric, samples in samples_by_metric.items():
            family = GaugeMetricFamily(metric.name, metric.description, labels=metric.labels)
            for sample in samples:
                family.add_metric(sample.labels, sample.value)
            yield family
