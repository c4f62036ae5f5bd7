"""What the farm counts and measures, as Prometheus reads it.

- `names`: every metric there is, in one place
- `events`: which events count, and for what
- `meters`: the metrics of one process
- `zeros`: counters that are there from the start
- `disk`: how much room is left
- `server`: the small HTTP server that shows them
"""

from whisperfarm_store.metrics.disk import room_in
from whisperfarm_store.metrics.events import counting
from whisperfarm_store.metrics.initial_labels import begin
from whisperfarm_store.metrics.registry import Meters, Reading
from whisperfarm_store.metrics.server import serving

__all__ = ["Meters", "Reading", "begin", "counting", "room_in", "serving"]
