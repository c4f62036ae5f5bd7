"""Prometheus metrics.

- `definitions`: every metric, with its type, labels and meaning
- `events`: which log event changes which metric
- `registry`, `initial_labels`: the metrics of one process, and the label values that start at zero
- `disk`: free space
- `server`: the HTTP server that exports them
"""

from whisperfarm_store.metrics.disk import free_bytes
from whisperfarm_store.metrics.events import metrics_processor
from whisperfarm_store.metrics.initial_labels import initialize_labels
from whisperfarm_store.metrics.registry import Metrics, Sample
from whisperfarm_store.metrics.server import serve_metrics

__all__ = [
    "Metrics",
    "Sample",
    "free_bytes",
    "initialize_labels",
    "metrics_processor",
    "serve_metrics",
]
