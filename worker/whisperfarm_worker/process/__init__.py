"""The worker's process.

- `server`: starts, serves and ends
- `wiring`: builds the components
- `consumer`: receives jobs from Celery
- `dependencies`: checks whether the ledger, the blob store and scratch space are available
- `registration`: the worker's heartbeat in the ledger
- `drain`: graceful shutdown
- `environment`: environment variables of libraries, set before they are imported
- `scratch`: temporary files
- `free_memory`: returns freed memory to the system
- `custody_facts`: what the chain of custody records of the worker
- `chrome_trace`: writes stages and device calls to a file
- `metrics`: gauges of this process
"""
