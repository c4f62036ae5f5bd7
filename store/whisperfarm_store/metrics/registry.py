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
    """What a metric that is read stands at, under these values of its labels."""

    metric: Metric
    value: float
    labels: tuple[str, ...] = field(default=())


Collect = Callable[[], Iterable[Sample]]


class Metrics:
    """The metrics of the process of this component. Safe in threads.

    What belongs to another component is not counted: all of them use the ledger, for example.
    """

    def __init__(self, component: str) -> None:
        self._fixed: dict[str, str] = {}
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._built = {
            one.name: _build(one, self.registry)
            for one in METRICS
            if component in one.components and one.type is not MetricType.GAUGE_CALLBACK
        }

    def fix(self, **labels: str) -> None:
        """Give these labels one value, in all metrics that have them, for the whole process."""
        self._fixed.update(labels)

    def initialize(self, metric: Metric, **labels: str) -> None:
        """Show the counter from now on, at 0."""
        self._with(metric, labels, lambda _: None)

    def count(self, metric: Metric, **labels: str) -> None:
        """One more."""
        self._with(metric, labels, lambda one: one.inc())

    def observe(self, metric: Metric, value: float, **labels: str) -> None:
        """One more value of a histogram."""
        self._with(metric, labels, lambda one: one.observe(value))

    def set(self, metric: Metric, value: float, **labels: str) -> None:
        """The value of a gauge from now on."""
        self._with(metric, labels, lambda one: one.set(value))

    def register_collector(self, read: Collect) -> None:
        """Ask `read` whenever somebody looks at the metrics; what it raises is logged."""
        self.registry.register(_GaugeCollector(read))

    def _with(self, metric: Metric, labels: dict[str, str], change: Callable[[Any], None]) -> None:
        metric_object = self._built.get(metric.name)
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
    """Readings, in the form that the library wants."""

    def __init__(self, read: Collect) -> None:
        self._read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found: defaultdict[Metric, list[Sample]] = defaultdict(list)
        try:
            for reading in self._read():
                found[reading.metric].append(reading)
        except Exception:
            events.metrics.collect_failed.log()
        for metric, readings in found.items():
            family = GaugeMetricFamily(metric.name, metric.description, labels=metric.labels)
            for reading in readings:
                family.add_metric(reading.labels, reading.value)
            yield family
