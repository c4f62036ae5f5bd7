"""The endpoints, one file per resource.

- `jobs`, `events`, `callbacks`: jobs, the changes of a job, its callbacks
- `batches`: jobs that are counted and cancelled together
- `transcribe`: a transcript in one request
- `presets`, `pauses`: the presets that jobs may name; what operators pause
- `health`: liveness and readiness
- `schemas`, `docs`: JSON Schemas, and the explorer of the API
"""
