"""Prometheus metrics.

- `definitions`: every metric, with its type, labels and meaning
- `events`: which log event counts for which metric
- `registry`, `initial_labels`: the metrics of one process, and the label values that start at zero
- `disk`: free space
- `server`: the HTTP server that exports them
"""

from whisperfarm_store.metrics.disk import room_in
from whisperfarm_store.metrics.events import metrics_processor
from whisperfarm_store.metrics.initial_labels import initialize_labels
from whisperfarm_store.metrics.registry import Meters, Reading
from whisperfarm_store.metrics.server import serving

__all__ = [
    "Meters",
    "Reading",
    "initialize_labels",
    "metrics_processor",
    "room_in",
    "serving",
]
