"""OpenTelemetry traces; off unless `WHISPERFARM_TRACES_URL` is set.

- `spans`: spans, and ids derived from a job's id
- `events`: which log event becomes which span
- `setup`: opens traces according to the settings
- `exporter`: the only module that imports OpenTelemetry
"""

from whisperfarm_store.traces.setup import Traces, open_traces

__all__ = ["Traces", "open_traces"]
