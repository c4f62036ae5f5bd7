"""Traces for OpenTelemetry; off unless a setting turns them on.

- `spans`: a span, and how a job's id gives the id of its trace
- `events`: which log event becomes a span
- `setup`: traces as the settings say
- `exporter`: the only module that imports OpenTelemetry
"""

from whisperfarm_store.traces.setup import Traces, open_traces

__all__ = ["Traces", "open_traces"]
