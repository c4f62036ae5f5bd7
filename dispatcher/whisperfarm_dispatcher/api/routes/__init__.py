"""The endpoints, one file per resource.

- `jobs`, `transcribe`, `callbacks`: jobs, a transcript in one call, the callbacks of a job
- `health`: liveness and readiness
- `schemas`, `docs`: JSON Schemas and the page that shows the API
"""
