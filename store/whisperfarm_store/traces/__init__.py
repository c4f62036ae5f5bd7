"""What happened to each job and when, as OpenTelemetry shows it; off unless a setting turns it on.

- `spans`: a stretch of a job's life, and how a job's id names its trace
- `events`: which events become spans
- `opening`: traces as the settings say
- `sending`: OpenTelemetry's own part, imported only where traces are on
"""

from whisperfarm_store.traces.setup import Traces, open_traces

__all__ = ["Traces", "open_traces"]
