"""The endpoints, one file per resource.

- `jobs`, `transcribe`, `callbacks`: jobs, a transcript in one request, the callbacks of a job
- `presets`, `pauses`: the presets that jobs may name; what operators pause
- `health`: liveness and readiness
- `schemas`, `docs`: JSON Schemas, and the API's documentation page
"""
