"""The worker's process.

- `server`: start to end
- `wiring`: builds its parts
- `consumer`: receives jobs from Celery
- `dependencies`: whether the ledger and the blob store are available
- `registration`: the worker's heartbeat in the ledger
- `drain`: ends the process without losing a job
- `environment`: switches of libraries, set before they are imported
- `scratch`: temporary files
- `metrics`: gauges of this process
"""
