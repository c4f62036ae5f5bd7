"""Prometheus metrics.

- `definitions`: every metric, with its type, labels and meaning
- `events`: which log event counts for which metric
- `registry`, `initial_labels`: the metrics of one process, and the label values that start at zero
- `disk`: free space
- `server`: the HTTP server that exports them
"""

from whisperfarm_store.metrics.disk import room_in
from whisperfarm_store.metrics.events import counting
from whisperfarm_store.metrics.initial_labels import begin
from whisperfarm_store.metrics.registry import Meters, Reading
from whisperfarm_store.metrics.server import serving

__all__ = ["Meters", "Reading", "begin", "counting", "room_in", "serving"]
