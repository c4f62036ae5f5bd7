"""The worker's process.

- `server`: starts, serves and ends
- `wiring`: builds the components
- `consumer`: receives jobs from Celery
- `dependencies`: checks whether the ledger and the blob store are available
- `registration`: the worker's heartbeat in the ledger
- `drain`: graceful shutdown
- `environment`: environment variables of libraries, set before they are imported
- `scratch`: temporary files
- `metrics`: gauges of this process
"""
